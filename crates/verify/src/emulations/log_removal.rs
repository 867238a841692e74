//! The system's log moved out of sight, in a private view of `/var/log`.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "log-removal",
    title: "System log moved away",
    technique: "T1685.006",
    technique_v18: Some("T1070.002"),
    needs: &[Need::MountNamespace],
    rules: &["Log file removed or cut by an unexpected program", "Clear Log Activities"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/var/log"])?;
    stage.prepare("/var/log/syslog")?;
    fs::rename("/var/log/syslog", "/var/log/.syslog").act("rename")?;
    Ok(())
}
