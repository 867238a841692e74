//! [`be_idle`]: a thread that gives way to everything else. It is here because only this crate may call the kernel raw.

use std::io;

// From linux/ioprio.h: `IOPRIO_WHO_PROCESS` with 0 is the calling thread; class 3 in bits 13 to 15 is `IOPRIO_CLASS_IDLE`.
const WHO_THREAD: i32 = 1;
const CLASS_IDLE: i32 = 3 << 13;
const NICEST: i32 = 19;

/// Gives the calling thread, and those it starts afterwards, the lowest priority: nice 19, and the disk only while nobody
/// else wants it.
///
/// # Errors
/// When the kernel refuses; the thread runs on as before.
pub fn be_idle() -> io::Result<()> {
    rustix::process::setpriority_process(None, NICEST)?;
    set_io_priority(CLASS_IDLE)
}

#[expect(unsafe_code, reason = "no library offers this call")]
fn set_io_priority(priority: i32) -> io::Result<()> {
    // SAFETY: the call takes three numbers and touches no memory of this process.
    let result = unsafe { nix::libc::syscall(nix::libc::SYS_ioprio_set, WHO_THREAD, 0, priority) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_becomes_idle_and_its_maker_does_not() {
        let nice = || rustix::process::getpriority_process(None).expect("this thread has a priority");
        let before = nice();
        let after = std::thread::spawn(move || be_idle().map(|()| nice())).join().expect("no panic");
        assert_eq!(after.expect("lower is always allowed"), NICEST);
        assert_eq!(nice(), before);
    }
}
