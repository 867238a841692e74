//! The door to injecting code: `PTRACE_ATTACH` to a sleeping process of our own.

use nix::sys::{ptrace, wait::waitpid};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "process-attach",
    title: "Process attached by an unknown program",
    technique: "T1055.008",
    technique_v18: None,
    needs: &[],
    rules: &["Debugger control taken over a process", "PTRACE attached to process"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let bystander = stage.bystander()?;
    ptrace::attach(bystander.pid()).act("ptrace attach")?;
    waitpid(bystander.pid(), None).act("wait")?;
    ptrace::detach(bystander.pid(), None).act("ptrace detach")?;
    Ok(())
}
