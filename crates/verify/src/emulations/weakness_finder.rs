//! A lister of weaknesses, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "weakness-finder",
    title: "Tool that looks for weaknesses started",
    technique: "T1082",
    technique_v18: None,
    needs: &[],
    rules: &["Tool that looks for ways to become root"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("linpeas.sh", &["-a"])
}
