//! A proxy for somebody outside, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "tunnel",
    title: "Tunnel program started",
    technique: "T1572",
    technique_v18: None,
    needs: &[],
    rules: &["Tunnel program started"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("chisel", &["client", "192.0.2.1:443", "R:socks"])
}
