//! [`Event`]: one action of one process, with everything a rule may ask about it.

use std::{net::SocketAddr, sync::Arc};

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::{EventKind, Fd, FlagSet, Process, Timestamp};

/// One action of one process: a system call that returned, or a process that ended.
///
/// Everything in it is as it was when the call returned; nothing is looked up later. An event costs some 300 bytes
/// besides the [`Process`] it shares with the other events of that process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Counts the events of one run of the sensor from 1, in the order they were captured.
    pub number: u64,
    /// When the call returned.
    pub time: Timestamp,
    /// What was done.
    pub kind: EventKind,
    /// What the call returned; a negative errno where it failed.
    pub result: i64,
    /// The processor it ran on.
    pub cpu: u32,
    /// The thread that did it; equals `process.pid` in a process of one thread.
    pub tid: u32,
    /// Who did it, as it was then.
    pub process: Arc<Process>,
    /// The file or socket it was done on, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<Fd>,
    /// The call's own arguments, in the order of Falco's event table.
    #[serde(default, skip_serializing_if = "SmallVec::is_empty")]
    pub args: SmallVec<[Arg; 6]>,
    /// The first bytes read or written, where the kind carries data (`evt.buffer`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<[u8]>>,
}

/// One named argument of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arg {
    /// Its name, as in `evt.arg.NAME`.
    pub name: ArgName,
    /// Its value, still a number where it was one.
    pub value: ArgValue,
}

impl Event {
    /// The argument of this name, if the event carries it.
    pub fn arg(&self, name: ArgName) -> Option<&ArgValue> {
        self.args.iter().find(|arg| arg.name == name).map(|arg| &arg.value)
    }

    /// True where the call did not fail.
    pub const fn succeeded(&self) -> bool {
        self.result >= 0
    }
}

macro_rules! arg_names {
    ($($variant:ident $name:literal,)*) => {
        /// Name of an argument, as in `evt.arg.NAME`; the names are Falco's.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each variant is the argument of that name")]
        pub enum ArgName { $(#[serde(rename = $name)] $variant,)* }

        impl ArgName {
            /// Every name.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as rules write it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The argument of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

arg_names! {
    Res "res", Fd "fd", Name "name", Flags "flags", Mode "mode", Dirfd "dirfd", Dev "dev", Ino "ino", Path "path",
    Resolve "resolve", Newpath "newpath", Oldpath "oldpath", Olddirfd "olddirfd", Newdirfd "newdirfd",
    Olddir "olddir", Newdir "newdir", Linkpath "linkpath", Linkdirfd "linkdirfd", Target "target",
    Filename "filename", Exe "exe", Args "args", Tid "tid", Pid "pid", Ptid "ptid", Cwd "cwd", Comm "comm",
    Cgroups "cgroups", Env "env", Tty "tty", Vpgid "vpgid", Vtid "vtid", Vpid "vpid", Pgid "pgid", Uid "uid",
    Gid "gid", Euid "euid", Egid "egid", Ruid "ruid", Rgid "rgid", Suid "suid", Sgid "sgid", Loginuid "loginuid",
    CapInheritable "cap_inheritable", CapPermitted "cap_permitted", CapEffective "cap_effective",
    ExeIno "exe_ino", ExeInoCtime "exe_ino_ctime", ExeInoMtime "exe_ino_mtime", TrustedExepath "trusted_exepath",
    Request "request", Addr "addr", Data "data", Domain "domain", Type "type", Proto "proto", Tuple "tuple",
    Backlog "backlog", Queuepct "queuepct", Queuelen "queuelen", Queuemax "queuemax", Size "size", Cmd "cmd",
    Oldfd "oldfd", Newfd "newfd", Nstype "nstype", Sig "sig", Ret "ret", Status "status", ReaperTid "reaper_tid",
    Special "special", Length "length", Prot "prot", Option "option", Arg2Str "arg2_str", Arg2Int "arg2_int",
    Uargs "uargs", Img "img", Entries "entries", To "to", Source "source",
    Query "query", Qtype "qtype", Written "written", Persona "persona", Mountfd "mountfd", Key "key", Value "value",
    Opcode "opcode",
}

/// Value of an argument. Text is made by [`ArgValue::render`], only when asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArgValue {
    /// A signed number, printed in decimal.
    Int(i64),
    /// An unsigned number, printed in decimal.
    Uint(u64),
    /// An unsigned number, printed in lower-case hexadecimal.
    Hex(u64),
    /// Text: a path as the caller wrote it, a name.
    Text(Arc<str>),
    /// A path given to the call, with the directory it is relative to resolved: the absolute path.
    Path(Arc<str>),
    /// The call's result or another errno: `SUCCESS`, `ENOENT`, or the number where positive.
    Errno(i64),
    /// A descriptor number.
    Fd(i64),
    /// A process or thread id.
    Pid(i64),
    /// A user id; `name` is who that is on the host or in the container.
    Uid {
        /// The number.
        id: u32,
        /// The name, where the number has one.
        name: Option<Arc<str>>,
    },
    /// A group id; `name` as with [`ArgValue::Uid`].
    Gid {
        /// The number.
        id: u32,
        /// The name, where the number has one.
        name: Option<Arc<str>>,
    },
    /// Bits or a number whose meaning a [`FlagSet`] knows.
    Flags(FlagSet, u64),
    /// An address and port.
    Address(SocketAddr),
    /// The first bytes of a buffer.
    Bytes(Box<[u8]>),
}

impl ArgValue {
    /// The text a rule compares and a person reads.
    pub fn render(&self) -> String {
        match self {
            Self::Int(value) | Self::Fd(value) | Self::Pid(value) => value.to_string(),
            Self::Uint(value) => value.to_string(),
            Self::Hex(value) => format!("{value:x}"),
            Self::Text(text) | Self::Path(text) => text.to_string(),
            Self::Errno(value) => crate::flags::result_text(*value),
            Self::Uid { id, name } | Self::Gid { id, name } => {
                name.as_deref().map_or_else(|| id.to_string(), str::to_owned)
            }
            Self::Flags(set, bits) => set.render(*bits),
            Self::Address(address) => address.to_string(),
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// The number behind the value, where it is one.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Int(value) | Self::Fd(value) | Self::Pid(value) | Self::Errno(value) => Some(*value),
            Self::Uint(value) | Self::Hex(value) | Self::Flags(_, value) => i64::try_from(*value).ok(),
            Self::Uid { id, .. } | Self::Gid { id, .. } => Some(i64::from(*id)),
            Self::Text(_) | Self::Path(_) | Self::Address(_) | Self::Bytes(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_rules_compare_them() {
        let uid = ArgValue::Uid { id: 0, name: Some("root".into()) };
        assert_eq!(uid.render(), "root");
        assert_eq!(ArgValue::Uid { id: 4242, name: None }.render(), "4242");
        assert_eq!(ArgValue::Errno(-2).render(), "ENOENT");
        assert_eq!(ArgValue::Errno(0).render(), "SUCCESS");
        assert_eq!(
            ArgValue::Flags(FlagSet::Mode, 0o4755).render(),
            "S_ISUID|S_IRUSR|S_IWUSR|S_IXUSR|S_IRGRP|S_IXGRP|S_IROTH|S_IXOTH"
        );
    }
}
