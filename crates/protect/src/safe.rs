//! Files whose processes are never stopped: what a machine starts and is repaired with.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

/// Programs without which a machine cannot be started, reached or repaired. Names that are not there are passed over.
const PROGRAMS: [&str; 26] = [
    "/sbin/init",
    "/lib/systemd/systemd",
    "/usr/lib/systemd/systemd",
    "/lib/systemd/systemd-udevd",
    "/lib/systemd/systemd-journald",
    "/lib/systemd/systemd-logind",
    "/usr/sbin/sshd",
    "/usr/lib/openssh/sshd-session",
    "/usr/bin/login",
    "/bin/login",
    "/sbin/agetty",
    "/usr/bin/sudo",
    "/usr/bin/su",
    "/usr/bin/dpkg",
    "/usr/bin/dpkg-deb",
    "/usr/bin/dpkg-query",
    "/usr/bin/apt",
    "/usr/bin/apt-get",
    "/usr/lib/apt/methods/http",
    "/usr/lib/apt/methods/https",
    "/usr/bin/rpm",
    "/usr/bin/dnf",
    "/usr/bin/yum",
    "/usr/bin/zypper",
    "/sbin/apk",
    "/usr/bin/pacman",
];

/// Device and inode of each such file, and of this program itself. A file is known by these, not by its name: a copy, or
/// a file of the same name in a container, is none of them.
pub fn safe_files() -> Vec<(u64, u64)> {
    let of = |path: &Path| fs::metadata(path).ok().map(|data| (data.dev(), data.ino()));
    let mut files: Vec<(u64, u64)> = PROGRAMS.iter().filter_map(|path| of(Path::new(path))).collect();
    files.extend(of(Path::new("/proc/self/exe")));
    files.sort_unstable();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_among_them_and_a_shell_is_not() {
        let id = |path: &str| fs::metadata(path).map(|data| (data.dev(), data.ino())).expect("it is there");
        assert!(safe_files().contains(&id("/proc/self/exe")));
        assert!(!safe_files().contains(&id("/bin/sh")));
    }
}
