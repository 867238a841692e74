//! Loot packed, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "secrets-archive",
    title: "Archive made of secrets",
    technique: "T1560.001",
    technique_v18: None,
    needs: &[],
    rules: &["Archive made of secrets"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("tar", &["czf", "/tmp/.e.tgz", "/etc/shadow", "/root/.ssh"])
}
