//! A second door, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "false-ssh-server",
    title: "SSH server run from an unusual place",
    technique: "T1133",
    technique_v18: None,
    needs: &[],
    rules: &["SSH server run from an unusual place"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("dropbear", &["-p", "2222"])
}
