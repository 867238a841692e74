//! An RPM header: an index of tags, then their data, both big-endian.

use crate::{
    bytes::Bytes,
    digest, limits,
    os::owned,
    package::{Package, PackageType},
    parser::Found,
};

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const VENDOR: u32 = 1011;
const LICENSE: u32 = 1014;
const ARCH: u32 = 1022;
const SOURCE_RPM: u32 = 1044;
const PROVIDE_NAME: u32 = 1047;
const REQUIRE_NAME: u32 = 1049;
const DIR_INDEXES: u32 = 1116;
const BASE_NAMES: u32 = 1117;
const DIR_NAMES: u32 = 1118;
const MODULARITY_LABEL: u32 = 5096;
const SHA256_HEADER: u32 = 273;

/// Adds the package of a header and its files; `None` for one that is damaged.
pub(super) fn read(found: &mut Found, blob: &[u8]) -> Option<()> {
    let header = Header::new(blob)?;
    let name = header.text(NAME)?;
    // The keys that sign packages are stored as packages, too.
    if name == "gpg-pubkey" {
        return Some(());
    }
    let version = format!("{}-{}", header.text(VERSION)?, header.text(RELEASE)?);
    let mut package = Package::new(PackageType::Rpm, &name, &version);
    package.installed = true;
    package.epoch = header.number(EPOCH);
    package.arch = header.text(ARCH);
    package.licences.extend(header.text(LICENSE));
    package.vendor = header.text(VENDOR);
    package.module = header.text(MODULARITY_LABEL);
    let sha256 = header.text(SHA256_HEADER).and_then(|value| digest::from_hex(("sha256", &value)));
    package.hashes.extend(sha256);
    if let Some((name, version)) = header.text(SOURCE_RPM).as_deref().and_then(super::source) {
        package.source_name = Some(name.to_owned());
        // The source's file name has no epoch; it is that of the package.
        let epoch = package.epoch.filter(|epoch| *epoch > 0).map(|epoch| format!("{epoch}:"));
        package.source_version = Some(format!("{}{version}", epoch.unwrap_or_default()));
    }
    let Some(index) = found.push(package, None) else { return Some(()) };
    let item = found.item(index);
    item.requires = header.texts(REQUIRE_NAME, limits::DEPENDENCIES_MAX);
    item.provides = header.texts(PROVIDE_NAME, limits::DEPENDENCIES_MAX);
    header.files(index, &mut found.files);
    Some(())
}

struct Header<'a> {
    // Tag, type, offset, count: 16 bytes each.
    index: Bytes<'a>,
    data: &'a [u8],
}

impl<'a> Header<'a> {
    fn new(blob: &'a [u8]) -> Option<Self> {
        let bytes = Bytes::big(blob);
        let (count, length) = (bytes.u32(0)? as usize, bytes.u32(4)? as usize);
        let index = bytes.slice(8, count.checked_mul(16)?)?;
        let data = bytes.slice(8 + index.len(), length)?;
        Some(Self { index: Bytes::big(index), data })
    }

    // Type, data from the tag's offset on, count.
    fn tag(&self, wanted: u32) -> Option<(u32, &'a [u8], usize)> {
        let entry =
            (0..self.index.data.len() / 16).find(|entry| self.index.u32(entry * 16) == Some(wanted))? * 16;
        let offset = self.index.u32(entry + 8)? as usize;
        Some((self.index.u32(entry + 4)?, self.data.get(offset..)?, self.index.u32(entry + 12)? as usize))
    }

    // A string, the first of an array or of an internationalised string.
    fn text(&self, tag: u32) -> Option<String> {
        let (kind, data, _) = self.tag(tag)?;
        let text = data.split(|byte| *byte == 0).next()?;
        let is_text = matches!(kind, 6 | 8 | 9) && !text.is_empty() && text.len() <= limits::FIELD_BYTES_MAX;
        is_text.then(|| String::from_utf8_lossy(text).into_owned())
    }

    fn strings(&self, tag: u32) -> impl Iterator<Item = &'a [u8]> {
        let (data, count) = match self.tag(tag) {
            Some((8, data, count)) => (data, count),
            _ => (&[][..], 0),
        };
        data.split(|byte| *byte == 0).take(count)
    }

    fn texts(&self, tag: u32, most: usize) -> Vec<String> {
        let mut texts: Vec<_> =
            self.strings(tag).take(most).map(|text| String::from_utf8_lossy(text).into_owned()).collect();
        texts.sort();
        texts.dedup();
        texts
    }

    fn number(&self, tag: u32) -> Option<u32> {
        let (kind, data, count) = self.tag(tag)?;
        if kind == 4 && count > 0 { Bytes::big(data).u32(0) } else { None }
    }

    fn files(&self, item: u32, files: &mut Vec<(u64, u32)>) {
        let folders: Vec<&[u8]> = self.strings(DIR_NAMES).collect();
        let Some((4, indexes, _)) = self.tag(DIR_INDEXES) else { return };
        let indexes = Bytes::big(indexes);
        let mut path = String::new();
        for (number, name) in self.strings(BASE_NAMES).enumerate() {
            let folder = indexes.u32(number * 4).and_then(|folder| folders.get(folder as usize));
            let Some(folder) = folder.filter(|_| files.len() < limits::OWNED_FILES_MAX) else { return };
            if folder.len() + name.len() > limits::FIELD_BYTES_MAX {
                continue;
            }
            path.clear();
            path.push_str(&String::from_utf8_lossy(folder));
            path.push_str(&String::from_utf8_lossy(name));
            files.push((owned::key(&path), item));
        }
    }
}
