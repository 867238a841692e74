//! Netcat inside Busybox, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "busybox-shell",
    title: "Busybox handing out a shell",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Busybox handing out a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("busybox", &["nc", "127.0.0.1", "9", "-e", "/bin/sh"])
}
