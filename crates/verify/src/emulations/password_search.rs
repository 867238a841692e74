//! A search through /etc, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "password-search",
    title: "Passwords looked for in files",
    technique: "T1552.001",
    technique_v18: None,
    needs: &[],
    rules: &["Search for passwords in files"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("grep", &["-ri", "password", "/etc"])
}
