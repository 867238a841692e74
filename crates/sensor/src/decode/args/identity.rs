//! Who a process is: users, groups, capabilities, namespaces, root.

use yagura_event::{ArgName, ArgValue, EventKind, FlagSet};

use crate::{
    decode::{Args, CallOf, args},
    record,
    table::Table,
};

impl CallOf<'_> {
    pub(super) fn identity_args(&self, table: &mut Table) -> Option<Args> {
        use EventKind::*;
        use record::{BASE1, TEXT1};
        Some(match self.kind {
            Setgroups => args([self.res(), (ArgName::Size, ArgValue::Uint(self.number(0)))]),
            Setuid | Setfsuid => args([self.res(), (ArgName::Uid, self.uid(table, 0))]),
            Setreuid => {
                args([self.res(), (ArgName::Ruid, self.uid(table, 0)), (ArgName::Euid, self.uid(table, 1))])
            }
            Setresuid => args([
                self.res(),
                (ArgName::Ruid, self.uid(table, 0)),
                (ArgName::Euid, self.uid(table, 1)),
                (ArgName::Suid, self.uid(table, 2)),
            ]),
            Setgid | Setfsgid => args([self.res(), (ArgName::Gid, self.gid(table, 0))]),
            Setregid => {
                args([self.res(), (ArgName::Rgid, self.gid(table, 0)), (ArgName::Egid, self.gid(table, 1))])
            }
            Setresgid => args([
                self.res(),
                (ArgName::Rgid, self.gid(table, 0)),
                (ArgName::Egid, self.gid(table, 1)),
                (ArgName::Sgid, self.gid(table, 2)),
            ]),
            Capset => args([
                self.res(),
                (
                    ArgName::CapInheritable,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_inheritable),
                ),
                (
                    ArgName::CapPermitted,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_permitted),
                ),
                (
                    ArgName::CapEffective,
                    ArgValue::Flags(FlagSet::Capabilities, self.record.head.cap_effective),
                ),
            ]),
            Setns => args([self.res(), self.given_fd(), self.flags(ArgName::Nstype, FlagSet::Namespace, 1)]),
            Unshare => args([self.res(), self.flags(ArgName::Flags, FlagSet::Clone, 0)]),
            Chroot => args([self.res(), self.path(ArgName::Path, TEXT1, BASE1)]),
            _ => return None,
        })
    }
}
