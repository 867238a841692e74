//! How IPStorm looks for its next host, in an empty network.

use crate::{
    Emulation, Need, network,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ssh-guessing",
    title: "SSH contacted from a temporary folder",
    technique: "T1110.001",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip"), Need::Tool("bash")],
    rules: &["SSH port contacted from a temporary folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    network::contact_from_temporary(stage, 22)
}
