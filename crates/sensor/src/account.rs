//! Names of users and groups, as the host or a container knows them.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    os::fd::{AsRawFd, OwnedFd},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, StatxFlags};
use yagura_event::User;

use crate::limits::{ACCOUNTS_BYTES_MAX, CONTAINERS_MAX};

/// Largest map of a user namespace that is read: the kernel allows 340 lines.
const MAP_BYTES_MAX: u64 = 16 << 10;
/// How long names are taken as read before the files are looked at again.
const FRESH: Duration = Duration::from_secs(2);

/// Names by root directory. Bounded: when there are too many roots, all are forgotten.
#[derive(Default)]
pub(crate) struct Accounts {
    roots: HashMap<Box<str>, Root>,
    nobody: Root,
}

#[derive(Default)]
struct Root {
    looked: Option<Instant>,
    stamps: [Option<SystemTime>; 2],
    users: HashMap<u32, User>,
    groups: HashMap<u32, Arc<str>>,
    maps: [Map; 2],
}

/// How a user namespace numbers users or groups (user_namespaces(7)): inside, outside, how many. Empty where it numbers
/// them as the host does.
type Map = Vec<(u32, u32, u32)>;

// The number inside of a number outside.
fn inside(map: &Map, id: u32) -> u32 {
    let found = map.iter().find(|(_, outside, count)| id.checked_sub(*outside).is_some_and(|at| at < *count));
    found.map_or(id, |(inside, outside, _)| inside + (id - outside))
}

fn read_map(path: &Path) -> Map {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(path) {
        let _ = file.take(MAP_BYTES_MAX).read_to_end(&mut bytes);
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace().map(|word| word.parse().ok());
        let (inside, outside, count) = (words.next()??, words.next()??, words.next()??);
        // A range that leaves the numbers is no range.
        (u32::checked_add(inside, count).is_some()
            && u32::checked_add(outside, count).is_some()
            && inside != outside)
            .then_some((inside, outside, count))
    });
    lines.collect()
}

impl Accounts {
    /// The user of this number. `key` names whose files are meant (empty for the host), `root` where they lie.
    pub(crate) fn user(&mut self, key: &str, root: impl FnOnce() -> PathBuf, id: u32) -> User {
        let root = self.root(key, root);
        let known = root.users.get(&inside(&root.maps[0], id)).cloned();
        User { id, ..known.unwrap_or_default() }
    }

    /// The group of this number, as [`Accounts::user`].
    pub(crate) fn group(&mut self, key: &str, root: impl FnOnce() -> PathBuf, id: u32) -> User {
        let root = self.root(key, root);
        User { id, name: root.groups.get(&inside(&root.maps[1], id)).cloned(), ..User::default() }
    }

    fn root(&mut self, key: &str, path: impl FnOnce() -> PathBuf) -> &Root {
        if self.roots.get(key).is_none_or(Root::is_old) {
            let path = path();
            // A runtime's own first steps are in the container's cgroup, but still in the host's root.
            let host = Path::new("/");
            let in_host = !key.is_empty() && is_same(&path, host);
            let (key, path) = if in_host { ("", host) } else { (key, &*path) };
            if self.roots.get(key).is_none_or(Root::is_old) {
                self.look(key, path);
            }
            return self.roots.get(key).unwrap_or(&self.nobody);
        }
        self.roots.get(key).unwrap_or(&self.nobody)
    }

    fn look(&mut self, key: &str, path: &Path) {
        if self.roots.len() >= CONTAINERS_MAX && !self.roots.contains_key(key) {
            self.roots.clear();
        }
        // Where the process is gone already, its container's next one tells.
        let Some(files) = Files::open(path) else { return };
        let stamps = files.stamps();
        match self.roots.get_mut(key) {
            // The process may be gone, and its root with it: what was read stays.
            Some(root) if stamps == root.stamps || files.passwd.is_none() => {
                root.looked = Some(Instant::now())
            }
            _ => {
                let (users, groups) = (users(&text(files.passwd)), groups(&text(files.group)));
                // The root of a process: its user namespace stands beside it.
                let maps = ["uid_map", "gid_map"].map(|name| match path.parent() {
                    Some(process) if !key.is_empty() => read_map(&process.join(name)),
                    _ => Map::new(),
                });
                let looked = Some(Instant::now());
                self.roots.insert(key.into(), Root { looked, stamps, users, groups, maps });
            }
        }
    }
}

impl Root {
    fn is_old(&self) -> bool {
        self.looked.is_none_or(|looked| looked.elapsed() > FRESH)
    }
}

struct Files {
    passwd: Option<File>,
    group: Option<File>,
}

impl Files {
    fn open(root: &Path) -> Option<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::openat(CWD, root, flags, Mode::empty()).ok()?;
        Some(Self { passwd: regular(&root, "etc/passwd"), group: regular(&root, "etc/group") })
    }

    fn stamps(&self) -> [Option<SystemTime>; 2] {
        [&self.passwd, &self.group].map(|file| file.as_ref()?.metadata().ok()?.modified().ok())
    }
}

