//! A hook in a repository that is only a folder of the stage.

use std::fs;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "git-hook",
    title: "Git hook written",
    technique: "T1546",
    technique_v18: None,
    needs: &[],
    rules: &["Git hook written by an unexpected program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let hooks = stage.dir().join(".git/hooks");
    fs::create_dir_all(&hooks)?;
    fs::write(hooks.join("post-checkout"), b"").act("write")?;
    Ok(())
}
