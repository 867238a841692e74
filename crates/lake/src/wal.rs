//! The write-ahead log: one file a segment, one frame a flush.
//!
//! A frame is `YGF1`, the length and the CRC-32 of the payload (both little-endian), and the payload: one Arrow IPC
//! stream, zstd-compressed. Every frame can be read alone, so a damaged one costs its own rows only. What follows the
//! last whole frame is a write that a crash cut off.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use datafusion::arrow::{
    array::RecordBatch,
    ipc::{reader::StreamReader, writer::StreamWriter},
};

use crate::{
    LakeError,
    column::{SCHEMA, fit},
    limits::{FRAME_BYTES_MAX, LOG_BYTES_MAX},
};

const MAGIC: [u8; 4] = *b"YGF1";
const HEADER_BYTES: usize = 12;
const COMPRESSION_LEVEL: i32 = 1;

/// The segment that is written to.
pub(crate) struct WalWriter {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    file: Arc<File>,
}

impl WalWriter {
    /// Makes the segment `id` in `dir`.
    pub(crate) fn create(dir: &Path, id: u64) -> io::Result<Self> {
        let path = segment_path(dir, id);
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        file.set_len(0)?;
        File::open(dir)?.sync_all()?;
        Ok(Self { path, bytes: 0, file: Arc::new(file) })
    }

    /// Appends one frame and hands it to the operating system. After an error the segment is as it was before.
    pub(crate) fn append(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let frame = frame(batch)?;
        if let Err(error) = (&*self.file).write_all(&frame) {
            // A part of the frame may be there; the next frame must follow the last whole one.
            self.file.set_len(self.bytes)?;
            return Err(error);
        }
        self.bytes += frame.len() as u64;
        Ok(())
    }

    /// The file, for a sync that does not hold up who writes.
    pub(crate) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }
}

/// What a segment held.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    pub(crate) batches: Vec<RecordBatch>,
    /// Frames that a bit flip or a gap damaged.
    pub(crate) damaged: u64,
    /// Bytes after the last whole frame.
    pub(crate) torn_bytes: u64,
    /// Where the last whole frame ends.
    pub(crate) good_bytes: u64,
    /// Whether nothing in it is a log of ours, not even the start of one that a crash cut off.
    pub(crate) is_alien: bool,
}

/// Reads a segment. Damage is counted, never an error; an error is a file that cannot be read at all.
pub(crate) fn replay(path: &Path) -> io::Result<Replay> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > LOG_BYTES_MAX {
        return Err(io::Error::other("it is no file, or too large for a log"));
    }
    file.take(LOG_BYTES_MAX).read_to_end(&mut bytes)?;
    let mut replay = Replay::default();
    let mut at = 0;
    while at < bytes.len() {
        match read_frame(&bytes[at..]) {
            Ok((batches, length)) => {
                replay.batches.extend(batches);
                at += length;
                replay.good_bytes = at as u64;
            }
            Err(()) => match next_frame(&bytes, at + 1) {
                Some(next) => {
                    replay.damaged += 1;
                    at = next;
                }
                None => {
                    replay.torn_bytes = (bytes.len() - at) as u64;
                    break;
                }
            },
        }
    }
    let begins = bytes.iter().zip(&MAGIC).all(|(byte, magic)| byte == magic);
    replay.is_alien = replay.good_bytes == 0 && !begins;
    Ok(replay)
}

/// Ids of the segments in `dir`, oldest first.
pub(crate) fn segments(dir: &Path) -> Result<Vec<u64>, LakeError> {
    let mut ids = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(LakeError::io("list", dir))? {
        let entry = entry.map_err(LakeError::io("list", dir))?;
        let name = entry.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(".wal"));
        ids.extend(id.and_then(|id| id.parse::<u64>().ok()));
    }
    ids.sort_unstable();
    Ok(ids)
}

/// The file of a segment.
pub(crate) fn segment_path(dir: &Path, id: u64) -> PathBuf {
    dir.join(format!("{id:012}.wal"))
}

fn frame(batch: &RecordBatch) -> io::Result<Vec<u8>> {
    let mut stream = Vec::new();
    let mut writer = StreamWriter::try_new(&mut stream, &SCHEMA).map_err(io::Error::other)?;
    writer.write(batch).and_then(|()| writer.finish()).map_err(io::Error::other)?;
    drop(writer);
    let payload = zstd::bulk::compress(&stream, COMPRESSION_LEVEL)?;
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?;
    let mut frame = Vec::with_capacity(HEADER_BYTES + payload.len());
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
    frame.extend_from_slice(&payload);
    Ok(frame)
}

// The frame that `bytes` begins with, and its length.
fn read_frame(bytes: &[u8]) -> Result<(Vec<RecordBatch>, usize), ()> {
    let payload = payload(bytes).ok_or(())?;
    let mut stream = Vec::new();
    zstd::Decoder::new(payload)
        .and_then(|decoder| decoder.take(FRAME_BYTES_MAX as u64).read_to_end(&mut stream))
        .map_err(|_| ())?;
    let reader = StreamReader::try_new(io::Cursor::new(stream), None).map_err(|_| ())?;
    let batches = reader
        .map(|batch| batch.and_then(|batch| fit(&batch)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| ())?;
    Ok((batches, HEADER_BYTES + payload.len()))
}

fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let header = bytes.get(..HEADER_BYTES)?;
    let (magic, numbers) = header.split_at(MAGIC.len());
    let (length, crc) = numbers.split_at(4);
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let payload = bytes.get(HEADER_BYTES..HEADER_BYTES.checked_add(length)?)?;
    let intact = magic == MAGIC && crc == crc32fast::hash(payload).to_le_bytes();
    (intact && length <= FRAME_BYTES_MAX).then_some(payload)
}

// Where the next whole frame begins, at `from` or later.
fn next_frame(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(MAGIC.len())
        .enumerate()
        .filter(|(_, window)| *window == MAGIC)
        .map(|(offset, _)| from + offset)
        .find(|start| payload(&bytes[*start..]).is_some())
}
