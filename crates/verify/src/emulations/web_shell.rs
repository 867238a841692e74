//! A shell whose parent is named like a web server: what a web shell looks like from below.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "web-shell",
    title: "Shell started by a web server",
    technique: "T1505.003",
    technique_v18: None,
    needs: &[],
    rules: &["Shell started by a server program", "Web Server Spawned Shell", "Run shell untrusted"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let server = stage.disguise("sh", "nginx")?;
    // The second command keeps the first from replacing the server.
    stage.run(Command::new(server).args(["-c", "sh -c true; true"]))
}
