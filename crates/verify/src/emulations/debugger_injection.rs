//! A library forced into process 1, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "debugger-injection",
    title: "Debugger told to call into a process",
    technique: "T1055.008",
    technique_v18: None,
    needs: &[],
    rules: &["Debugger told to call functions in another process"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("gdb", &["-p", "1", "--batch", "-ex", "call (void*)dlopen(\"/tmp/x.so\", 2)"])
}
