//! In the list of processes it looks like part of the kernel.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "false-kernel-thread",
    title: "Program posing as a kernel thread",
    technique: "T1036.004",
    technique_v18: None,
    needs: &[],
    rules: &["Program posing as a kernel thread"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.run(Command::new("/bin/true").arg0("[kworker/0:1]"))
}
