//! A system daemon that is none, by a program that does nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage, copy_tool},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "service-name",
    title: "Service's name run from a temporary folder",
    technique: "T1036.005",
    technique_v18: None,
    needs: &[],
    rules: &["Program with a system service's name run from a temporary folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let program = copy_tool("true", &stage.claim("/tmp")?.join("systemd-journald"))?;
    stage.run(&mut Command::new(program))
}
