//! A program that does nothing, run where pages are uploaded to.

use std::{fs, process::Command};

use crate::{
    Emulation,
    stage::{Failure, Stage, copy_tool},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "upload-run",
    title: "Program run from a folder for uploads",
    technique: "T1505.003",
    technique_v18: None,
    needs: &[],
    rules: &["Program run from a web folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let uploads = stage.dir().join("uploads");
    fs::create_dir(&uploads)?;
    let program = copy_tool("true", &uploads.join("picture"))?;
    stage.run(&mut Command::new(program))
}
