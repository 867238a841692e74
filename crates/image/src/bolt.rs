//! Reads a BoltDB file: the keys and values of its buckets. Enough for containerd's list of images.

use std::io;

use crate::blob::FileRange;

const PAGE_HEADER: usize = 16;
const MAGIC: u32 = 0xED0C_DAED;
const DEPTH_MAX: usize = 32;
const PAGE_BYTES_MAX: usize = 64 << 20;
const KEYS_MAX: usize = 100_000;

/// A database, read as it lies on disk: writers copy pages, so the newest whole root is consistent.
pub(crate) struct Bolt {
    range: FileRange,
    page_bytes: usize,
    root: u64,
}

/// A bucket: pages of its own, or a page inside its parent's value.
#[derive(Clone)]
pub(crate) enum Bucket {
    Page(u64),
    Inline(Vec<u8>),
}

/// One key with its value, which may be a bucket.
pub(crate) struct Item {
    pub(crate) key: Vec<u8>,
    value: Vec<u8>,
    is_bucket: bool,
}

impl Item {
    pub(crate) fn bucket(&self) -> Option<Bucket> {
        if !self.is_bucket || self.value.len() < PAGE_HEADER {
            return None;
        }
        match u64_at(&self.value, 0)? {
            0 => Some(Bucket::Inline(self.value[PAGE_HEADER..].to_vec())),
            page => Some(Bucket::Page(page)),
        }
    }

    pub(crate) fn value(&self) -> Option<&[u8]> {
        (!self.is_bucket).then_some(&self.value)
    }
}

impl Bolt {
    pub(crate) fn open(range: FileRange) -> io::Result<Self> {
        let mut first = vec![0; 4096];
        range.read_at(0, &mut first)?;
        let page_bytes =
            meta(&first).map(|meta| meta.0).or_else(|| u32_at(&first, PAGE_HEADER + 8)).unwrap_or(4096);
        let page_bytes = usize::try_from(page_bytes).unwrap_or(4096).clamp(512, 1 << 20);
        let mut second = vec![0; 4096];
        range.read_at(page_bytes as u64, &mut second)?;
        let newest = [meta(&first), meta(&second)].into_iter().flatten().max_by_key(|meta| meta.2);
        let (_, root, _) = newest.ok_or_else(|| damaged("no valid meta page"))?;
        Ok(Self { range, page_bytes, root })
    }

    pub(crate) fn root(&self) -> Bucket {
        Bucket::Page(self.root)
    }

    /// Everything in a bucket, in the order of its keys.
    pub(crate) fn items(&self, bucket: &Bucket) -> io::Result<Vec<Item>> {
        let mut items = Vec::new();
        match bucket {
            Bucket::Inline(page) => leaf(page, &mut items)?,
            Bucket::Page(page) => self.page(*page, 0, &mut items)?,
        }
        Ok(items)
    }

    /// The bucket or value with a key.
    pub(crate) fn get(&self, bucket: &Bucket, key: &[u8]) -> io::Result<Option<Item>> {
        Ok(self.items(bucket)?.into_iter().find(|item| item.key == key))
    }

    fn page(&self, number: u64, depth: usize, items: &mut Vec<Item>) -> io::Result<()> {
        if depth > DEPTH_MAX || items.len() > KEYS_MAX {
            return Err(damaged("too deep or too many keys"));
        }
        let start = number.checked_mul(self.page_bytes as u64).ok_or_else(|| damaged("page number"))?;
        let mut page = vec![0; self.page_bytes];
        self.range.read_at(start, &mut page)?;
        let overflow = u32_at(&page, 12).unwrap_or(0) as usize;
        let bytes = self.page_bytes.saturating_mul(overflow + 1);
        if bytes > PAGE_BYTES_MAX {
            return Err(damaged("a page is too large"));
        }
        page.resize(bytes, 0);
        self.range.read_at(start, &mut page)?;
        match u16_at(&page, 8).unwrap_or(0) {
            flags if flags & 2 != 0 => leaf(&page, items),
            flags if flags & 1 != 0 => {
                let count = usize::from(u16_at(&page, 10).unwrap_or(0));
                let children = (0..count).filter_map(|index| u64_at(&page, PAGE_HEADER + index * 16 + 8));
                children.into_iter().try_for_each(|child| self.page(child, depth + 1, items))
            }
            _ => Err(damaged("neither a leaf nor a branch")),
        }
    }
}

fn leaf(page: &[u8], items: &mut Vec<Item>) -> io::Result<()> {
    let count = usize::from(u16_at(page, 10).ok_or_else(|| damaged("a short page"))?);
    for index in 0..count {
        let at = PAGE_HEADER + index * 16;
        let item = item(page, at).ok_or_else(|| damaged("a key lies outside its page"))?;
        items.push(item);
    }
    Ok(())
}

fn item(page: &[u8], at: usize) -> Option<Item> {
    let flags = u32_at(page, at)?;
    let start = at.checked_add(u32_at(page, at + 4)? as usize)?;
    let middle = start.checked_add(u32_at(page, at + 8)? as usize)?;
    let end = middle.checked_add(u32_at(page, at + 12)? as usize)?;
    let key = page.get(start..middle)?.to_vec();
    let value = page.get(middle..end)?.to_vec();
    Some(Item { key, value, is_bucket: flags & 1 != 0 })
}

/// Page size, root page and transaction of a meta page, if it is whole.
fn meta(page: &[u8]) -> Option<(u32, u64, u64)> {
    let body = page.get(PAGE_HEADER..PAGE_HEADER + 64)?;
    let sum = body[..56].iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let whole = u32_at(body, 0)? == MAGIC && u64_at(body, 56)? == sum;
    whole.then(|| Some((u32_at(body, 8)?, u64_at(body, 16)?, u64_at(body, 48)?)))?
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn damaged(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged database: {why}"))
}
