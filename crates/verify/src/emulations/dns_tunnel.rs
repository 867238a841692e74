//! Data inside names, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "dns-tunnel",
    title: "Tunnel through name lookups started",
    technique: "T1071.004",
    technique_v18: None,
    needs: &[],
    rules: &["Tunnel through name lookups started"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("iodine", &["-f", "t.invalid"])
}
