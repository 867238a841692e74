//! What a web application does when it is tricked into leaving its folder.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "path-traversal",
    title: "File in /etc read through a path full of `..`",
    technique: "T1083",
    technique_v18: None,
    needs: &[],
    rules: &["Protected file reached by path traversal", "Directory traversal monitored file read"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let reader = stage.disguise("cat", "page-server")?;
    stage.run(Command::new(reader).arg("/usr/share/doc/../../../etc/passwd"))
}
