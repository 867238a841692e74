//! `rc.local`, empty, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "boot-script",
    title: "Boot script written",
    technique: "T1037.004",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Boot script written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/rc.local")
}
