//! [`contain`]: ends or stops a process after what it did.
//!
//! This is no refusal: the act happened. It only keeps the process from going on.

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use yagura_event::Process;

use crate::{clock::Clock, procfs};

/// What becomes of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Containment {
    /// It is stopped (SIGSTOP) and can be looked at; SIGCONT lets it go on.
    Stop,
    /// It is ended (SIGKILL).
    Kill,
}

/// procfs tells starts to a hundredth of a second, and the clock may have been set meanwhile.
const SAME_START_NANOS: u64 = 50_000_000;

/// Ends or stops the process of this picture, and only it: a number that was given to another process meanwhile is left
/// alone; so are process 1, the kernel's threads and this process.
///
/// # Errors
/// Why it was not done, in words.
pub fn contain(process: &Process, how: Containment) -> Result<(), String> {
    if process.pid <= 1 || process.pid == std::process::id() {
        return Err("it is left alone".to_owned());
    }
    let pid = i32::try_from(process.pid).ok().and_then(Pid::from_raw).ok_or("no process id")?;
    // Held first, looked at then: what is looked at is what the signal goes to.
    let held = pidfd_open(pid, PidfdFlags::empty()).map_err(|error| error.to_string())?;
    let facts = procfs::facts(process.pid).ok_or("it is gone")?;
    let start = Clock::new().at_boot(facts.start);
    if facts.kernel_thread || start.nanos().abs_diff(process.start_time.nanos()) > SAME_START_NANOS {
        return Err("its number belongs to another process now".to_owned());
    }
    let signal = match how {
        Containment::Stop => Signal::STOP,
        Containment::Kill => Signal::KILL,
    };
    pidfd_send_signal(&held, signal).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, process::Command};

    use yagura_event::Timestamp;

    use super::*;

    #[test]
    fn only_the_process_that_was_meant_is_ended() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep starts");
        let start =
            procfs::facts(child.id()).map(|facts| Clock::new().at_boot(facts.start)).expect("it lives");
        let picture = |start_time| Process { pid: child.id(), start_time, ..Process::default() };
        let earlier = Timestamp::from_nanos(start.nanos() - 1_000_000_000);
        assert!(
            contain(&picture(earlier), Containment::Kill).is_err_and(|why| why.contains("another process"))
        );
        let meant = picture(start);
        assert_eq!(contain(&meant, Containment::Kill), Ok(()));
        assert_eq!(child.wait().expect("it ends").signal(), Some(9));
        assert!(contain(&meant, Containment::Kill).is_err());
        for pid in [0, 1, std::process::id()] {
            assert!(contain(&Process { pid, ..Process::default() }, Containment::Kill).is_err());
        }
    }
}
