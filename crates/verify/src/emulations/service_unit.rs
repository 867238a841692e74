//! A unit file in a private view of `/etc` that no systemd sees.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "service-unit",
    title: "Systemd service dropped",
    technique: "T1543.002",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Service unit written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    fs::create_dir_all("/etc/systemd/system")?;
    fs::write("/etc/systemd/system/yagura-verify.service", b"# yagura verify\n").act("write")?;
    Ok(())
}
