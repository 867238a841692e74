//! A script without any tool in it: bash connects by a name that looks like a file.

use std::{fs, process::Command};

use crate::{
    Emulation, Need, network,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "shell-connection",
    title: "Connection made by the shell itself",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip"), Need::Tool("bash")],
    rules: &["Shell itself made a network connection", "System procs network activity"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let _listener = network::alone(stage, 443)?;
    // In a file, so that the command line shows nothing.
    let script = stage.file("update")?;
    fs::write(&script, format!("exec 3<>/dev/tcp/{}/443\n", network::ADDRESS))?;
    stage.run(Command::new("bash").arg(script))
}
