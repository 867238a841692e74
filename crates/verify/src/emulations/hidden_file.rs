//! A place to keep loot until it is carried off.

use std::fs;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "hidden-file",
    title: "Hidden file made in shared memory",
    technique: "T1564.001",
    technique_v18: None,
    needs: &[],
    rules: &["Hidden file made in shared memory"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let dir = stage.claim("/dev/shm")?;
    fs::write(dir.join(".session"), b"").act("write")?;
    Ok(())
}
