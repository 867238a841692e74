//! Traces removed: `auth.log` cut to nothing, in a private view of `/var/log`.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "log-clearing",
    title: "System log emptied",
    technique: "T1685.006",
    technique_v18: Some("T1070.002"),
    needs: &[Need::MountNamespace],
    rules: &["Log file emptied", "Clear Log Activities"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/var/log"])?;
    fs::write("/var/log/auth.log", b"").act("write")?;
    Ok(())
}
