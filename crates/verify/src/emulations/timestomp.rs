//! A new file made to look as old as the system.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "timestomp",
    title: "File times copied from a system file",
    technique: "T1070.006",
    technique_v18: None,
    needs: &[],
    rules: &["File times copied from a system file"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let file = stage.file("library.so")?;
    stage.run(Command::new("touch").args(["-r", "/bin/ls"]).arg(file))
}
