//! The first line many intruders type.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "history-off",
    title: "Shell history switched off",
    technique: "T1690",
    technique_v18: Some("T1562.003"),
    needs: &[],
    rules: &["Shell history switched off"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.run(Command::new("/bin/sh").args(["-c", "unset HISTFILE; export HISTSIZE=0; true"]))
}
