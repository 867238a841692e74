//! `userfaultfd` stops the kernel in mid-copy: exploits of races need it.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "page-fault-handler",
    title: "Page faults handled by an unprivileged program",
    technique: "T1068",
    technique_v18: None,
    needs: &[Need::Root, Need::Tool("perl")],
    rules: &[
        "Page faults handled by an unprivileged program",
        "Unprivileged Delegation of Page Faults Handling to a Userspace Process",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    // UFFD_USER_MODE_ONLY, which needs no right; the descriptor closes with the process.
    let number = if cfg!(target_arch = "x86_64") { 323 } else { 282 };
    let script = format!("syscall({number}, 1);");
    stage.run(Command::new("perl").args(["-e", &script]).current_dir("/").uid(65534).gid(65534))
}
