//! Opening a lake: the lock, what a crash left behind, and the log.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, atomic::AtomicBool, atomic::AtomicU64},
    thread,
    time::Instant,
};

use super::{Owner, View, append::Writer};
use crate::{
    DamagedFile, LakeError, LakeOptions,
    damage::{Aside, PARQUET_BYTES_MIN},
    file::{self, DataFile},
    memory::{MemoryBatch, Segment},
    stats::Counters,
    wal::{self, Replay},
};

/// Where a lake's things lie.
#[derive(Debug, Clone)]
pub(crate) struct Dirs {
    pub(crate) root: PathBuf,
    pub(crate) wal: PathBuf,
    pub(crate) events: PathBuf,
}

impl Dirs {
    pub(crate) fn new(root: &Path) -> Result<Self, LakeError> {
        let root = fs::canonicalize(root).map_err(LakeError::io("open", root))?;
        Ok(Self { wal: root.join("wal"), events: root.join("events"), root })
    }

    pub(crate) fn aside(&self) -> Aside {
        Aside::new(&self.root)
    }
}

impl Owner {
    pub(crate) fn open(dir: &Path, options: LakeOptions) -> Result<Self, LakeError> {
        fs::create_dir_all(dir).map_err(LakeError::io("make the directory", dir))?;
        let dirs = Dirs::new(dir)?;
        let lock = lock_file(&dirs)?;
        for dir in [&dirs.wal, &dirs.events] {
            fs::create_dir_all(dir).map_err(LakeError::io("make the directory", dir))?;
        }
        let ids = wal::segments(&dirs.wal)?;
        let replays = replay_all(&dirs, &ids);
        let listing = file::list(&dirs.events, &trusted(&dirs, &ids, &replays)?)?;
        let mut counters = Counters::new();
        for leftover in &listing.leftovers {
            // What cannot be removed does not count by its name.
            if let Err(source) = fs::remove_file(leftover) {
                counters.failed(&LakeError::io("remove", leftover)(source));
            }
        }
        dirs.aside().list().into_iter().for_each(|file| counters.damage.add(file));
        let mut sealing = VecDeque::new();
        for (id, replay) in ids.iter().zip(replays) {
            let path = wal::segment_path(&dirs.wal, *id);
            match replay {
                // Its rows are sealed, and more of them than a damaged log still has.
                Ok(_) if listing.files.iter().any(|file| file.is_of(*id)) => {
                    set_aside(&dirs, &path, "its rows are in files already", 0, &mut counters);
                }
                Ok(replay) if !replay.is_alien => {
                    sealing.extend(recover(*id, path, replay, &dirs, &mut counters)?.map(Arc::new));
                }
                Ok(_) => set_aside(&dirs, &path, "it is no log of ours", 0, &mut counters),
                Err(error) => set_aside(&dirs, &path, &error.to_string(), 0, &mut counters),
            }
        }
        let (files, stumps): (Vec<_>, Vec<_>) =
            listing.files.into_iter().partition(|file| file.bytes >= PARQUET_BYTES_MIN);
        for stump in &stumps {
            set_aside(&dirs, &stump.path, "it is too short to hold anything", stump.rows, &mut counters);
        }
        let newest = ids.iter().copied().chain(files.iter().chain(&stumps).map(|file| file.last)).max();
        let active = Segment::new(newest.map_or(1, |id| id + 1), Instant::now());
        let files: Vec<Arc<DataFile>> = files.into_iter().map(Arc::new).collect();
        Ok(Self {
            writer: Mutex::new(Writer::new(&options.host)),
            view: Mutex::new(View { active, files, sealing }),
            counters: Mutex::new(counters),
            files_busy: Mutex::new(()),
            unwritten: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            seal_wanted: (Mutex::new(true), Condvar::new()),
            dirs,
            options,
            _lock: lock,
        })
    }
}

