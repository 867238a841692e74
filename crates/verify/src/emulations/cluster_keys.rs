//! An empty file where a node's keys lie, in a private view of `/etc`.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "cluster-keys",
    title: "Kubernetes administrator's keys read",
    technique: "T1552.001",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Keys of a Kubernetes node read by an unexpected program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.prepare("/etc/kubernetes/admin.conf")?;
    stage.run(Command::new("cat").arg("/etc/kubernetes/admin.conf"))
}
