//! Which files processes use: what runs, is mapped or (archives) open now, and what was run before.
//!
//! The present comes from `/proc`, the past from the events that were stored. Whose packages they are, `yagura-scan`
//! finds out.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    os::{linux::fs::MetadataExt, unix::ffi::OsStrExt},
    path::Path,
};

use serde_json::Value;
use yagura_event::Timestamp;
use yagura_state::PackageUse;

/// Processes that are looked at.
const PROCESSES_MAX: usize = 65_536;
/// Bytes of one process's list of mappings.
const MAPS_BYTES_MAX: u64 = 4 << 20;
/// Files in use that are remembered.
const FILES_MAX: usize = 200_000;
/// Descriptors of one process that are looked at.
const DESCRIPTORS_MAX: usize = 4_096;
/// Programs of the past that are asked for.
pub const PAST_ROWS_MAX: usize = 10_000;
/// Days of the past that count.
const PAST_DAYS: u32 = 30;

/// Files in use, without the leading `/`, and who uses each.
#[derive(Debug, Default)]
pub struct FilesInUse {
    files: BTreeMap<String, PackageUse>,
}

/// Whose processes are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Those that see this host's root file system.
    Host,
    /// Those of these containers.
    Containers(&'a [(String, String)]),
}

impl FilesInUse {
    /// Looks at every process. One that ends meanwhile, or that this user may not look at, is passed over.
    pub fn add_present(&mut self, whose: Whose<'_>, now: Timestamp) {
        let Ok(processes) = fs::read_dir("/proc") else { return };
        let root = root_of(Path::new("/"));
        let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
        for id in ids.take(PROCESSES_MAX) {
            let folder = Path::new("/proc").join(id.to_string());
            let container = match whose {
                Whose::Host if root_of(&folder.join("root")) == root => None,
                Whose::Host => continue,
                Whose::Containers(known) => match container_of(&folder, known) {
                    Some(container) => Some(container.clone()),
                    None => continue,
                },
            };
            self.add_process(&folder, id, container, now);
        }
    }

    fn add_process(&mut self, folder: &Path, id: u32, container: Option<(String, String)>, now: Timestamp) {
        let Some(program) = link(&folder.join("exe")) else { return };
        let mut files = mapped(&folder.join("maps"));
        files.push(program.clone());
        files.extend(archives(&folder.join("fd")));
        let (container_id, container_name) = container.unzip();
        for file in files {
            self.add(PackageUse {
                program: program.clone(),
                process_id: Some(id),
                container_id: container_id.clone(),
                container_name: container_name.clone().filter(|name| !name.is_empty()),
                file,
                last_seen: now,
            });
        }
    }

    /// Takes what was run before from rows of [`past_of_host`] or [`past_of_containers`].
    pub fn add_past(&mut self, rows: &[Vec<Value>]) {
        for row in rows {
            let text = |index: usize| {
                row.get(index).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
            };
            let Some((program, time)) =
                text(0).zip(text(1).and_then(|time| Timestamp::parse_rfc3339(&time).ok()))
            else {
                continue;
            };
            self.add(PackageUse {
                file: program.clone(),
                program,
                process_id: None,
                container_id: text(2),
                container_name: text(3),
                last_seen: time,
            });
        }
    }

    // Who uses it now is told rather than who did before.
    fn add(&mut self, used: PackageUse) {
        let path = used.file.trim_start_matches('/').to_owned();
        if path.is_empty() || self.files.len() >= FILES_MAX && !self.files.contains_key(&path) {
            return;
        }
        let known = self.files.entry(path).or_insert_with(|| used.clone());
        if used.last_seen > known.last_seen {
            *known = used;
        }
    }

    /// The files.
    pub fn paths(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Who uses a file.
    pub fn by(&self, path: &str) -> Option<&PackageUse> {
        self.files.get(path)
    }

    /// How many files.
    pub fn len(&self) -> usize {
        self.files.len()
    }
}

/// The question which programs this host ran: path and time.
pub fn past_of_host() -> String {
    format!(
        "SELECT process_path, CAST(MAX(time) AS VARCHAR), '', '' FROM process_activity \
         WHERE type IN ('execve', 'execveat') AND status = 'success' AND process_path IS NOT NULL \
         AND COALESCE(container_id, '') = '' AND time > now() - INTERVAL '{PAST_DAYS} days' GROUP BY process_path"
    )
}

/// The question which programs ran in containers of this image: path, time, id and name of the container.
pub fn past_of_containers(ids: &[(String, String)]) -> String {
    let ids: Vec<String> = ids.iter().map(|(id, _)| format!("'{}'", id.replace('\'', "''"))).collect();
    format!(
        "SELECT process_path, CAST(MAX(time) AS VARCHAR), MAX(container_id), MAX(container_name) FROM process_activity \
         WHERE type IN ('execve', 'execveat') AND status = 'success' AND process_path IS NOT NULL \
         AND container_id IN ({}) AND time > now() - INTERVAL '{PAST_DAYS} days' GROUP BY process_path",
        ids.join(", ")
    )
}

/// The question which containers ran: id, name and image of each.
pub fn containers() -> String {
    format!(
        "SELECT container_id, MAX(container_name), MAX(container_image) FROM process_activity \
         WHERE COALESCE(container_id, '') <> '' AND COALESCE(container_image, '') <> '' \
         AND time > now() - INTERVAL '{PAST_DAYS} days' GROUP BY container_id"
    )
}

// Device and inode of a root file system: a container has another one.
fn root_of(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.st_dev(), metadata.st_ino()))
}

