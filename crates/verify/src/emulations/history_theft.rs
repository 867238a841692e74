//! An empty history, in a private view of `/root`.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "history-theft",
    title: "Another's shell history read",
    technique: "T1552.003",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Shell history of a user read by a plain tool"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/root"])?;
    stage.prepare("/root/.bash_history")?;
    stage.run(Command::new("cat").arg("/root/.bash_history"))
}
