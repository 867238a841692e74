//! The loader runs a program that does nothing.

use std::{path::Path, process::Command};

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "loader-start",
    title: "Program started through the loader",
    technique: "T1218",
    technique_v18: None,
    needs: &[],
    rules: &["Program started through the loader"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let loader = "/lib64/ld-linux-x86-64.so.2";
    if !Path::new(loader).exists() {
        return Err(Failure::Unable(format!("{loader} is not there")));
    }
    let program = stage.disguise("true", "update")?;
    stage.run(Command::new(loader).arg(program))
}
