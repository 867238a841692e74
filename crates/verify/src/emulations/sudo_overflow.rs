//! The arguments of CVE-2021-3156, to a program that does nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sudo-overflow",
    title: "Sudo called with a trailing backslash",
    technique: "T1548.003",
    technique_v18: None,
    needs: &[],
    rules: &["Malformed sudo arguments", "Sudo Potential Privilege Escalation"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let sudo = stage.disguise("true", "sudoedit")?;
    stage.run(Command::new(sudo).args(["-s", "AAAAAAAA\\"]))
}
