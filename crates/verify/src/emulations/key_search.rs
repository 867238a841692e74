//! `find` looks for keys, in the stage only.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "key-search",
    title: "Search for private SSH keys",
    technique: "T1552.004",
    technique_v18: None,
    needs: &[Need::Tool("find")],
    rules: &["Search for private keys", "Search Private Keys or Passwords"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.run(Command::new("find").arg(stage.dir()).args(["-name", "id_rsa"]))
}
