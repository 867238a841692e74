//! The watchman sent home, by a program that does nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "security-service-stop",
    title: "Security service stopped",
    technique: "T1685",
    technique_v18: Some("T1562.001"),
    needs: &[],
    rules: &["Security service stopped"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let control = stage.disguise("true", "systemctl")?;
    stage.run(Command::new(control).args(["stop", "auditd"]))
}
