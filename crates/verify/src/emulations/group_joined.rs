//! Membership in sudo, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "group-joined",
    title: "Account added to a group that can become root",
    technique: "T1098.007",
    technique_v18: None,
    needs: &[],
    rules: &["Account added to a group that can become root", "User mgmt binaries"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("usermod", &["-aG", "sudo", "nobody"])
}
