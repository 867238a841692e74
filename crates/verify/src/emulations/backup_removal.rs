//! The way back destroyed, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "backup-removal",
    title: "Backups removed",
    technique: "T1490",
    technique_v18: None,
    needs: &[],
    rules: &["Backup or snapshot removed", "Remove Bulk Data from Disk"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("rm", &["-rf", "/var/backups"])
}
