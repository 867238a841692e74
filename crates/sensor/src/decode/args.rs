//! The arguments of each kind of event, with the names and in the order of Falco's event table.

mod attribute;
mod file;
mod identity;
mod kernel;
mod network;
mod process;

use yagura_event::{ArgName, ArgValue, Fd, FlagSet};

use super::{Args, CallOf, args};
use crate::{
    call::{self, Group},
    table::Table,
};

impl CallOf<'_> {
    pub(super) fn args(&self, table: &mut Table, fd: Option<&Fd>) -> Args {
        let group = call::find(self.record.head.call).map(|call| call.group);
        let found = match group {
            Some(Group::File) => self.file_args(fd).or_else(|| self.attribute_args(table, fd)),
            Some(Group::Network) => self.network_args(fd),
            Some(Group::Identity) => self.identity_args(table).or_else(|| self.process_args(fd)),
            Some(Group::Process | Group::Memory | Group::Control) => self.process_args(fd),
            Some(Group::Kernel) => self.kernel_args(fd),
            None => None,
        };
        // The rest has numbers that no rule asks for.
        found.unwrap_or_else(|| args([self.res()]))
    }

    fn name(&self, fd: Option<&Fd>) -> (ArgName, ArgValue) {
        (ArgName::Name, ArgValue::Path(fd.map(|fd| fd.name.clone()).unwrap_or_default()))
    }

    // The descriptor that the call made.
    fn result_fd(&self) -> (ArgName, ArgValue) {
        (ArgName::Fd, ArgValue::Fd(self.result()))
    }

    // The descriptor that the call was given first.
    fn given_fd(&self) -> (ArgName, ArgValue) {
        (ArgName::Fd, ArgValue::Fd(self.int(0)))
    }

    fn uid(&self, table: &mut Table, index: usize) -> ArgValue {
        match self.int(index) {
            -1 => ArgValue::Int(-1),
            id => ArgValue::Uid { id: id as u32, name: table.user(self.process, id as u32).name },
        }
    }

    fn gid(&self, table: &mut Table, index: usize) -> ArgValue {
        match self.int(index) {
            -1 => ArgValue::Int(-1),
            id => ArgValue::Gid { id: id as u32, name: table.group(self.process, id as u32).name },
        }
    }

    fn tuple(&self, fd: Option<&Fd>) -> (ArgName, ArgValue) {
        let text = fd.and_then(|fd| fd.socket.as_ref()).map(yagura_event::Socket::tuple);
        let text = text.unwrap_or_else(|| fd.map(|fd| fd.name.to_string()).unwrap_or_default());
        (ArgName::Tuple, ArgValue::Text(text.into()))
    }

    fn dev(&self, fd: Option<&Fd>) -> (ArgName, ArgValue) {
        (ArgName::Dev, ArgValue::Hex(fd.and_then(|fd| fd.inode).unwrap_or_default().0))
    }

    fn ino(&self, fd: Option<&Fd>) -> (ArgName, ArgValue) {
        (ArgName::Ino, ArgValue::Uint(fd.and_then(|fd| fd.inode).unwrap_or_default().1))
    }

    fn open_flags(&self, index: usize) -> (ArgName, ArgValue) {
        self.flags(ArgName::Flags, FlagSet::Open, index)
    }

    fn mode(&self, index: usize) -> (ArgName, ArgValue) {
        (ArgName::Mode, ArgValue::Flags(FlagSet::Mode, self.number(index) & 0o7777))
    }

    fn device(&self, index: usize) -> (ArgName, ArgValue) {
        (ArgName::Dev, ArgValue::Hex(self.number(index) & 0xffff_ffff))
    }

    fn filename(&self, text: u8, base: u8) -> (ArgName, ArgValue) {
        self.path(ArgName::Filename, text, base)
    }
}
