//! A back door for later: the set-user-id bit, on an empty file of our own.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "setuid-bit",
    title: "Set-user-id bit given to a file",
    technique: "T1548.001",
    technique_v18: None,
    needs: &[],
    rules: &["Set-user-id bit given by an unexpected program", "Set Setuid or Setgid bit"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // An empty file: nothing that could be run as another user.
    let file = stage.file("helper")?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o4755)).act("chmod")?;
    Ok(())
}
