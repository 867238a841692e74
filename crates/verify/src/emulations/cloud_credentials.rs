//! An empty file where a cloud's keys lie, in a private view of `/root`.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "cloud-credentials",
    title: "Cloud credentials read",
    technique: "T1552.001",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["File with cloud or service credentials read by a plain tool"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/root"])?;
    stage.prepare("/root/.aws/credentials")?;
    stage.run(Command::new("cat").arg("/root/.aws/credentials"))
}
