//! The debugger's dump tool, as a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "memory-dump",
    title: "Memory of a process dumped",
    technique: "T1003.007",
    technique_v18: None,
    needs: &[],
    rules: &["Memory of a process dumped"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("gcore", &["-o", "/tmp/core", "1"])
}
