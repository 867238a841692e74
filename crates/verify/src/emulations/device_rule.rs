//! A rule for udev, empty, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "device-rule",
    title: "Device rule written",
    technique: "T1546.017",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Device rule written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/udev/rules.d/99-yagura-verify.rules")
}
