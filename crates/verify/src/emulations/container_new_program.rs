//! Drop and execute: a program that was not in the image is written and run, in a real container.

use crate::{
    Emulation, Need, container,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "container-new-program",
    title: "Program copied into a running container and run",
    technique: "T1105",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("runc")],
    rules: &["Program added after the container started", "Drop and execute new binary in container"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    container::run(stage, "cp /bin/true /opt/worker && /opt/worker; exit $?")
}
