//! An empty key, in a private view of `/root`.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "private-key-theft",
    title: "SSH private key read",
    technique: "T1552.004",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["SSH private key read by an unexpected program", "Read ssh information"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/root"])?;
    stage.prepare("/root/.ssh/id_ed25519")?;
    stage.run(Command::new("cat").arg("/root/.ssh/id_ed25519"))
}
