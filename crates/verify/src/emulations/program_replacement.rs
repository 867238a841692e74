//! An empty file among the system's programs, in a private view of `/usr/bin`.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "program-replacement",
    title: "Program file written into a system folder",
    technique: "T1554",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Program file written into a system folder", "Write below binary dir"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/usr/bin"])?;
    fs::write("/usr/bin/yagura-verify-file", b"").act("write")?;
    Ok(())
}
