//! A shell whose parent is named like a database: `COPY … FROM PROGRAM` and its kin.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "database-shell",
    title: "Shell started by a database server",
    technique: "T1190",
    technique_v18: None,
    needs: &[],
    rules: &["Shell started by a server program", "DB program spawned process", "Run shell untrusted"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let server = stage.disguise("sh", "postgres")?;
    stage.run(Command::new(server).args(["-c", "sh -c true; true"]))
}
