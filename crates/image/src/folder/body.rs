//! Contents of files in a folder.

use std::{ffi::CStr, fs::File, os::fd::BorrowedFd};

use rustix::{
    fs::{FileType, Mode, OFlags, Stat},
    io::Errno,
};

use crate::{EntryKind, Visitor, Want, blob::FileRange, entry::ProblemKind, limits};

use super::{Walk, entry};

impl<V: Visitor> Walk<'_, V> {
    pub(super) fn file(&mut self, parent: BorrowedFd, name: &CStr, stat: &Stat) {
        let want = self.show(stat, EntryKind::File);
        if want == Want::No {
            return;
        }
        match open(parent, name) {
            Ok(Some(range)) => {
                if let Err(error) = self.read(&range, want, stat) {
                    self.report(ProblemKind::Unreadable, error.to_string());
                }
            }
            Ok(None) | Err(Errno::NOENT) => {}
            Err(error) => self.unreadable(error),
        }
    }

    fn read(&mut self, range: &FileRange, mut want: Want, stat: &Stat) -> std::io::Result<()> {
        let shown =
            crate::Entry { size: range.len(), ..entry(&self.path, stat, EntryKind::File, self.layer) };
        if want == Want::Head {
            self.body.resize(limits::HEAD_BYTES, 0);
            let count = range.read_at(0, &mut self.body)?;
            want = self.visitor.head(&shown, &self.body[..count]);
        }
        if matches!(want, Want::No | Want::Head) {
            return Ok(());
        }
        if range.len() > limits::BODY_BYTES_MAX || want == Want::Access {
            self.visitor.large_file(&shown, &mut range.clone());
            return Ok(());
        }
        self.body.resize(usize::try_from(range.len()).unwrap_or(0), 0);
        let count = range.read_at(0, &mut self.body)?;
        self.visitor.file(&shown, &self.body[..count]);
        Ok(())
    }
}

/// `None` if it is no regular file any more. Never waits for the other end of a pipe.
fn open(parent: BorrowedFd, name: &CStr) -> Result<Option<FileRange>, Errno> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(parent, name, flags, Mode::empty())?;
    let stat = rustix::fs::fstat(&fd)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Ok(None);
    }
    let range = FileRange::whole(File::from(fd))
        .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok(Some(range))
}
