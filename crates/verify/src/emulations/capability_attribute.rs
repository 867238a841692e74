//! The attribute that setcap writes, written without it.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "capability-attribute",
    title: "Capability written without setcap",
    technique: "T1548",
    technique_v18: None,
    needs: &[Need::Root, Need::Tool("perl")],
    rules: &["Capability written to a program file by hand"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let file = stage.file("program")?;
    let number = if cfg!(target_arch = "x86_64") { 188 } else { 5 };
    // `struct vfs_cap_data` of revision 2, in effect, with CAP_SETUID (linux/capability.h).
    let value = "pack(\"V5\", 0x02000001, 0x80, 0, 0, 0)";
    // Perl passes only variables by their address.
    let script = format!(
        "my ($file, $name, $value) = ($ARGV[0], \"security.capability\", {value}); \
         syscall({number}, $file, $name, $value, 20, 0);"
    );
    stage.run(Command::new("perl").args(["-e", &script]).arg(file))
}
