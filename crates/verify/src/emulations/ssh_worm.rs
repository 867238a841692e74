//! A worm's line, given to a shell that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ssh-worm",
    title: "SSH used in a loop over known machines",
    technique: "T1021.004",
    technique_v18: None,
    needs: &[],
    rules: &["SSH used in a loop over known machines"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("sh", &["-c", "for h in $(cut -d' ' -f1 ~/.ssh/known_hosts); do ssh -oBatchMode=yes -oStrictHostKeyChecking=no $h id & done"])
}
