//! Malware likes `/dev/shm`: everybody may write there and nothing stays on the disk.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage, copy_tool},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "shared-memory-program",
    title: "Program run from /dev/shm",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Program run from shared memory", "Execution from /dev/shm"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let dir = stage.claim("/dev/shm")?;
    let program = copy_tool("true", &dir.join("worker"))?;
    stage.run(&mut Command::new(program))
}
