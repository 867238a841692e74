//! A bot greets its peers, in an empty network.

use crate::{
    Emulation, Need, network,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "peer-port",
    title: "Peer-to-peer port contacted from a temporary folder",
    technique: "T1095",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip"), Need::Tool("bash")],
    rules: &["Peer-to-peer port contacted from a temporary folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    network::contact_from_temporary(stage, 4001)
}