// A container may have put anything there. Links are followed inside its root only, and never into another mount, which
// may be a file system that does not answer. Only a regular file is opened: devices and pipes act on being opened.
fn regular(root: &OwnedFd, file: &str) -> Option<File> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let inside = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS | ResolveFlags::NO_XDEV;
    let found = File::from(rustix::fs::openat2(root, file, flags, Mode::empty(), inside).ok()?);
    found.metadata().ok().filter(std::fs::Metadata::is_file)?;
    File::open(format!("/proc/self/fd/{}", found.as_raw_fd())).ok()
}

fn is_same(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| {
        let data = rustix::fs::statx(CWD, path, AtFlags::STATX_DONT_SYNC, StatxFlags::INO).ok()?;
        Some((data.stx_dev_major, data.stx_dev_minor, data.stx_ino))
    };
    id(one).is_some_and(|found| Some(found) == id(other))
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

fn text(file: Option<File>) -> String {
    let mut bytes = Vec::new();
    if let Some(file) = file {
        let _ = file.take(ACCOUNTS_BYTES_MAX).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
    fn numbers_of_a_user_namespace_are_named_as_it_names_them() {
        let process = tempfile::tempdir().expect("a folder");
        let root = process.path().join("root");
        std::fs::create_dir_all(root.join("etc")).expect("writable");
        std::fs::write(root.join("etc/passwd"), "root:x:0:0::/root:/bin/sh\napp:x:33:33::/:/bin/sh\n")
            .expect("writable");
        std::fs::write(root.join("etc/group"), "www:x:33:\n").expect("writable");
        let map = "         0     100000      65536\n  70000 4294967295 9\njunk\n";
        std::fs::write(process.path().join("uid_map"), map).expect("writable");
        std::fs::write(process.path().join("gid_map"), map).expect("writable");
        let mut accounts = Accounts::default();
        let user = accounts.user("c", || root.clone(), 100_000);
        assert_eq!((user.id, user.name.as_deref()), (100_000, Some("root")));
        assert_eq!(accounts.user("c", || root.clone(), 100_033).name.as_deref(), Some("app"));
        assert_eq!(accounts.group("c", || root.clone(), 100_033).name.as_deref(), Some("www"));
        assert_eq!(accounts.user("c", || root.clone(), 200_000).name, None);
    }

    #[test]
    fn a_link_does_not_lead_out_of_the_root() {
        let root = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/etc", root.path().join("etc")).expect("a link");
        let mut accounts = Accounts::default();
        assert_eq!(accounts.user("c", || root.path().to_owned(), 0).name, None);
    }

    #[test]
    fn odd_files_are_not_read() {
        let outside = tempfile::tempdir().expect("a folder");
        let secret = outside.path().join("passwd");
        std::fs::write(&secret, "outside:x:7:7::/:/bin/sh\n").expect("writable");
        let name = |fill: &dyn Fn(&Path)| {
            let root = tempfile::tempdir().expect("a folder");
            std::fs::create_dir(root.path().join("etc")).expect("writable");
            fill(root.path());
            Accounts::default().user("c", || root.path().to_owned(), 7).name
        };
        let link = |target: &Path| {
            name(&|root| std::os::unix::fs::symlink(target, root.join("etc/passwd")).expect("a link"))
        };
        assert_eq!(link(&secret), None);
        assert_eq!(link(Path::new(&format!("../../../../../..{}", secret.display()))), None);
        assert_eq!(link(Path::new("passwd")), None);
        assert_eq!(link(Path::new("/proc/self/environ")), None);
        let pipe = |root: &Path| {
            let mode = nix::sys::stat::Mode::S_IRWXU;
            nix::unistd::mkfifo(&root.join("etc/passwd"), mode).expect("a pipe");
        };
        assert_eq!(name(&pipe), None);
        let huge = |root: &Path| {
            let file = File::create(root.join("etc/passwd")).expect("writable");
            file.set_len(1 << 40).expect("a sparse file");
        };
        assert_eq!(name(&huge), None);
        let inside = |root: &Path| {
            std::fs::write(root.join("real"), "inside:x:7:7::/:/bin/sh\n").expect("writable");
            std::os::unix::fs::symlink("/real", root.join("etc/passwd")).expect("a link");
        };
        assert_eq!(name(&inside).as_deref(), Some("inside"));
    }

    #[test]
    fn a_process_that_is_gone_does_not_answer_for_the_next() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("etc")).expect("writable");
        std::fs::write(root.path().join("etc/passwd"), "app:x:7:7::/:/bin/sh\n").expect("writable");
        let mut accounts = Accounts::default();
        assert_eq!(accounts.user("c", || root.path().join("gone"), 7).name, None);
        assert_eq!(accounts.user("c", || root.path().to_owned(), 7).name.as_deref(), Some("app"));
    }
}
