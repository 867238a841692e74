//! The commonest way to stay; written in a private view of `/root`.

use std::{fs, io::Write as _};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ssh-key",
    title: "SSH key added to root",
    technique: "T1098.004",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["SSH login key written by an unexpected program", "Adding ssh keys to authorized_keys"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/root"])?;
    fs::create_dir_all("/root/.ssh")?;
    let mut keys =
        fs::OpenOptions::new().create(true).append(true).open("/root/.ssh/authorized_keys").act("open")?;
    keys.write_all(b"# yagura verify\n")?;
    Ok(())
}
