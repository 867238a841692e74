//! Processes: programs, tracing, signals, memory.

use yagura_event::{ArgName, ArgValue, EventKind, Fd, FlagSet};

use crate::{
    decode::{Args, CallOf, args},
    record,
};

impl CallOf<'_> {
    pub(super) fn process_args(&self, fd: Option<&Fd>) -> Option<Args> {
        use EventKind::*;
        use record::{BASE1, TEXT1};
        Some(match self.kind {
            Execve | Execveat => args([self.res(), self.filename(TEXT1, BASE1)]),
            Setsid => args([self.res()]),
            Setpgid => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Pgid, ArgValue::Pid(self.int(1))),
            ]),
            Ptrace => args([
                self.res(),
                self.flags(ArgName::Request, FlagSet::PtraceRequest, 0),
                (ArgName::Pid, ArgValue::Pid(self.int(1))),
                (ArgName::Addr, ArgValue::Hex(self.number(2))),
                (ArgName::Data, ArgValue::Hex(self.number(3))),
            ]),
            ProcessVmReadv | ProcessVmWritev => {
                args([self.res(), (ArgName::Pid, ArgValue::Pid(self.int(0)))])
            }
            Kill | Tkill => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                self.flags(ArgName::Sig, FlagSet::Signal, 1),
            ]),
            Tgkill => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Tid, ArgValue::Pid(self.int(1))),
                self.flags(ArgName::Sig, FlagSet::Signal, 2),
            ]),
            RtSigqueueinfo => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                self.flags(ArgName::Sig, FlagSet::Signal, 1),
            ]),
            RtTgsigqueueinfo => args([
                self.res(),
                (ArgName::Pid, ArgValue::Pid(self.int(0))),
                (ArgName::Tid, ArgValue::Pid(self.int(1))),
                self.flags(ArgName::Sig, FlagSet::Signal, 2),
            ]),
            PidfdSendSignal => {
                args([self.res(), self.given_fd(), self.flags(ArgName::Sig, FlagSet::Signal, 1)])
            }
            PidfdGetfd => args([self.result_fd(), (ArgName::Oldfd, ArgValue::Fd(self.int(1)))]),
            Personality => args([self.res(), self.flags(ArgName::Persona, FlagSet::Persona, 0)]),
            Keyctl => args([self.res(), self.flags(ArgName::Option, FlagSet::Keyctl, 0)]),
            Mprotect => args([
                self.res(),
                (ArgName::Addr, ArgValue::Hex(self.number(0))),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
                self.flags(ArgName::Prot, FlagSet::Prot, 2),
                (ArgName::Written, ArgValue::Uint(self.number(4))),
            ]),
            Mmap => args([
                self.res(),
                (ArgName::Addr, ArgValue::Hex(self.number(0))),
                (ArgName::Length, ArgValue::Uint(self.number(1))),
                self.flags(ArgName::Prot, FlagSet::Prot, 2),
                self.flags(ArgName::Flags, FlagSet::Mmap, 3),
                (ArgName::Fd, ArgValue::Fd(self.int(4))),
                self.name(fd),
            ]),
            Prctl => args([
                self.res(),
                self.flags(ArgName::Option, FlagSet::PrctlOption, 0),
                self.text(ArgName::Arg2Str, TEXT1),
                (ArgName::Arg2Int, ArgValue::Int(self.number(1).cast_signed())),
            ]),
            _ => return None,
        })
    }
}
