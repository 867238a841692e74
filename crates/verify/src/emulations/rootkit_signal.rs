//! Diamorphine's order, to a sleeping process of our own.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "rootkit-signal",
    title: "Signal that rootkits obey sent",
    technique: "T1014",
    technique_v18: None,
    needs: &[],
    rules: &["Signal sent that rootkits take as a command"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let bystander = stage.bystander()?;
    let script = format!("kill -63 {}", bystander.id());
    stage.run(Command::new("/bin/sh").args(["-c", &script]))
}
