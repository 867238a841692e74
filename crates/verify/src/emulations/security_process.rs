//! The audit daemon to be killed, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "security-process",
    title: "Security program killed by name",
    technique: "T1685",
    technique_v18: Some("T1562.001"),
    needs: &[],
    rules: &["Security program killed by name"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("pkill", &["-9", "auditd"])
}
