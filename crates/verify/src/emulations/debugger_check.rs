//! `PTRACE_TRACEME` fails for a process that is debugged already: malware asks that way.

use nix::sys::ptrace;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "debugger-check",
    title: "Program checks whether it is debugged",
    technique: "T1622",
    technique_v18: None,
    needs: &[],
    rules: &["Process checks for a debugger", "PTRACE anti-debug attempt"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    // Nothing may follow in this process: a traced process stops at its next signal.
    ptrace::traceme().act("ptrace traceme")?;
    Ok(())
}
