//! `find` looks for AWS keys, in the stage only.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "cloud-key-search",
    title: "Search for cloud credentials",
    technique: "T1552.001",
    technique_v18: None,
    needs: &[Need::Tool("find")],
    rules: &["Search for cloud credentials", "Find AWS Credentials"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.run(Command::new("find").arg(stage.dir()).args(["-path", "*/.aws/credentials"]))
}
