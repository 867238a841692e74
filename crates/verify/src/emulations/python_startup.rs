//! What every Python runs, in a folder of the stage that no Python knows.

use std::fs;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "python-startup",
    title: "Python start-up file written",
    technique: "T1546.018",
    technique_v18: None,
    needs: &[],
    rules: &["Start-up file of Python written by an unexpected program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let packages = stage.dir().join("site-packages");
    fs::create_dir(&packages)?;
    fs::write(packages.join("update.pth"), b"").act("write")?;
    Ok(())
}
