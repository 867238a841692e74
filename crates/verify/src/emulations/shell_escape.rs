//! find starts a shell under sudo; neither is the real one.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "shell-escape",
    title: "Shell started through a program run as root",
    technique: "T1548.003",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Shell started through a program run as root"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let sudo = stage.disguise("sh", "sudo")?;
    let find = stage.disguise("true", "find")?;
    let script = format!("{} . -exec /bin/sh ';'; true", find.display());
    stage.run(Command::new(sudo).args(["-c", &script]))
}
