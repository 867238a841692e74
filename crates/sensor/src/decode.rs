//! Records of the probes as events: who, on what, with which arguments.
//!
//! The arguments of each kind have the names and the order of Falco's event table (`driver/event_table.c`), because
//! rules name them.

mod args;
mod dns;
mod fd;

use std::sync::Arc;

use smallvec::SmallVec;
use yagura_event::{Arg, ArgName, ArgValue, Event, EventKind, Fd, FlagSet, Process};

use crate::{
    call::{self, Call},
    record::{self, Class, Record},
    table::Table,
    wanted::Wanted,
};

/// Turns records into events, numbered in the order they come.
pub(crate) struct Decoder {
    pub(crate) table: Table,
    number: u64,
    // What nobody wants is told to the table only.
    wanted: Arc<Wanted>,
}

/// `HEAD_IO_URING` of the probes.
const IO_URING: u32 = 2;

type Args = SmallVec<[Arg; 6]>;

impl Decoder {
    pub(crate) fn new(table: Table, wanted: Arc<Wanted>) -> Self {
        Self { table, number: 0, wanted }
    }

    /// The event of a record; `None` where it only changes the process table.
    pub(crate) fn decode(&mut self, record: &Record<'_>) -> Option<Event> {
        let (kind, process, fd, args) = match record.class {
            Class::Fork => {
                let process = self.table.fork(record);
                (EventKind::Clone, process, None, Args::new())
            }
            Class::Exec => {
                let process = self.table.exec(record);
                let args = exec_args(&process);
                (EventKind::Execve, process, None, args)
            }
            Class::Exit => {
                let process = self.table.exit(record);
                let status = ArgValue::Int(record.head.result);
                (EventKind::ProcExit, process, None, args([(ArgName::Status, status)]))
            }
            Class::Call => self.call(record, call::find(record.head.call)?)?,
            Class::Dns => self.question(record)?,
            // Processes that were there before are read apart, when the table is filled.
            Class::Task => return None,
        };
        if !self.wanted.contains(kind) {
            return None;
        }
        self.number += 1;
        // An exit status is no result: the call did not fail.
        let result = if record.class == Class::Exit { 0 } else { record.head.result };
        Some(Event {
            number: self.number,
            time: self.table.clock().at_boot(record.head.time),
            kind,
            result,
            cpu: record.head.cpu,
            tid: record.head.tid,
            process,
            fd,
            args,
            data: data(record),
        })
    }

    /// What was found to be there, told as an event if anybody wants its kind.
    pub(crate) fn found(
        &mut self,
        kind: EventKind,
        process: Arc<Process>,
        fd: Option<Fd>,
        args: Args,
    ) -> Option<Event> {
        if !self.wanted.contains(kind) {
            return None;
        }
        self.number += 1;
        let (time, tid) = (crate::clock::now(), process.pid);
        Some(Event { number: self.number, time, kind, result: 0, cpu: 0, tid, process, fd, args, data: None })
    }

    // A datagram to a name server, as far as it is a question.
    fn question(&mut self, record: &Record<'_>) -> Option<(EventKind, Arc<Process>, Option<Fd>, Args)> {
        let question = dns::question(record.field(record::DATA)?)?;
        let process = self.table.of(&record.head, &record.comm());
        let call_of = CallOf { record, process: &process, kind: EventKind::DnsQuery };
        let fd = call_of.socket_fd(call_of.int(0));
        let tuple = fd.as_ref().map(|fd| fd.name.clone()).unwrap_or_default();
        let args = args([
            (ArgName::Res, ArgValue::Errno(record.head.result)),
            (ArgName::Query, ArgValue::Text(question.name.into())),
            (ArgName::Qtype, ArgValue::Flags(FlagSet::DnsType, question.kind.into())),
            (ArgName::Tuple, ArgValue::Text(tuple)),
        ]);
        Some((EventKind::DnsQuery, process, fd, args))
    }

