//! A folder on disk, walked by descriptors: no link is followed, so no path leaves its root.

mod body;

use std::{
    ffi::CStr,
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::Path,
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, RawDir, Stat},
    io::Errno,
};

use crate::{
    Entry, EntryKind, Visitor, Want,
    control::Control,
    entry::{Problem, ProblemKind},
    filesystem::{self, Filesystem},
    limits,
};

/// How a folder is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// A layer of overlayfs: 0/0 devices are white-outs, an attribute marks opaque folders.
    pub(crate) overlay: bool,
    /// The root of a running system: `/proc`, `/sys` and `/dev` are left out.
    pub(crate) system: bool,
    /// Enters file systems of other machines, too.
    pub(crate) remote: bool,
}

/// Shows everything below `root` to `visitor`. A root that is a file is shown as the only entry.
pub(crate) fn walk<V: Visitor>(
    root: &Path,
    options: Options,
    layer: u32,
    visitor: &mut V,
    control: &Control,
) {
    let mut walk =
        Walk { options, layer, visitor, control, path: String::new(), body: Vec::new(), over: false };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    match rustix::fs::open(root, flags, Mode::empty()) {
        Ok(fd) => {
            let device = rustix::fs::fstat(&fd).map(|stat| stat.st_dev).unwrap_or(0);
            walk.directory(&fd, device, 0);
        }
        Err(Errno::NOTDIR) => walk.single(root),
        Err(error) => walk.unreadable(error),
    }
}

struct Walk<'a, V> {
    options: Options,
    layer: u32,
    visitor: &'a mut V,
    control: &'a Control<'a>,
    path: String,
    body: Vec<u8>,
    over: bool,
}

const NAMES_BYTES: usize = 16 << 10;

impl<V: Visitor> Walk<'_, V> {
    fn single(&mut self, file: &Path) {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let name = file.file_name().and_then(|name| std::ffi::CString::new(name.as_encoded_bytes()).ok());
        match (rustix::fs::open(parent, flags, Mode::empty()), name) {
            (Ok(fd), Some(name)) => self.name(fd.as_fd(), &name, 0, 0),
            (Err(error), _) => self.unreadable(error),
            (_, None) => self.unreadable(Errno::INVAL),
        }
    }

    fn directory(&mut self, fd: &OwnedFd, device: u64, depth: usize) {
        let mut buffer: Vec<u8> = Vec::with_capacity(NAMES_BYTES);
        let space: &mut [MaybeUninit<u8>] = buffer.spare_capacity_mut();
        let mut names = RawDir::new(fd, space);
        while let Some(next) = names.next() {
            match next {
                Ok(entry) if matches!(entry.file_name().to_bytes(), b"." | b"..") => {}
                Ok(entry) => self.name(fd.as_fd(), entry.file_name(), device, depth),
                Err(error) => return self.unreadable(error),
            }
            if self.over {
                return;
            }
        }
    }

    fn name(&mut self, parent: BorrowedFd, name: &CStr, device: u64, depth: usize) {
        let length = self.path.len();
        if !self.path.is_empty() {
            self.path.push('/');
        }
        match std::str::from_utf8(name.to_bytes()) {
            Ok(text) => self.path.push_str(text),
            Err(_) => self.path.push_str(&String::from_utf8_lossy(name.to_bytes())),
        }
        if let Err(stop) = self.control.entry() {
            self.over = true;
            self.report(ProblemKind::Limit, stop.message(self.control.limits));
        } else {
            match rustix::fs::statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => self.entry(parent, name, &stat, device, depth),
                // Gone since the folder was listed: a running system does that.
                Err(Errno::NOENT) => {}
                Err(error) => self.unreadable(error),
            }
        }
        self.path.truncate(length);
    }

    fn entry(&mut self, parent: BorrowedFd, name: &CStr, stat: &Stat, device: u64, depth: usize) {
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => self.file(parent, name, stat),
            FileType::Directory => self.folder(parent, name, stat, device, depth),
            FileType::Symlink => {
                let target = rustix::fs::readlinkat(parent, name, Vec::new()).unwrap_or_default();
                let target = target.to_string_lossy();
                self.show(stat, EntryKind::Symlink { target: &target });
            }
            FileType::CharacterDevice if self.options.overlay && stat.st_rdev == 0 => {
                self.show(stat, EntryKind::Whiteout);
            }
            _ => {
                self.show(stat, EntryKind::Other);
            }
        }
    }

    fn show(&mut self, stat: &Stat, kind: EntryKind) -> Want {
        let entry = entry(&self.path, stat, kind, self.layer);
        self.visitor.entry(&entry)
    }

    fn folder(&mut self, parent: BorrowedFd, name: &CStr, stat: &Stat, device: u64, depth: usize) {
        self.show(stat, EntryKind::Directory);
        if self.options.system && depth == 0 && matches!(name.to_bytes(), b"proc" | b"sys" | b"dev") {
            return;
        }
        if !self.visitor.enter(&self.path) {
            return;
        }
        if depth + 1 >= limits::DEPTH_MAX {
            return self.report(
                ProblemKind::Limit,
                format!("folders deeper than {} are not entered", limits::DEPTH_MAX),
            );
        }
        let flags =
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = match rustix::fs::openat(parent, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return,
            Err(error) => return self.unreadable(error),
        };
        if stat.st_dev != device && !self.crosses(&fd) {
            return;
        }
        if self.options.overlay && opaque(&fd) {
            self.show(stat, EntryKind::OpaqueDirectory);
        }
        self.directory(&fd, stat.st_dev, depth + 1);
    }

    /// Whether the file system that begins here is entered.
    fn crosses(&mut self, fd: &OwnedFd) -> bool {
        let Ok(found) = rustix::fs::fstatfs(fd) else { return false };
        #[expect(clippy::cast_sign_loss, reason = "a magic number, compared by its low 32 bits")]
        let magic = found.f_type as u64;
        match filesystem::of(magic) {
            Filesystem::Real => true,
            Filesystem::Kernel => false,
            Filesystem::Remote if self.options.remote => true,
            Filesystem::Remote => {
                self.report(
                    ProblemKind::Skipped,
                    "a file system of another machine or program is not entered",
                );
                false
            }
            Filesystem::Union if self.options.system => {
                self.report(
                    ProblemKind::Skipped,
                    "a container's file system is not entered; scan it as an image",
                );
                false
            }
            Filesystem::Union => true,
        }
    }

    fn unreadable(&mut self, error: Errno) {
        let error = std::io::Error::from(error);
        self.report(ProblemKind::Unreadable, error.to_string());
    }

    fn report(&mut self, kind: ProblemKind, message: impl Into<String>) {
        let path = if self.path.is_empty() { "." } else { self.path.as_str() };
        self.visitor.problem(Problem::new(kind, message).layer(self.layer).path(path));
    }
}

fn entry<'a>(path: &'a str, stat: &Stat, kind: EntryKind<'a>, layer: u32) -> Entry<'a> {
    Entry {
        path,
        kind,
        size: if kind == EntryKind::File { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 },
        mode: stat.st_mode & 0o7777,
        uid: stat.st_uid,
        gid: stat.st_gid,
        layer,
    }
}

/// Marks by root and by an unprivileged user.
fn opaque(fd: &OwnedFd) -> bool {
    [c"trusted.overlay.opaque", c"user.overlay.opaque"].iter().any(|name| {
        let mut value = [0u8; 8];
        matches!(rustix::fs::fgetxattr(fd, *name, &mut value), Ok(count) if count > 0 && matches!(value[0], b'y' | b'x'))
    })
}
