//! A disk that is not there is mounted onto a folder that is not there, in a real container.

use crate::{
    Emulation, Need, container,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "container-disk",
    title: "Disk mounted in a container",
    technique: "T1611",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("runc"), Need::Tool("perl")],
    rules: &["Disk of the host opened or mounted in a container"],
    act,
};

// The kernel refuses: neither what is mounted nor where is there.
const SCRIPT: &str = r#"exec perl -e 'my ($from, $to, $type) = ("/dev/vdz9", "/yagura-verify", "ext4"); syscall(MOUNT, $from, $to, $type, 0, 0); exit 0'"#;

fn act(stage: &Stage) -> Result<(), Failure> {
    let number = if cfg!(target_arch = "x86_64") { "165" } else { "40" };
    container::run(stage, &SCRIPT.replace("MOUNT", number))
}
