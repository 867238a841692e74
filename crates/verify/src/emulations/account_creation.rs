//! `/etc/passwd` written past the tools for it, in a private view of `/etc`.

use std::{fs, io::Write as _};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "account-creation",
    title: "Line added to the list of accounts",
    technique: "T1136.001",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Account file written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    let mut accounts = fs::OpenOptions::new().create(true).append(true).open("/etc/passwd").act("open")?;
    accounts.write_all(b"\n")?;
    Ok(())
}
