//! A real container looks through process 1, which is its own.

use crate::{
    Emulation, Need, container,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "container-host-root",
    title: "Host's root reached from a container",
    technique: "T1611",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("runc")],
    rules: &["Root of the host reached from a container", "Container Access to Host Sensitive Paths"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    container::run(stage, "cat /proc/1/root/etc/hostname > /dev/null; true")
}
