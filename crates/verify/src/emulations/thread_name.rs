//! This process calls itself a worker of the kernel.

use nix::sys::prctl;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "thread-name",
    title: "Name of a kernel thread taken",
    technique: "T1036.004",
    technique_v18: None,
    needs: &[],
    rules: &["Process took the name of a kernel thread"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    prctl::set_name(c"kworker/7:2").act("prctl")?;
    Ok(())
}
