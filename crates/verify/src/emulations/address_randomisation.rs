//! The kernel's switch is opened, and not written.

use std::fs;

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "address-randomisation",
    title: "Address randomisation opened for writing",
    technique: "T1685",
    technique_v18: Some("T1562.001"),
    needs: &[Need::Root],
    rules: &["Address randomisation switched off"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    // Opened, never written.
    fs::OpenOptions::new().write(true).open("/proc/sys/kernel/randomize_va_space").act("open")?;
    Ok(())
}
