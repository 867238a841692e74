//! Containers keep secrets in the environment of process 1; what is read goes nowhere.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "environment-read",
    title: "Environment of the first process read",
    technique: "T1552.007",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Environment of the first process read"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    fs::read("/proc/1/environ").act("read")?;
    Ok(())
}
