//! All but a second thrown away, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "journal-shortened",
    title: "System journal shortened",
    technique: "T1685.006",
    technique_v18: Some("T1070.002"),
    needs: &[],
    rules: &["System journal shortened by hand"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("journalctl", &["--rotate", "--vacuum-time=1s"])
}
