//! A module from where modules do not live, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "module-file",
    title: "Kernel module loaded from a temporary folder",
    technique: "T1547.006",
    technique_v18: None,
    needs: &[],
    rules: &["Kernel module loaded from a folder of users"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("insmod", &["/tmp/update.ko"])
}
