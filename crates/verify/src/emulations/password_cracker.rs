//! Hashes made ready for cracking, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "password-cracker",
    title: "Password cracking tool started",
    technique: "T1110.002",
    technique_v18: None,
    needs: &[],
    rules: &["Password guessing or cracking tool started"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("unshadow", &["/etc/passwd", "/etc/shadow"])
}
