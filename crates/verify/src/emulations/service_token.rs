//! An empty token where a pod has its own, in a private view of `/run`.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "service-token",
    title: "Kubernetes service account token read",
    technique: "T1528",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Kubernetes service account token read by a plain tool"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/run"])?;
    stage.prepare("/run/secrets/kubernetes.io/serviceaccount/token")?;
    stage.run(Command::new("cat").arg("/run/secrets/kubernetes.io/serviceaccount/token"))
}