fn container_of<'a>(folder: &Path, known: &'a [(String, String)]) -> Option<&'a (String, String)> {
    let groups = read(&folder.join("cgroup"))?;
    known.iter().find(|(id, _)| id.len() >= 12 && groups.contains(id.as_str()))
}

// A file that is there no more is not what is installed.
fn link(path: &Path) -> Option<String> {
    let target = fs::read_link(path).ok()?;
    let text = String::from_utf8_lossy(target.as_os_str().as_bytes()).into_owned();
    (text.starts_with('/') && !text.ends_with(" (deleted)")).then_some(text)
}

fn read(path: &Path) -> Option<String> {
    let mut text = Vec::new();
    fs::File::open(path).ok()?.take(MAPS_BYTES_MAX).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

// Files with code or archives that a process has mapped.
fn mapped(path: &Path) -> Vec<String> {
    let text = read(path).unwrap_or_default();
    let mut files: Vec<String> = text.lines().filter_map(mapping).map(str::to_owned).collect();
    files.sort();
    files.dedup();
    files
}

// 7f0c… r-xp 00002000 fe:00 1234    /usr/lib/libssl.so.3
fn mapping(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(' ')?;
    let (rights, rest) = rest.split_once(' ')?;
    let file = rest.get(rest.find('/')?..)?;
    // The field before the path is the inode, and a device has no slash.
    let whole = !file.ends_with(" (deleted)") && rest.split_ascii_whitespace().nth(3)?.starts_with('/');
    (whole && (rights.contains('x') || is_archive(file))).then_some(file)
}

fn archives(folder: &Path) -> Vec<String> {
    let Ok(descriptors) = fs::read_dir(folder) else { return Vec::new() };
    let files = descriptors.take(DESCRIPTORS_MAX).filter_map(|entry| link(&entry.ok()?.path()));
    files.filter(|file| is_archive(file)).collect()
}

fn is_archive(file: &str) -> bool {
    [".jar", ".war", ".ear"].iter().any(|end| file.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_archives_count_as_mapped_and_nothing_else() {
        for (line, expected) in [
            ("7f0c-7f0d r-xp 00002000 fe:00 1234     /usr/lib/libssl.so.3", Some("/usr/lib/libssl.so.3")),
            ("7f0c-7f0d r-xp 00002000 fe:00 1234     /srv/my lib.so", Some("/srv/my lib.so")),
            ("7f0c-7f0d r--s 00002000 fe:00 1234     /srv/app.jar", Some("/srv/app.jar")),
            ("7f0c-7f0d r--p 00002000 fe:00 1234     /usr/lib/locale/C.utf8", None),
            ("7f0c-7f0d r-xp 00002000 fe:00 1234     /usr/lib/old.so (deleted)", None),
            ("7f0c-7f0d r-xp 00000000 00:00 0        [vdso]", None),
            ("7f0c-7f0d rwxp 00000000 00:00 0 ", None),
            ("7f0c-7f0d r-xp 00000000 00:01 9        anon_inode:/x", None),
            ("", None),
            ("/", None),
        ] {
            assert_eq!(mapping(line), expected, "{line}");
        }
    }

    #[test]
    fn this_very_program_is_in_use_by_itself() {
        let mut files = FilesInUse::default();
        files.add_present(Whose::Host, Timestamp::from_nanos(7));
        let program = std::env::current_exe().expect("a path").display().to_string();
        let used = files.by(program.trim_start_matches('/')).expect("seen");
        assert_eq!((used.program.as_str(), used.last_seen), (program.as_str(), Timestamp::from_nanos(7)));
        assert!(files.paths().iter().any(|path| path.contains("libc")), "its libraries, too");
    }

    #[test]
    fn who_uses_it_now_is_told_rather_than_who_did_before() {
        let row = |path: &str, time: &str| vec![path.into(), time.into(), Value::Null, "".into()];
        let mut files = FilesInUse::default();
        files.add_past(&[
            row("/usr/bin/curl", "2026-01-02T00:00:00Z"),
            row("/usr/bin/curl", "2026-01-01T00:00:00Z"),
            row("", "2026-01-01T00:00:00Z"),
            row("/usr/bin/x", "yesterday"),
            Vec::new(),
        ]);
        assert_eq!(files.paths(), ["usr/bin/curl"]);
        let used = files.by("usr/bin/curl").expect("seen");
        assert_eq!((used.process_id, used.last_seen.to_rfc3339().get(..10)), (None, Some("2026-01-02")));
    }
}
