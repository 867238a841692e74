//! What keeps a machine going when whoever answers for it does not: the guard.
//!
//! The process that answers the gate's questions writes a byte into a pipe again and again. The guard, a process of its
//! own that holds nothing else, reads them; where none comes for a while it kills the other, and the kernel lets go on
//! whatever waited. It needs no answer, no lock and no memory that it does not have already.

use std::{fs, io, os::fd::AsFd, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
    mm::{MlockAllFlags, mlockall},
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
};

/// Reads beats until they end or do not come for `patience`; then kills the watched process. True where it was killed.
///
/// # Errors
/// Where the watched process cannot be held, or the pipe cannot be read.
pub fn guard(watched: u32, beats: impl AsFd, patience: Duration) -> io::Result<bool> {
    go_first();
    let pid = i32::try_from(watched).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidInput)?;
    // Its number may be given to another once it ended; this stays its own.
    let held = pidfd_open(pid, PidfdFlags::empty())?;
    let wait = Timespec { tv_sec: patience.as_secs().cast_signed(), tv_nsec: patience.subsec_nanos().into() };
    let mut bytes = [0; 512];
    loop {
        match poll(&mut [PollFd::new(&beats, PollFlags::IN)], Some(&wait)) {
            Ok(0) => {
                pidfd_send_signal(&held, Signal::KILL)?;
                return Ok(true);
            }
            Ok(_) => match read(&beats, &mut bytes[..]) {
                Ok(0) => return Ok(false),
                Ok(_) | Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            },
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Lets the calling thread go before others: somebody waits for what it does. Where a machine has far more to do than
/// processors, one that takes its turn like the rest has no beat in time. Where the privilege is missing it stays as it is.
pub fn go_first() {
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), FIRST);
}

const FIRST: i32 = -15;

/// Keeps this process going where memory is short: it is not chosen to be killed, and nothing of it is paged out. Where
/// the privilege is missing it stays as it is.
pub fn survive_shortage() {
    let _ = fs::write("/proc/self/oom_score_adj", "-1000");
    let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::ONFAULT);
}

/// Writing to this pipe never waits: what finds no room is refused.
///
/// # Errors
/// Where it is no open descriptor.
pub fn never_wait(pipe: impl AsFd) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(&pipe)?;
    Ok(rustix::fs::fcntl_setfl(&pipe, flags | rustix::fs::OFlags::NONBLOCK)?)
}

/// The number of this thread, as the kernel tells it to the gate.
pub fn current_thread() -> u32 {
    rustix::thread::gettid().as_raw_nonzero().get().unsigned_abs()
}
