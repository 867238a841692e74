//! The folder in which databases live, and how a new one is made.
//!
//! ```text
//! advisories/
//!   current               number of the generation in force
//!   generations/3.db      one file a generation; old ones are kept so that an old answer can be had again
//!   sources/NAME.data     what was last read of a source
//!   sources/NAME.json     where it came from, when, its ETag, its digest
//! ```
//!
//! An update first gets every source, then builds a new file beside the old one, then changes `current`. A source that
//! fails (no connection, an error page, a broken archive, no record in it) leaves what was read of it before.

mod fetch;
mod spec;

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    archive::{self, Item},
    database::Database,
    error::Error,
    source::{Diagnostic, Sink},
    store::{
        file::{SourceInfo, hex},
        write::{Builder, Summary},
    },
};

pub use spec::{Published, SourceSpec, SpecError, catalogue};

/// Generations that are kept unless told otherwise.
pub const KEEP_DEFAULT: usize = 5;

/// The folder of the databases.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

/// How far an update is.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// Bytes of a source have arrived.
    Fetching {
        /// The source.
        name: &'a str,
        /// So many.
        bytes: u64,
        /// Of so many, if the server said.
        total: Option<u64>,
    },
    /// A source is being read.
    Reading {
        /// The source.
        name: &'a str,
        /// Files so far.
        files: u64,
    },
    /// The new file is being written.
    Writing,
}

/// What an update did.
#[derive(Debug)]
pub struct Outcome {
    /// The generation in force now.
    pub generation: u64,
    /// What was written; nothing if no source had changed.
    pub written: Option<Summary>,
    /// Source by source.
    pub sources: Vec<SourceOutcome>,
}

/// What became of a source.
#[derive(Debug, Clone, Serialize)]
pub struct SourceOutcome {
    /// Its name.
    pub name: String,
    /// What happened.
    pub state: SourceState,
    /// Its records, in force now.
    pub records: u64,
    /// Its rows.
    pub rows: u64,
    /// Records or files that could not be read.
    pub problems: u64,
    /// The first of them.
    pub diagnostics: Vec<Diagnostic>,
}

/// What happened to a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SourceState {
    /// New content was read.
    New,
    /// It had not changed.
    Unchanged,
    /// It failed; what was read of it before is still in force.
    Kept {
        /// Why.
        reason: String,
    },
    /// It failed, and nothing was read of it before.
    Missing {
        /// Why.
        reason: String,
    },
}

// What is remembered of a source between updates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Memory {
    location: String,
    fetched: String,
    etag: String,
    last_modified: String,
    digest: String,
}

struct Got {
    spec: SourceSpec,
    data: PathBuf,
    memory: Memory,
    state: SourceState,
}

impl Home {
    /// The folder `advisories` below the data directory.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The generation in force, if there is one.
    pub fn current(&self) -> Option<u64> {
        fs::read_to_string(self.root.join("current")).ok()?.trim().parse().ok()
    }

    /// Every generation that is there, oldest first.
    pub fn generations(&self) -> Vec<u64> {
        let entries = fs::read_dir(self.root.join("generations")).into_iter().flatten().flatten();
        let mut all: Vec<u64> =
            entries.filter_map(|e| e.file_name().to_str()?.strip_suffix(".db")?.parse().ok()).collect();
        all.sort_unstable();
        all
    }

    /// The file of a generation.
    pub fn path(&self, generation: u64) -> PathBuf {
        self.root.join("generations").join(format!("{generation}.db"))
    }

    /// Opens a generation, or the one in force.
    pub fn open(&self, generation: Option<u64>) -> Result<Database, Error> {
        match generation.or_else(|| self.current()) {
            Some(generation) => Database::open(&self.path(generation)),
            None => Err(Error::Missing { path: self.root.clone() }),
        }
    }

