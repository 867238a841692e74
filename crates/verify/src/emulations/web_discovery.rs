//! The first commands of an intruder in a web server.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "web-discovery",
    title: "Discovery tools started by a web server",
    technique: "T1033",
    technique_v18: None,
    needs: &[],
    rules: &[
        "Discovery or download tool started by a server program",
        "Web Server Spawned Suspicious Child Process",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let server = stage.disguise("sh", "apache2")?;
    stage.run(Command::new(server).args(["-c", "whoami; id; true"]))
}
