//! Tracing for everybody, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "protection-lowered",
    title: "Protection of the kernel lowered",
    technique: "T1685",
    technique_v18: Some("T1562.001"),
    needs: &[],
    rules: &["Protection of the kernel lowered"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("sysctl", &["-w", "kernel.yama.ptrace_scope=0"])
}
