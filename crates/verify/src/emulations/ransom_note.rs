//! An empty note, in the stage.

use std::fs;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ransom-note",
    title: "Ransom note written",
    technique: "T1486",
    technique_v18: None,
    needs: &[],
    rules: &["Ransom note written"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    fs::write(stage.dir().join("HOW_TO_DECRYPT.txt"), b"").act("write")?;
    Ok(())
}
