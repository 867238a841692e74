//! A program nobody knows reads `/etc/shadow`; what it reads goes nowhere.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "password-hash-read",
    title: "Password hashes read by an unknown program",
    technique: "T1003.008",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Password hashes read by an unexpected program", "Read sensitive file untrusted"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let reader = stage.disguise("cat", "report-builder")?;
    stage.run(Command::new(reader).arg("/etc/shadow"))
}
