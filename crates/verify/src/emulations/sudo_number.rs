//! The call of CVE-2019-14287, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sudo-number",
    title: "Sudo asked for user number minus one",
    technique: "T1068",
    technique_v18: None,
    needs: &[],
    rules: &["Sudo asked for a user by a number that wraps to root"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("sudo", &["-u", "#-1", "id"])
}
