//! A setting of apt, empty, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "package-hook",
    title: "Package manager hook written",
    technique: "T1546.016",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Package manager hook written", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/apt/apt.conf.d/99yagura-verify")
}
