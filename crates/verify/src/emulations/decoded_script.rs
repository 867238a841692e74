//! A script that does not want to be read.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "decoded-script",
    title: "Decoded text piped into a shell",
    technique: "T1140",
    technique_v18: None,
    needs: &[],
    rules: &["Decoded text piped into a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // The text is `true`.
    stage.run(Command::new("/bin/sh").args(["-c", "echo dHJ1ZQo= | base64 -d | sh"]))
}
