//! A shell on the host, by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "host-namespaces",
    title: "Namespaces of the first process entered",
    technique: "T1611",
    technique_v18: None,
    needs: &[],
    rules: &["Namespaces of the first process entered by a tool"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("nsenter", &["-t", "1", "-m", "-u", "-n", "-i", "sh"])
}
