//! A program that is gone from the disk while it runs.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage, copy_tool},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "self-deletion",
    title: "Program in shared memory removes itself",
    technique: "T1070.004",
    technique_v18: None,
    needs: &[],
    rules: &[
        "Program in shared memory removes files",
        "Program removes its own file",
        "Execution from /dev/shm",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let dir = stage.claim("/dev/shm")?;
    let program = copy_tool("rm", &dir.join("worker"))?;
    stage.run(Command::new(&program).arg("-f").arg(&program))
}
