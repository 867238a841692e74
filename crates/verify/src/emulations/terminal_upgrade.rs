//! What is typed first into a reverse shell, given to a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "terminal-upgrade",
    title: "Terminal made for a bare shell",
    technique: "T1059.006",
    technique_v18: None,
    needs: &[],
    rules: &["Terminal made for a shell by hand"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("python3", &["-c", "import pty; pty.spawn('/bin/bash')"])
}
