//! Secrets live in memory: the memory of a sleeping process of our own is opened, not read.

use std::fs::File;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "memory-read",
    title: "Memory of another process opened",
    technique: "T1003.007",
    technique_v18: None,
    needs: &[],
    rules: &["Memory of another process opened"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let bystander = stage.bystander()?;
    File::open(format!("/proc/{}/mem", bystander.id())).act("open")?;
    Ok(())
}
