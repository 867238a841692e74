//! The call of CVE-2021-4034, to a program that does nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "polkit-overflow",
    title: "Pkexec called without arguments",
    technique: "T1068",
    technique_v18: None,
    needs: &[],
    rules: &[
        "Polkit helper started without arguments",
        "Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let helper = stage.disguise("true", "pkexec")?;
    stage.run(&mut Command::new(helper))
}
