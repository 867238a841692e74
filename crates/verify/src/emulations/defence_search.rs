//! The question before switching them off, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "defence-search",
    title: "Security programs looked for",
    technique: "T1518.001",
    technique_v18: None,
    needs: &[],
    rules: &["Search for what watches this machine"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("pgrep", &["-x", "auditd"])
}
