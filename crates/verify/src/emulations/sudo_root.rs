//! The call of CVE-2025-32463, by a program that does nothing.

use std::{os::unix::process::CommandExt as _, process::Command};

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sudo-root",
    title: "Sudo given a root directory",
    technique: "T1068",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Sudo given a root directory by the caller"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let sudo = stage.disguise("true", "sudo")?;
    // User and group `nobody`.
    stage.run(Command::new(sudo).args(["-R", "woot", "woot"]).current_dir("/").uid(65534).gid(65534))
}
