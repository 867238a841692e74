//! A program in a folder that `ls` does not show.

use std::fs;
use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage, copy_tool},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "hidden-program",
    title: "Hidden program run from a temporary folder",
    technique: "T1564.001",
    technique_v18: None,
    needs: &[],
    rules: &["Hidden program run from a temporary folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let dir = stage.claim("/tmp")?.join(".cache-x");
    fs::create_dir(&dir)?;
    let program = copy_tool("true", &dir.join(".worker"))?;
    stage.run(&mut Command::new(program))
}
