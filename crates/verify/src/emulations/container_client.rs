//! A client of the cluster in a real container, by a program that does nothing.

use crate::{
    Emulation, Need, container,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "container-client",
    title: "Kubernetes client run in a container",
    technique: "T1609",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("runc")],
    rules: &[
        "Kubernetes client run in a container",
        "Program added after the container started",
        "Kubernetes Client Tool Launched in Container",
        "Drop and execute new binary in container",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    container::run(stage, "cp /bin/true /opt/kubectl && /opt/kubectl auth can-i --list")
}
