//! Tells the probes which calls are wanted, and hooks the exit of system calls only while some are.
//!
//! That hook makes every system call of every task a little slower; the scheduler's tracepoints do not. So a sensor that
//! is asked for programs that begin and end only leaves system calls alone.

use std::{
    collections::BTreeSet,
    ffi::CString,
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
};

use libbpf_rs::{MapCore, MapFlags, MapHandle};
use yagura_event::EventKind;

use crate::{
    SensorError,
    call::{CALLS, COMPAT, Call, Program},
    ebpf::Hook,
    record::bytes_of,
    skeleton::types,
};

/// What is asked of the sensor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// Kinds of event to deliver.
    pub(crate) kinds: BTreeSet<EventKind>,
    /// Kinds whose first bytes are wanted with them.
    pub(crate) data: BTreeSet<EventKind>,
}

/// The probes' table of wanted calls, and the hook that reads it.
pub(crate) struct Hooks {
    map: MapHandle,
    // Each with its tracepoint.
    programs: Vec<(&'static str, OwnedFd)>,
    hook: Hook,
    links: Vec<OwnedFd>,
}

// `WISH_…` of the probes.
const CWD: u8 = 1;
const DATA: u8 = 2;
const DNS: u8 = 4;
const QUIET: u8 = 8;

/// Told by the scheduler where they succeed; alone they are no reason to look at every call.
const BY_SCHEDULER: [EventKind; 2] = [EventKind::Execve, EventKind::Execveat];
/// What the table must hear of, whatever the rules ask for, as long as calls are looked at.
const ALWAYS: [EventKind; 3] = [EventKind::Chdir, EventKind::Fchdir, EventKind::Chroot];

impl Hooks {
    pub(crate) const fn new(map: MapHandle, programs: Vec<(&'static str, OwnedFd)>, hook: Hook) -> Self {
        Self { map, programs, hook, links: Vec::new() }
    }

    /// True while system calls are hooked.
    pub(crate) const fn is_attached(&self) -> bool {
        !self.links.is_empty()
    }

    /// Changes what is told, from this moment on.
    ///
    /// # Errors
    /// When the kernel refuses the change.
    pub(crate) fn want(&mut self, wishes: &Wishes) -> Result<(), SensorError> {
        let needs_calls = needs_calls(&wishes.kinds);
        self.write(wishes, needs_calls)?;
        if !needs_calls {
            self.links.clear();
        } else if self.links.is_empty() {
            let attached =
                self.programs.iter().map(|(name, program)| attach(program.as_fd(), name, self.hook));
            let links: io::Result<Vec<OwnedFd>> = attached.collect();
            self.links = links.map_err(|error| SensorError::Kernel {
                action: "hooking system calls",
                reason: error.to_string(),
            })?;
        }
        Ok(())
    }

    fn write(&self, wishes: &Wishes, needs_calls: bool) -> Result<(), SensorError> {
        let write = |number: u32, wish: types::wish| {
            self.map
                .update(&number.to_ne_bytes(), bytes_of(&wish), MapFlags::ANY)
                .map_err(SensorError::kernel("choosing the calls"))
        };
        for number in 0..self.map.max_entries() {
            let call = crate::call::find(number).filter(|_| needs_calls);
            let mut wish = call.and_then(|call| wish(call, wishes)).unwrap_or_default();
            let theirs = COMPAT.iter().find(|(theirs, _)| *theirs == number);
            let ours = theirs.and_then(|(_, ours)| crate::call::find(*ours)).filter(|_| needs_calls);
            if let Some(call) = ours.filter(|call| self::wish(call, wishes).is_some()) {
                wish.compat = u16::try_from(call.number).unwrap_or(0);
            }
            write(number, wish)?;
        }
        Ok(())
    }
}

fn needs_calls(kinds: &BTreeSet<EventKind>) -> bool {
    kinds.contains(&EventKind::DnsQuery)
        || CALLS.iter().any(|call| kinds.contains(&call.kind) && !BY_SCHEDULER.contains(&call.kind))
}

// What the probes are told of a call; nothing where nobody wants it.
fn wish(call: &Call, wishes: &Wishes) -> Option<types::wish> {
    let wanted = wishes.kinds.contains(&call.kind) || ALWAYS.contains(&call.kind);
    let carries_dns =
        matches!(call.program, Program::Send | Program::Write) && wishes.kinds.contains(&EventKind::DnsQuery);
    if !wanted && !carries_dns {
        return None;
    }
    let flag = |on: bool, bit: u8| if on { bit } else { 0 };
    let flags = flag(call.cwd, CWD)
        | flag(wishes.data.contains(&call.kind), DATA)
        | flag(carries_dns, DNS)
        | flag(!wanted, QUIET);
    Some(types::wish {
        program: call.program as u8,
        group: call.group as u8,
        fd: call.fd,
        flags,
        text: call.text,
        base: call.base,
        compat: 0,
    })
}

/// Attaches a program to a tracepoint. What is returned keeps it attached; nothing is pinned.
#[expect(
    unsafe_code,
    reason = "libbpf's own wrapper gives a link that is bound to the skeleton's life and thread"
)]
pub(crate) fn attach(program: BorrowedFd<'_>, tracepoint: &str, hook: Hook) -> io::Result<OwnedFd> {
    let name = CString::new(tracepoint).map_err(io::Error::other)?;
    let name = match hook {
        // The program itself says to what it is attached.
        Hook::Btf => std::ptr::null(),
        Hook::RawTracepoint => name.as_ptr(),
    };
    // SAFETY: the name is null or lives until the call returns; the descriptor is borrowed for as long.
    let fd = unsafe { libbpf_rs::libbpf_sys::bpf_raw_tracepoint_open(name, program.as_raw_fd()) };
    if fd < 0 {
        return Err(io::Error::from_raw_os_error(-fd));
    }
    // SAFETY: the kernel just gave this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(list: &[EventKind]) -> BTreeSet<EventKind> {
        list.iter().copied().collect()
    }

    #[test]
    fn calls_are_hooked_only_for_what_the_scheduler_does_not_tell() {
        use EventKind::{Clone, DnsQuery, Execve, Execveat, Open, ProcExit};
        assert!(!needs_calls(&kinds(&[])));
        assert!(!needs_calls(&kinds(&[Execve, Execveat, ProcExit, Clone])));
        assert!(needs_calls(&kinds(&[Execve, Open])));
        assert!(needs_calls(&kinds(&[DnsQuery])));
    }

    #[test]
    fn questions_alone_make_their_carriers_quiet() {
        let wishes = Wishes { kinds: kinds(&[EventKind::DnsQuery]), data: BTreeSet::new() };
        let of = |number| wish(crate::call::find(number).expect("known"), &wishes).map(|wish| wish.flags);
        assert_eq!((of(44), of(1), of(2)), (Some(DNS | QUIET), Some(DNS | QUIET), None));
        let wishes = Wishes { kinds: kinds(&[EventKind::Sendto]), data: kinds(&[EventKind::Sendto]) };
        let of = |number| wish(crate::call::find(number).expect("known"), &wishes).map(|wish| wish.flags);
        assert_eq!((of(44), of(46)), (Some(DATA), None));
    }
}
