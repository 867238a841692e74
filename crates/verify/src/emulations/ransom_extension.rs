//! One empty file of the stage changes its name.

use std::fs;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ransom-extension",
    title: "File given the ending of an encryptor",
    technique: "T1486",
    technique_v18: None,
    needs: &[],
    rules: &["File given the ending of an encryptor"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let file = stage.file("letter.txt")?;
    fs::rename(&file, file.with_extension("txt.lockbit")).act("rename")?;
    Ok(())
}