// The lock ends with the process, whatever ends it; the number in the file is for people.
fn lock_file(dirs: &Dirs) -> Result<File, LakeError> {
    let path = dirs.root.join("lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(LakeError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {
            // On a full disk the number is missing, the lock is not.
            let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.take(20).read_to_string(&mut holder);
            let holder = if holder.is_empty() { "unknown".to_owned() } else { holder };
            Err(LakeError::Locked { dir: dirs.root.clone(), holder })
        }
        Err(TryLockError::Error(source)) => Err(LakeError::io("lock", &path)(source)),
    }
}

// Reads the log on every processor: a start waits for it.
fn replay_all(dirs: &Dirs, ids: &[u64]) -> Vec<io::Result<Replay>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let replay = |id: &u64| wal::replay(&wal::segment_path(&dirs.wal, *id));
    thread::scope(|scope| {
        let parts = ids.chunks(ids.len().div_ceil(threads).max(1));
        let readers: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(replay).collect::<Vec<_>>())).collect();
        let joined = readers.into_iter().map(|reader| {
            reader.join().unwrap_or_else(|_| vec![Err(io::Error::other("the reader of the log panicked"))])
        });
        joined.flatten().collect()
    })
}

// The segments whose log counts. A whole one always does: not all of its files may be there. A damaged or shortened one
// counts where it still has more rows than its files, which is where sealing did not come to its end.
fn trusted(dirs: &Dirs, ids: &[u64], replays: &[io::Result<Replay>]) -> Result<Vec<u64>, LakeError> {
    let is_whole = |replay: &Replay| {
        let is_cut = replay.torn_bytes > 0 || replay.good_bytes == 0;
        !replay.is_alien && replay.damaged == 0 && !is_cut
    };
    let whole =
        |(id, replay): (&u64, &io::Result<Replay>)| replay.as_ref().is_ok_and(is_whole).then_some(*id);
    let mut trusted: Vec<u64> = ids.iter().zip(replays).filter_map(whole).collect();
    let sealed = file::list(&dirs.events, &trusted)?.files;
    for (id, replay) in ids.iter().zip(replays) {
        let Ok(replay) = replay else { continue };
        let rows = replay.batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>();
        let in_files: u64 = sealed.iter().filter(|file| file.is_of(*id)).map(|file| file.rows).sum();
        if !is_whole(replay) && rows > in_files {
            trusted.push(*id);
        }
    }
    Ok(trusted)
}

fn set_aside(dirs: &Dirs, path: &Path, reason: &str, rows: u64, counters: &mut Counters) {
    counters.failed(&LakeError::Corrupt { path: path.to_owned(), reason: reason.to_owned() });
    let place = dirs.aside().take(path).unwrap_or_else(|_| path.to_owned());
    counters.damage.add(DamagedFile { path: place, reason: reason.to_owned(), rows });
}

// The rows of a segment that an earlier run left; `None` where it held none.
fn recover(
    id: u64,
    path: PathBuf,
    replay: Replay,
    dirs: &Dirs,
    counters: &mut Counters,
) -> Result<Option<Segment>, LakeError> {
    counters.damaged_frames += replay.damaged;
    counters.torn_bytes += replay.torn_bytes;
    if replay.damaged > 0 {
        let reason = format!("{} damaged parts of the log were left out", replay.damaged);
        counters.failed(&LakeError::Corrupt { path: path.clone(), reason: reason.clone() });
        // The whole parts are sealed and the log goes; a copy is kept for people.
        if let Ok(place) = dirs.aside().copy(&path) {
            counters.damage.add(DamagedFile { path: place, reason, rows: 0 });
        }
    }
    if replay.torn_bytes > 0 {
        tracing::info!(path = %path.display(), bytes = replay.torn_bytes, "cut off an unfinished write");
        let cut = OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(replay.good_bytes));
        cut.map_err(LakeError::io("truncate", &path))?;
    }
    if replay.batches.is_empty() {
        fs::remove_file(&path).map_err(LakeError::io("remove", &path))?;
        return Ok(None);
    }
    let mut segment = Segment::new(id, Instant::now());
    segment.path = Some(path);
    segment.log_bytes = replay.good_bytes;
    segment.batches = replay.batches.into_iter().map(MemoryBatch::new).collect();
    Ok(Some(segment))
}
