//! Fileless execution: the program is written into a `memfd` and run from there.

use std::process::Command;
use std::{fs, fs::File, io::Write as _, os::fd::AsRawFd as _};

use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::{
    Emulation,
    need::find_tool,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "memory-program",
    title: "Program run from memory, without a file",
    technique: "T1620",
    technique_v18: None,
    needs: &[],
    rules: &["Program run from memory only", "Fileless execution via memfd_create"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let program = find_tool("true").ok_or_else(|| Failure::Unable("`true` is not installed".to_owned()))?;
    let memory = memfd_create("update", MFdFlags::empty()).act("memfd_create")?;
    File::from(memory.try_clone()?).write_all(&fs::read(program)?)?;
    stage.run(&mut Command::new(format!("/proc/self/fd/{}", memory.as_raw_fd())))
}