    fn call(
        &mut self,
        record: &Record<'_>,
        call: &Call,
    ) -> Option<(EventKind, Arc<Process>, Option<Fd>, Args)> {
        // A program that began to run was told by the scheduler; here only attempts that failed count.
        if matches!(call.kind, EventKind::Execve | EventKind::Execveat) && record.head.result >= 0 {
            return None;
        }
        if call.kind == EventKind::IoUringSubmit && record.head.flags & IO_URING == 0 {
            return None;
        }
        let mut process = self.table.of(&record.head, &record.comm());
        if let Some(cwd) = record.path(record::CWD).filter(|_| record.head.result >= 0) {
            process = self.table.chdir(&process, &record.head, cwd);
        }
        let call_of = CallOf { record, process: &process, kind: call.kind };
        let fd = call_of.fd();
        let args = call_of.args(&mut self.table, fd.as_ref());
        Some((call.kind, process, fd, args))
    }
}

// The first bytes that were read or written. A question is told by its own arguments.
fn data(record: &Record<'_>) -> Option<Box<[u8]>> {
    if record.class != Class::Call {
        return None;
    }
    record.field(record::DATA).map(Into::into)
}

struct CallOf<'a> {
    record: &'a Record<'a>,
    process: &'a Process,
    kind: EventKind,
}

fn args<const N: usize>(list: [(ArgName, ArgValue); N]) -> Args {
    list.into_iter().map(|(name, value)| Arg { name, value }).collect()
}

/// The arguments of a program that began to run.
pub(crate) fn exec_args(process: &Process) -> Args {
    let file = &process.exe_file;
    let flags = u64::from(file.writable)
        | u64::from(file.upper_layer) << 1
        | u64::from(file.memfd) << 2
        | u64::from(file.lower_layer) << 3;
    args([
        (ArgName::Res, ArgValue::Errno(0)),
        (ArgName::Exe, ArgValue::Text(process.exe.clone())),
        (ArgName::Pid, ArgValue::Pid(process.pid.into())),
        (ArgName::Ptid, ArgValue::Pid(process.ppid.into())),
        (ArgName::Cwd, ArgValue::Text(process.cwd.clone())),
        (ArgName::Comm, ArgValue::Text(process.name.clone())),
        (ArgName::Flags, ArgValue::Flags(FlagSet::Exec, flags)),
        (ArgName::Filename, ArgValue::Path(file.path.clone())),
        (ArgName::TrustedExepath, ArgValue::Path(file.path.clone())),
    ])
}

impl CallOf<'_> {
    fn number(&self, index: usize) -> u64 {
        self.record.head.args[index]
    }

    // The low half: an int of C.
    fn int(&self, index: usize) -> i64 {
        i64::from(self.number(index) as i32)
    }

    fn result(&self) -> i64 {
        self.record.head.result
    }

    fn res(&self) -> (ArgName, ArgValue) {
        (ArgName::Res, ArgValue::Errno(self.result()))
    }

    // The path of a text argument, made absolute; what the caller wrote where nothing is known of its directory.
    fn absolute(&self, text: u8, base: u8) -> Option<String> {
        let written = self.record.text(text)?;
        if written.starts_with('/') {
            return Some(normalise(&written));
        }
        let base = self.record.path(base).unwrap_or_else(|| self.process.cwd.to_string());
        Some(normalise(&format!("{base}/{written}")))
    }

    fn path(&self, name: ArgName, text: u8, base: u8) -> (ArgName, ArgValue) {
        (name, ArgValue::Path(self.absolute(text, base).unwrap_or_default().into()))
    }

    fn text(&self, name: ArgName, tag: u8) -> (ArgName, ArgValue) {
        (name, ArgValue::Text(self.record.text(tag).unwrap_or_default().into()))
    }

    fn dir(&self, name: ArgName, index: usize) -> (ArgName, ArgValue) {
        (name, ArgValue::Fd(self.int(index)))
    }

    fn flags(&self, name: ArgName, set: FlagSet, index: usize) -> (ArgName, ArgValue) {
        (name, ArgValue::Flags(set, self.number(index) & 0xffff_ffff))
    }
}

/// A path without `.`, `..` and double slashes. Links are not followed: this is what the caller named.
fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised() {
        for (written, expected) in
            [("/a/../b//./c", "/b/c"), ("/../../etc", "/etc"), ("/", "/"), ("//", "/"), ("/a/b/../..", "/")]
        {
            assert_eq!(normalise(written), expected);
        }
    }
}
