//! `.bash_history` removed, in a private view of `/root`.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "history-removal",
    title: "Shell history removed",
    technique: "T1070.003",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Shell history removed", "Delete or rename shell history"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/root"])?;
    fs::write("/root/.bash_history", b"")?;
    fs::remove_file("/root/.bash_history").act("unlink")?;
    Ok(())
}
