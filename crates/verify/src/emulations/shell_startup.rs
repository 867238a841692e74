//! A line in `/root/.bashrc`, in a private view of `/root`.

use std::{fs, io::Write as _};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "shell-startup",
    title: "Shell start-up file changed",
    technique: "T1546.004",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Shell start-up file written by an unexpected program", "Modify Shell Configuration File"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/root"])?;
    let mut startup = fs::OpenOptions::new().create(true).append(true).open("/root/.bashrc").act("open")?;
    startup.write_all(b"# yagura verify\n")?;
    Ok(())
}