    /// Gets every source and builds a new generation. `now` is the time of the update, RFC 3339; `keep` is the number of
    /// generations that stay, the new one included.
    pub fn update(
        &self,
        specs: &[SourceSpec],
        now: &str,
        keep: usize,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Outcome, Error> {
        let sources = self.root.join("sources");
        let generations = self.root.join("generations");
        for folder in [&self.root, &sources, &generations] {
            fs::create_dir_all(folder).map_err(Error::io("creating", folder))?;
        }
        let _lock = self.lock()?;
        let mut got = Vec::new();
        for spec in specs {
            got.push(self.get(spec, now, progress)?);
        }
        let next = self.generations().last().copied().unwrap_or(0) + 1;
        let temporary = generations.join(format!("{next}.new"));
        let (builder, outcomes) = self.build(got, progress)?;
        if let Some(current) = self.unchanged(&builder) {
            return Ok(Outcome { generation: current, written: None, sources: outcomes });
        }
        progress(Progress::Writing);
        let summary = builder.write(&temporary, now)?;
        // Whatever was written must open before it is put in force.
        Database::open(&temporary)?;
        let path = self.path(next);
        fs::rename(&temporary, &path).map_err(Error::io("renaming", &temporary))?;
        self.put_in_force(next)?;
        self.prune(keep.max(1));
        Ok(Outcome { generation: next, written: Some(summary), sources: outcomes })
    }

    fn lock(&self) -> Result<fs::File, Error> {
        let path = self.root.join("update.lock");
        let file = fs::File::create(&path).map_err(Error::io("creating", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => {
                let source = io::Error::other("another update is running");
                Err(Error::Io { action: "locking", path, source })
            }
            Err(fs::TryLockError::Error(source)) => Err(Error::Io { action: "locking", path, source }),
        }
    }

    fn put_in_force(&self, generation: u64) -> Result<(), Error> {
        let path = self.root.join("current");
        write_whole(&path, format!("{generation}\n").as_bytes()).map_err(Error::io("writing", &path))
    }

    fn prune(&self, keep: usize) {
        let all = self.generations();
        let current = self.current();
        for old in all.iter().rev().skip(keep).filter(|old| Some(**old) != current) {
            // What cannot be removed now is tried again next time.
            let _ = fs::remove_file(self.path(*old));
        }
    }

    // The generation in force, if it was built of exactly the same contents by the same format.
    fn unchanged(&self, builder: &Builder) -> Option<u64> {
        let current = self.current()?;
        let status = Database::open(&self.path(current)).ok()?.status();
        let contents = |sources: &[SourceInfo]| -> Vec<_> {
            sources.iter().map(|s| (s.name.clone(), s.kind.clone(), s.digest.clone())).collect()
        };
        (contents(&status.sources) == contents(builder.sources())).then_some(current)
    }

    // The newest content of a source, into its file; the old file stays where that fails.
    fn get(&self, spec: &SourceSpec, now: &str, progress: &mut dyn FnMut(Progress)) -> Result<Got, Error> {
        let folder = self.root.join("sources");
        let data = folder.join(format!("{}.data", spec.name));
        let new = folder.join(format!("{}.new", spec.name));
        let mut memory = self.memory(&spec.name).filter(|m| m.location == spec.location).unwrap_or_default();
        let known = data.exists() && !memory.digest.is_empty();
        if !known {
            memory = Memory::default();
        }
        let result = if spec.is_remote() {
            fetch::fetch(&spec.location, &new, &memory.etag, &memory.last_modified, progress, &spec.name)
        } else {
            copy(spec, &new)
                .map(|()| fetch::Fetched::New { etag: String::new(), last_modified: String::new() })
        };
        let state = match result {
            Ok(fetch::Fetched::Unchanged) => SourceState::Unchanged,
            Ok(fetch::Fetched::New { etag, last_modified }) => match judge(spec, &new) {
                Ok(digest) if known && digest == memory.digest => SourceState::Unchanged,
                Ok(digest) => {
                    let location = spec.location.clone();
                    memory = Memory { location, fetched: now.to_owned(), etag, last_modified, digest };
                    SourceState::New
                }
                Err(reason) => failed(known, reason),
            },
            Err(reason) => failed(known, reason),
        };
        if state != SourceState::New {
            let _ = fs::remove_file(&new);
        }
        let data = if state == SourceState::New { new } else { data };
        Ok(Got { spec: spec.clone(), data, memory, state })
    }

    fn memory(&self, name: &str) -> Option<Memory> {
        let text = fs::read(self.root.join("sources").join(format!("{name}.json"))).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn remember(&self, name: &str, memory: &Memory) -> Result<(), Error> {
        let path = self.root.join("sources").join(format!("{name}.json"));
        let text = serde_json::to_vec_pretty(memory).expect("a source's memory is plain data");
        write_whole(&path, &text).map_err(Error::io("writing", &path))
    }

    fn build(
        &self,
        got: Vec<Got>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(Builder, Vec<SourceOutcome>), Error> {
        let mut builder = Builder::default();
        let mut outcomes = Vec::new();
        for mut one in got {
            let name = one.spec.name.clone();
            if matches!(one.state, SourceState::Missing { .. }) {
                outcomes.push(outcome(&name, one.state, None, Vec::new()));
                continue;
            }
            let old = self.root.join("sources").join(format!("{name}.data"));
            builder.source(info(&one));
            let mut diagnostics = read(&mut builder, &one.spec, &one.data, progress);
            let empty = builder.current_source().is_some_and(|info| info.records == 0);
            if one.state == SourceState::New && empty {
                let reason = diagnostics.first().map_or_else(
                    || "there is no record in it".to_owned(),
                    |first| format!("no record could be read: {first}"),
                );
                let _ = fs::remove_file(&one.data);
                one.memory = self.memory(&name).unwrap_or_default();
                one.state = failed(old.exists(), reason);
                if let Some(current) = builder.current_source() {
                    *current = info(&one);
                }
                if old.exists() {
                    diagnostics = read(&mut builder, &one.spec, &old, progress);
                }
            } else if one.state == SourceState::New {
                fs::rename(&one.data, &old).map_err(Error::io("renaming", &one.data))?;
                self.remember(&name, &one.memory)?;
            }
            let info = builder.current_source().cloned();
            if matches!(one.state, SourceState::Missing { .. }) {
                builder.drop_source();
            }
            outcomes.push(outcome(&name, one.state, info, diagnostics));
        }
        Ok((builder, outcomes))
    }
}

fn failed(known: bool, reason: String) -> SourceState {
    if known { SourceState::Kept { reason } } else { SourceState::Missing { reason } }
}

fn outcome(
    name: &str,
    state: SourceState,
    info: Option<SourceInfo>,
    diagnostics: Vec<Diagnostic>,
) -> SourceOutcome {
    let count = |of: fn(&SourceInfo) -> u64| info.as_ref().map_or(0, of);
    SourceOutcome {
        name: name.to_owned(),
        state,
        records: count(|info| info.records),
        rows: count(|info| info.rows),
        problems: count(|info| info.problems),
        diagnostics,
    }
}

fn info(got: &Got) -> SourceInfo {
    SourceInfo {
        name: got.spec.name.clone(),
        kind: got.spec.kind.name().to_owned(),
        location: got.spec.location.clone(),
        fetched: got.memory.fetched.clone(),
        newest: String::new(),
        records: 0,
        withdrawn: 0,
        rows: 0,
        problems: 0,
        digest: got.memory.digest.clone(),
        failed: match &got.state {
            SourceState::Kept { reason } => reason.clone(),
            _ => String::new(),
        },
    }
}

/// Reads a file, archive or folder of a source that was started in the builder. What was wrong comes back.
pub fn read(
    builder: &mut Builder,
    spec: &SourceSpec,
    path: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Vec<Diagnostic> {
    let mut sink = Sink::new(builder);
    let kind = spec.kind;
    let mut files = 0u64;
    // A single file is read whatever its name is; it was named by whoever configured it.
    let shown = single_name(spec);
    let result = archive::each(path, &|name| kind.wants(name), &mut |name, item| {
        let name = if name.ends_with(".data") || name.ends_with(".new") { shown.as_str() } else { name };
        match item {
            Item::File(bytes) => kind.read(name, bytes, &mut sink),
            Item::Problem(message) => sink.problem_in(name.to_owned(), None, message),
        }
        files += 1;
        if files.is_multiple_of(64) {
            progress(Progress::Reading { name: &spec.name, files });
        }
    });
    if let Err(error) = result {
        sink.problem_in(spec.location.clone(), None, error.to_string());
    }
    progress(Progress::Reading { name: &spec.name, files });
    sink.finish().0
}

// The name that a parser sees of a source that is one file: parsers go by endings.
fn single_name(spec: &SourceSpec) -> String {
    let name = spec.location.split(['?', '#']).next().unwrap_or_default();
    let name = name.trim_end_matches('/').trim_end_matches(".gz").trim_end_matches(".zst");
    let name = if spec.is_remote() { name.split("://").nth(1).unwrap_or(name) } else { name };
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.contains('.') || last == "list" { name.to_owned() } else { format!("{name}.json") }
}

// A folder becomes one file, so that it can be kept; a file is copied.
fn copy(spec: &SourceSpec, new: &Path) -> Result<(), String> {
    let said = |error: io::Error| format!("{}: {error}", spec.location);
    let from = Path::new(&spec.location);
    let metadata = fs::metadata(from).map_err(said)?;
    if !metadata.is_dir() {
        return fs::copy(from, new).map(|_| ()).map_err(said);
    }
    let file = fs::File::create(new).map_err(|error| format!("{}: {error}", new.display()))?;
    let mut out = zstd::stream::write::Encoder::new(io::BufWriter::new(file), 3).map_err(said)?;
    let mut wrong = None;
    archive::each(from, &|name| spec.kind.wants(name), &mut |name, item| {
        let result = match item {
            Item::File(bytes) => archive::tar_entry(&mut out, name, bytes),
            Item::Problem(message) => Err(io::Error::other(format!("{name}: {message}"))),
        };
        if let Err(error) = result {
            wrong.get_or_insert(error);
        }
    })
    .map_err(said)?;
    if let Some(error) = wrong {
        return Err(said(error));
    }
    archive::tar_end(&mut out).and_then(|()| out.finish()).and_then(|mut out| out.flush()).map_err(said)
}

// A new content must have the digest that was asked for, and be readable to its end.
fn judge(spec: &SourceSpec, new: &Path) -> Result<String, String> {
    let mut file = fs::File::open(new).map_err(|error| error.to_string())?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0u8; 128 << 10];
    loop {
        let count = file.read(&mut buffer).map_err(|error| error.to_string())?;
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
    }
    let digest = hex(&digest.finalize());
    if !spec.sha256.is_empty() && spec.sha256 != digest {
        return Err(format!("its SHA-256 is {digest}, not {}", spec.sha256));
    }
    // Nothing is wanted: streams are unpacked to their end, a zip's directory is read.
    archive::each(new, &|_| false, &mut |_, _| {}).map_err(|error| error.to_string())?;
    Ok(digest)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("tmp");
    let mut file = fs::File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)
}
