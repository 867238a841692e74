//! What runs at each sign-in, empty, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "greeting-script",
    title: "Greeting script written",
    technique: "T1546.004",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Greeting script written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/update-motd.d/99-yagura-verify")
}
