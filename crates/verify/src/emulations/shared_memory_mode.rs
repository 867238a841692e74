//! An empty file becomes a program, where no program lives.

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "shared-memory-mode",
    title: "File in shared memory made executable",
    technique: "T1222.002",
    technique_v18: None,
    needs: &[],
    rules: &["File in shared memory made executable"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let file = stage.claim("/dev/shm")?.join("worker");
    fs::write(&file, b"")?;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).act("chmod")?;
    Ok(())
}
