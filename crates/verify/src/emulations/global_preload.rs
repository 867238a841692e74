//! `/etc/ld.so.preload`, as user-space rootkits use it; empty, and in a private view of `/etc`.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "global-preload",
    title: "Library forced into every program",
    technique: "T1574.006",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Library forced into every program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    fs::write("/etc/ld.so.preload", b"\n").act("write")?;
    Ok(())
}
