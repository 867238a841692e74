//! Who, what and where, in one line, answered and thrown away.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "discovery-command",
    title: "Machine explored in one command",
    technique: "T1033",
    technique_v18: None,
    needs: &[],
    rules: &["Machine explored in one command"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let script = "{ whoami; id; uname -a; head -1 /etc/passwd; } > /dev/null";
    stage.run(Command::new("/bin/sh").args(["-c", script]))
}
