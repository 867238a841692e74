//! Who can write `core_pattern` can make the kernel run a program outside every container.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "kernel-helper",
    title: "Kernel helper path opened for writing",
    technique: "T1611",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Kernel helper path opened for writing"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    // Opened, never written.
    fs::OpenOptions::new().write(true).open("/proc/sys/kernel/core_pattern").act("open")?;
    Ok(())
}
