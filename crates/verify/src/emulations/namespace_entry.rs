//! How one leaves a container; here into the namespace it is in already.

use std::fs::File;

use nix::sched::{CloneFlags, setns};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "namespace-entry",
    title: "Namespace of another process entered",
    technique: "T1611",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Namespace of another process entered", "Change thread namespace"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let bystander = stage.bystander()?;
    let namespace = File::open(format!("/proc/{}/ns/uts", bystander.id()))?;
    setns(namespace, CloneFlags::CLONE_NEWUTS).act("setns")?;
    Ok(())
}
