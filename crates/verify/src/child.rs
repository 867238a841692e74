//! The other side of the runner: one emulation in a process of its own.

use std::{ffi::OsString, fs, path::Path, process::ExitCode};

use crate::{
    emulations,
    stage::{Failure, Stage},
};

/// Exit codes that tell the runner what came of it; the reason stands in the stage's file [`REASON_FILE`].
pub(crate) const EXIT_REFUSED: u8 = 10;
pub(crate) const EXIT_UNABLE: u8 = 11;
pub(crate) const EXIT_BROKEN: u8 = 12;

/// File in the stage that says why an emulation was refused or could not run.
pub(crate) const REASON_FILE: &str = "reason";

/// Arguments with which the runner starts its own program again: `verify --run-emulation ID --work-dir DIR`. The
/// application hands the last two to [`run_child`] before it starts threads.
pub fn child_args(id: &str, stage: &Path) -> [OsString; 5] {
    ["verify".into(), "--run-emulation".into(), id.into(), "--work-dir".into(), stage.into()]
}

/// Performs one emulation in this process, which must have no other purpose: it may end up in other namespaces, as
/// another user or traced.
pub fn run_child(id: &str, stage: &Path) -> ExitCode {
    // When the runner dies, so does this process; what it started ends by itself or at the next run.
    let _dies = nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGKILL);
    let outcome = match emulations::find(id) {
        Some(emulation) => (emulation.act)(&Stage::new(stage)),
        None => Err(Failure::Broken(format!("there is no emulation `{id}`"))),
    };
    let (code, reason) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Refused(reason)) => (EXIT_REFUSED, reason),
        Err(Failure::Unable(reason)) => (EXIT_UNABLE, reason),
        Err(Failure::Broken(reason)) => (EXIT_BROKEN, reason),
    };
    // Without the file the runner still knows the outcome.
    let _told = fs::write(stage.join(REASON_FILE), reason);
    ExitCode::from(code)
}
