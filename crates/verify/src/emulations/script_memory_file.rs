//! Perl makes a file that is nowhere, and leaves it empty.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "script-memory-file",
    title: "Memory-only file made by a script",
    technique: "T1620",
    technique_v18: None,
    needs: &[Need::Tool("perl")],
    rules: &["Memory-only file made by an interpreter"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let number = if cfg!(target_arch = "x86_64") { 319 } else { 279 };
    let script = format!("my $name = 'update'; syscall({number}, $name, 0);");
    stage.run(Command::new("perl").args(["-e", &script]))
}
