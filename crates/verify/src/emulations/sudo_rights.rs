//! A file in `/etc/sudoers.d`, in a private view of `/etc`.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sudo-rights",
    title: "Sudo rights dropped",
    technique: "T1548.003",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Sudo rights written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    fs::create_dir_all("/etc/sudoers.d")?;
    fs::write("/etc/sudoers.d/yagura-verify", b"# yagura verify\n").act("write")?;
    Ok(())
}
