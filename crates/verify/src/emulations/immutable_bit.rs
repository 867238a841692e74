//! Keys that cannot be removed, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "immutable-bit",
    title: "Immutable bit set",
    technique: "T1222.002",
    technique_v18: None,
    needs: &[],
    rules: &["Immutable bit set or taken away"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("chattr", &["+i", "/root/.ssh/authorized_keys"])
}
