//! An interpreter that may become anybody, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "capability-given",
    title: "Capability given to a program",
    technique: "T1548",
    technique_v18: None,
    needs: &[],
    rules: &["Capability given to a program file"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("setcap", &["cap_setuid+ep", "/usr/bin/python3"])
}
