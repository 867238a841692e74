//! A rootkit on its way into the kernel; the file is empty, so nothing is loaded.

use std::fs::File;

use nix::{
    errno::Errno,
    kmod::{ModuleInitFlags, finit_module},
};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "module-load",
    title: "Kernel module loaded by an unknown program",
    technique: "T1547.006",
    technique_v18: None,
    needs: &[Need::Root],
    rules: &["Kernel module loaded by an unexpected program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // An empty file is no module: the kernel looks at it and says so, or says that it takes no modules at all.
    let file = File::open(stage.file("driver.ko")?)?;
    match finit_module(file, c"", ModuleInitFlags::empty()) {
        Err(Errno::ENOEXEC | Errno::EINVAL | Errno::ENOSYS) => Ok(()),
        other => other.act("finit_module"),
    }
}
