//! What belongs to a file: mode, owner, attributes, times.

use yagura_event::{ArgName, ArgValue, EventKind, Fd, FlagSet};

use crate::{
    decode::{Args, CallOf, args},
    record,
    table::Table,
};

impl CallOf<'_> {
    pub(super) fn attribute_args(&self, table: &mut Table, fd: Option<&Fd>) -> Option<Args> {
        use EventKind::*;
        use record::{BASE1, TEXT1, TEXT2};
        Some(match self.kind {
            Chmod => args([self.res(), self.filename(TEXT1, BASE1), self.mode(1)]),
            Fchmodat => {
                args([self.res(), self.dir(ArgName::Dirfd, 0), self.filename(TEXT1, BASE1), self.mode(2)])
            }
            Fchmod => args([self.res(), self.given_fd(), self.mode(1), self.name(fd)]),
            Chown | Lchown => args([
                self.res(),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Uid, self.uid(table, 1)),
                (ArgName::Gid, self.gid(table, 2)),
            ]),
            Fchown => args([
                self.res(),
                self.given_fd(),
                (ArgName::Uid, self.uid(table, 1)),
                (ArgName::Gid, self.gid(table, 2)),
            ]),
            Fchownat => args([
                self.res(),
                self.dir(ArgName::Dirfd, 0),
                self.path(ArgName::Path, TEXT1, BASE1),
                (ArgName::Uid, self.uid(table, 2)),
                (ArgName::Gid, self.gid(table, 3)),
                self.flags(ArgName::Flags, FlagSet::At, 4),
            ]),
            Setxattr | Lsetxattr | Removexattr | Lremovexattr => {
                args([self.res(), self.path(ArgName::Path, TEXT1, BASE1), self.text(ArgName::Name, TEXT2)])
            }
            Fsetxattr | Fremovexattr => {
                let path = ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default());
                args([self.res(), self.given_fd(), self.text(ArgName::Name, TEXT1), (ArgName::Path, path)])
            }
            Utimensat => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            _ => return None,
        })
    }
}
