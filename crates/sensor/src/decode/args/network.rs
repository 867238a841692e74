//! Sockets.

use yagura_event::{ArgName, ArgValue, EventKind, Fd, FlagSet};

use crate::decode::{Args, CallOf, args};

impl CallOf<'_> {
    pub(super) fn network_args(&self, fd: Option<&Fd>) -> Option<Args> {
        use EventKind::*;
        Some(match self.kind {
            Connect | Bind => args([self.res(), self.tuple(fd), self.given_fd()]),
            Accept | Accept4 => args([self.result_fd(), self.tuple(fd)]),
            Listen => args([self.res(), self.given_fd(), (ArgName::Backlog, ArgValue::Int(self.int(1)))]),
            Socket => args([
                self.result_fd(),
                self.flags(ArgName::Domain, FlagSet::SocketDomain, 0),
                self.flags(ArgName::Type, FlagSet::SocketType, 1),
                (ArgName::Proto, ArgValue::Int(self.int(2))),
            ]),
            Sendto | Sendmsg | Sendmmsg | Recvfrom | Recvmsg | Recvmmsg => {
                let size =
                    if self.kind == Sendto { self.number(2) } else { self.result().max(0).unsigned_abs() };
                args([self.res(), self.given_fd(), (ArgName::Size, ArgValue::Uint(size)), self.tuple(fd)])
            }
            _ => return None,
        })
    }
}
