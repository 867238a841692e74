//! A twin of root, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "second-root",
    title: "Second account with root's number",
    technique: "T1136.001",
    technique_v18: None,
    needs: &[],
    rules: &["Second account with root's number made", "User mgmt binaries"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("useradd", &["-o", "-u", "0", "-g", "0", "-M", "sysd"])
}
