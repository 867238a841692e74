//! A file of settings for sshd, empty, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ssh-settings",
    title: "SSH server settings written",
    technique: "T1556",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["SSH server settings written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/ssh/sshd_config.d/99-yagura-verify.conf")
}
