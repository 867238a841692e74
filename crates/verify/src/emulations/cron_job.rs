//! A file in `/etc/cron.d`, in a private view of `/etc` that no cron daemon sees.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "cron-job",
    title: "Cron job dropped",
    technique: "T1053.003",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Scheduled job written by an unexpected program", "Schedule Cron Jobs"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    fs::create_dir_all("/etc/cron.d")?;
    fs::write("/etc/cron.d/yagura-verify", b"# yagura verify\n").act("write")?;
    Ok(())
}
