//! `LD_PRELOAD` into `/dev/shm`.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "environment-preload",
    title: "Program started with a library from a temporary folder",
    technique: "T1574.006",
    technique_v18: None,
    needs: &[],
    rules: &["Program started with a library from a temporary folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // The library does not exist: the loader says so and goes on.
    stage.run(Command::new("/bin/true").env("LD_PRELOAD", "/dev/shm/yagura-verify-no-such-library.so"))
}
