//! Data destroyed beyond recovery: an empty file of our own.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "bulk-removal",
    title: "File shredded",
    technique: "T1485",
    technique_v18: None,
    needs: &[Need::Tool("shred")],
    rules: &["Disk wiping tool started", "Remove Bulk Data from Disk"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let file = stage.file("data")?;
    stage.run(Command::new("shred").args(["-n", "1", "-u"]).arg(file))
}
