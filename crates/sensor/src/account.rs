//! Names of users and groups, as the host or a container knows them.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use yagura_event::User;

use crate::limits::{ACCOUNTS_BYTES_MAX, CONTAINERS_MAX};

/// How long names are taken as read before the files are looked at again.
const FRESH: Duration = Duration::from_secs(2);

/// Names by root directory. Bounded: when there are too many roots, all are forgotten.
#[derive(Default)]
pub(crate) struct Accounts {
    roots: HashMap<Box<str>, Root>,
}

struct Root {
    path: PathBuf,
    looked: Instant,
    stamps: [Option<SystemTime>; 2],
    users: HashMap<u32, User>,
    groups: HashMap<u32, Arc<str>>,
}

impl Accounts {
    /// The user of this number. `key` names whose files are meant (empty for the host), `root` where they lie.
    pub(crate) fn user(&mut self, key: &str, root: impl FnOnce() -> PathBuf, id: u32) -> User {
        self.root(key, root).users.get(&id).cloned().unwrap_or(User { id, ..User::default() })
    }

    /// The group of this number, as [`Accounts::user`].
    pub(crate) fn group(&mut self, key: &str, root: impl FnOnce() -> PathBuf, id: u32) -> User {
        User { id, name: self.root(key, root).groups.get(&id).cloned(), ..User::default() }
    }

    fn root(&mut self, key: &str, path: impl FnOnce() -> PathBuf) -> &Root {
        if self.roots.len() >= CONTAINERS_MAX && !self.roots.contains_key(key) {
            self.roots.clear();
        }
        if !self.roots.contains_key(key) {
            self.roots.insert(key.into(), Root::read(path()));
        }
        let root = self.roots.get_mut(key).expect("it was just put there");
        if root.looked.elapsed() > FRESH {
            root.refresh();
        }
        root
    }
}

impl Root {
    fn read(path: PathBuf) -> Self {
        let stamps = stamps(&path);
        let (users, groups) = (users(&text(&path, "etc/passwd")), groups(&text(&path, "etc/group")));
        Self { path, looked: Instant::now(), stamps, users, groups }
    }

    // A container's first process may be gone, and its root with it: what was read stays.
    fn refresh(&mut self) {
        let stamps = stamps(&self.path);
        self.looked = Instant::now();
        if stamps != self.stamps && stamps[0].is_some() {
            *self = Self::read(std::mem::take(&mut self.path));
        }
    }
}

fn stamps(root: &Path) -> [Option<SystemTime>; 2] {
    ["etc/passwd", "etc/group"]
        .map(|file| std::fs::metadata(root.join(file)).and_then(|data| data.modified()).ok())
}

// passwd(5): name:password:uid:gid:gecos:home:shell
fn users(text: &str) -> HashMap<u32, User> {
    let user = |line: &str| {
        let mut parts = line.split(':');
        let (name, id) = (parts.next()?, parts.nth(1)?.parse().ok()?);
        let (home, shell) = (parts.nth(2).map(Arc::from), parts.next().map(Arc::from));
        Some((id, User { id, name: Some(name.into()), home, shell }))
    };
    // The first line of a number counts, as for getpwuid.
    let mut users = HashMap::new();
    for (id, user) in text.lines().filter_map(user) {
        users.entry(id).or_insert(user);
    }
    users
}

// group(5): name:password:gid:members
fn groups(text: &str) -> HashMap<u32, Arc<str>> {
    let group = |line: &str| {
        let mut parts = line.split(':');
        let (name, id) = (parts.next()?, parts.nth(1)?.parse().ok()?);
        Some((id, Arc::from(name)))
    };
    let mut groups = HashMap::new();
    for (id, name) in text.lines().filter_map(group) {
        groups.entry(id).or_insert(name);
    }
    groups
}

fn text(root: &Path, file: &str) -> String {
    let Some(file) = open(root, file) else { return String::new() };
    let mut bytes = Vec::new();
    let _ = file.take(ACCOUNTS_BYTES_MAX).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

// A container may have put anything there. Links are followed inside its root and never out of it, nothing is waited
// for, and only a regular file is read.
fn open(root: &Path, file: &str) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let root = rustix::fs::openat(CWD, root, flags, Mode::empty()).ok()?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let file = File::from(rustix::fs::openat2(root, file, flags, Mode::empty(), inside).ok()?);
    file.metadata().is_ok_and(|data| data.is_file()).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_roots_own_files() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("etc")).expect("writable");
        let passwd = "app:x:1000:1000::/srv/app:/bin/sh\nbroken\nsecond:x:1000:0::/:/bin/false\n";
        std::fs::write(root.path().join("etc/passwd"), passwd).expect("writable");
        std::fs::write(root.path().join("etc/group"), "wheel:x:10:\n").expect("writable");
        let mut accounts = Accounts::default();
        let user = accounts.user("c", || root.path().to_owned(), 1000);
        assert_eq!(user.name.as_deref(), Some("app"));
        assert_eq!(user.home.as_deref(), Some("/srv/app"));
        assert_eq!(user.shell.as_deref(), Some("/bin/sh"));
        assert_eq!(accounts.group("c", || root.path().to_owned(), 10).name.as_deref(), Some("wheel"));
        assert_eq!(accounts.user("c", || root.path().to_owned(), 5).name, None);
    }

    #[test]
    fn a_link_does_not_lead_out_of_the_root() {
        let root = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/etc", root.path().join("etc")).expect("a link");
        let mut accounts = Accounts::default();
        assert_eq!(accounts.user("c", || root.path().to_owned(), 0).name, None);
    }
}
