//! The step to the next machine, by programs that do nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "server-ssh",
    title: "SSH started by a web server",
    technique: "T1021.004",
    technique_v18: None,
    needs: &[],
    rules: &["SSH started by a server program", "Web Server Spawned Suspicious Child Process"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let server = stage.disguise("sh", "nginx")?;
    let ssh = stage.disguise("true", "ssh")?;
    let script = format!("{} root@192.0.2.1 id; true", ssh.display());
    stage.run(Command::new(server).args(["-c", &script]))
}
