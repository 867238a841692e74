//! A miner's first connection, to an address of our own in an empty network.

use crate::{
    Emulation, Need, network,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "mining-pool",
    title: "Mining pool's port contacted from a temporary folder",
    technique: "T1496.001",
    technique_v18: Some("T1496"),
    needs: &[Need::NetworkNamespace, Need::Tool("ip"), Need::Tool("bash")],
    rules: &[
        "Port of a mining pool contacted from a temporary folder",
        "Detect outbound connections to common miner pool ports",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    network::contact_from_temporary(stage, 3333)
}
