//! The environment of CVE-2023-4911 before a program that gains no rights.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "loader-tunables",
    title: "Loader tunables shaped to overflow",
    technique: "T1068",
    technique_v18: None,
    needs: &[],
    rules: &[
        "Overlong loader tunables in the environment",
        "Potential Local Privilege Escalation via Environment Variables Misuse",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let tunables = "glibc.malloc.mxfast=glibc.malloc.mxfast=A";
    stage.run(Command::new("/bin/true").env("GLIBC_TUNABLES", tunables))
}
