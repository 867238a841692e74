//! The first search of whoever wants to become root, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "privileged-search",
    title: "Programs with special rights looked for",
    technique: "T1083",
    technique_v18: None,
    needs: &[],
    rules: &["Search for programs with special rights"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("find", &["/", "-perm", "-4000", "-type", "f"])
}
