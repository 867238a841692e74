//! The first step of most local kernel exploits: capabilities in a namespace of one's own.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "user-namespace",
    title: "User namespace made by an unprivileged user",
    technique: "T1068",
    technique_v18: None,
    needs: &[Need::Root, Need::Tool("unshare")],
    rules: &["User namespace made by an unprivileged user"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // User and group `nobody`.
    stage.run(Command::new("unshare").args(["--user", "true"]).current_dir("/").uid(65534).gid(65534))
}
