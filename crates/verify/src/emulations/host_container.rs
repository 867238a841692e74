//! Doki's container, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "host-container",
    title: "Container started with the host in it",
    technique: "T1610",
    technique_v18: None,
    needs: &[],
    rules: &["Container started with the host in it"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("docker", &["run", "-it", "-v", "/:/host", "alpine", "chroot", "/host", "sh"])
}
