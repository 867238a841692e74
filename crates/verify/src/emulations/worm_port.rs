//! A worm tries the next database, in an empty network.

use crate::{
    Emulation, Need, network,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "worm-port",
    title: "Redis contacted from a temporary folder",
    technique: "T1210",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip"), Need::Tool("bash")],
    rules: &["Service port contacted from a temporary folder"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    network::contact_from_temporary(stage, 6379)
}
