//! [`Index`]: sorted keys, each with the place of its value. Small ones are kept in memory, of large ones every 64th key.

use crate::{
    error::Error,
    store::file::{File, Section, Writer},
};

/// Keys between two samples.
const STRIDE: usize = 64;
/// Key, offset of the value, length of the value.
const ENTRY_BYTES: usize = 8 + 5 + 3;

/// An index of a file.
#[derive(Debug)]
pub(crate) struct Index {
    keys: Section,
    samples: Vec<u64>,
    /// All entries, if they are few: a question then needs no read to learn that there is nothing.
    entries: Option<Vec<u8>>,
}

// Half a million entries.
const IN_MEMORY_BYTES_MAX: u64 = 8 << 20;

/// Where a value lies in its own section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) offset: u64,
    pub(crate) bytes: usize,
}

/// Longest value that an entry can name.
pub(crate) const VALUE_BYTES_MAX: usize = (1 << 24) - 1;

impl Index {
    /// Reads the samples.
    pub(crate) fn open(file: &File, name: &str) -> Result<Self, Error> {
        let keys = file.section(name);
        let samples = file.section(&format!("{name}.samples"));
        if !keys.bytes.is_multiple_of(ENTRY_BYTES as u64)
            || samples.bytes != (keys.bytes / ENTRY_BYTES as u64).div_ceil(STRIDE as u64) * 8
        {
            return Err(file.damaged(&format!("index {name}")));
        }
        let mut bytes = Vec::new();
        file.read(samples, 0, samples.bytes as usize, &mut bytes)?;
        let samples =
            bytes.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().expect("eight"))).collect();
        let entries = if keys.bytes <= IN_MEMORY_BYTES_MAX {
            let mut entries = Vec::new();
            file.read(keys, 0, keys.bytes as usize, &mut entries)?;
            Some(entries)
        } else {
            None
        };
        Ok(Self { keys, samples, entries })
    }

    /// Every value of a key: mostly one or none. `buffer` is working space.
    pub(crate) fn find(&self, file: &File, key: u64, buffer: &mut Vec<u8>) -> Result<Vec<Place>, Error> {
        let mut found = Vec::new();
        // The run before the first sample that is not smaller may end with the key, too.
        let mut run = self.samples.partition_point(|sample| *sample < key).saturating_sub(1);
        while self.samples.get(run).is_some_and(|sample| *sample <= key) {
            let at = run * STRIDE * ENTRY_BYTES;
            let bytes = (self.keys.bytes as usize).saturating_sub(at).min(STRIDE * ENTRY_BYTES);
            let run_entries = match &self.entries {
                Some(entries) => entries.get(at..at + bytes).unwrap_or_default(),
                None => {
                    file.read(self.keys, at as u64, bytes, buffer)?;
                    buffer.as_slice()
                }
            };
            if !in_run(run_entries, key, &mut found) {
                break;
            }
            run += 1;
        }
        Ok(found)
    }

    /// The place of every value, in the order of keys.
    pub(crate) fn places(&self, file: &File) -> Result<Vec<Place>, Error> {
        let mut buffer = Vec::new();
        file.read(self.keys, 0, self.keys.bytes as usize, &mut buffer)?;
        Ok((0..buffer.len() / ENTRY_BYTES).map(|index| entry_place(&buffer, index)).collect())
    }

    /// How many keys it has.
    pub(crate) fn len(&self) -> u64 {
        self.keys.bytes / ENTRY_BYTES as u64
    }
}

// Collects the entries of a key; whether the next run may have more.
fn in_run(run: &[u8], key: u64, found: &mut Vec<Place>) -> bool {
    let entries = run.len() / ENTRY_BYTES;
    let (mut low, mut high) = (0, entries);
    while low < high {
        let middle = usize::midpoint(low, high);
        if entry_key(run, middle) < key { low = middle + 1 } else { high = middle }
    }
    while low < entries && entry_key(run, low) == key {
        found.push(entry_place(run, low));
        low += 1;
    }
    low == entries
}

fn entry_key(buffer: &[u8], index: usize) -> u64 {
    let at = index * ENTRY_BYTES;
    u64::from_le_bytes(buffer[at..at + 8].try_into().expect("eight bytes"))
}

fn entry_place(buffer: &[u8], index: usize) -> Place {
    let at = index * ENTRY_BYTES + 8;
    let number =
        |bytes: &[u8]| bytes.iter().rev().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
    Place { offset: number(&buffer[at..at + 5]), bytes: number(&buffer[at + 5..at + 8]) as usize }
}

/// Writes values (already in `values_section` order) as an index.
pub(crate) fn write(out: &mut Writer, name: &str, entries: &mut [(u64, Place)]) -> Result<(), Error> {
    entries.sort_by_key(|(key, place)| (*key, place.offset));
    out.section(name);
    for (key, place) in entries.iter() {
        let mut entry = [0u8; ENTRY_BYTES];
        entry[..8].copy_from_slice(&key.to_le_bytes());
        entry[8..13].copy_from_slice(&place.offset.to_le_bytes()[..5]);
        entry[13..].copy_from_slice(&(place.bytes as u32).to_le_bytes()[..3]);
        out.write(&entry)?;
    }
    out.section(&format!("{name}.samples"));
    for (key, _) in entries.iter().step_by(STRIDE) {
        out.write(&key.to_le_bytes())?;
    }
    Ok(())
}
