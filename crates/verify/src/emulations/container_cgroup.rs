//! The first step of the escape by `release_agent`, onto a folder that is not there.

use crate::{
    Emulation, Need, container,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "container-cgroup",
    title: "Control groups mounted in a container",
    technique: "T1611",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("runc"), Need::Tool("perl")],
    rules: &["Control group hierarchy mounted in a container"],
    act,
};

// The kernel refuses: neither what is mounted nor where is there.
const SCRIPT: &str = r#"exec perl -e 'my ($from, $to, $type) = ("none", "/yagura-verify", "cgroup"); syscall(MOUNT, $from, $to, $type, 0, 0); exit 0'"#;

fn act(stage: &Stage) -> Result<(), Failure> {
    let number = if cfg!(target_arch = "x86_64") { "165" } else { "40" };
    container::run(stage, &SCRIPT.replace("MOUNT", number))
}
