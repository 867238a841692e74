//! A queue through which files are opened past system calls; nothing is put into it.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "uring-setup",
    title: "io_uring set up by a temporary program",
    technique: "T1014",
    technique_v18: None,
    needs: &[Need::Tool("perl")],
    rules: &["Queue past system calls set up by a temporary program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let program = stage.disguise("perl", "worker")?;
    // The call has one number on all machines; its parameters are 120 bytes.
    stage.run(
        Command::new(program).args(["-e", "my $parameters = \"\\0\" x 120; syscall(425, 1, $parameters);"]),
    )
}
