//! The kernel's audit told to stop, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "audit-silenced",
    title: "Audit switched off",
    technique: "T1685.004",
    technique_v18: Some("T1562.012"),
    needs: &[],
    rules: &["Audit rules removed or auditing switched off"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("auditctl", &["-e", "0"])
}
