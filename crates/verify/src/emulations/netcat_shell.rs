//! `nc -e`, by a program that does nothing whatever its arguments.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "netcat-shell",
    title: "Netcat told to hand out a shell",
    technique: "T1095",
    technique_v18: None,
    needs: &[],
    rules: &[
        "Network tool handing out a shell",
        "Netcat/Socat Remote Code Execution on Host",
        "Launch Suspicious Network Tool on Host",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let netcat = stage.disguise("true", "nc")?;
    stage.run(Command::new(netcat).args(["-e", "/bin/sh", "127.0.0.1", "4444"]))
}
