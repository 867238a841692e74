//! Where cloud machines get their keys; the address is one of our own, in an empty network.

use std::net::TcpStream;

use crate::{
    Emulation, Need, network,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "metadata-service",
    title: "Cloud metadata service contacted",
    technique: "T1552.005",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip")],
    rules: &["Cloud metadata service contacted by an unexpected program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let listener = network::alone_as(stage, "169.254.169.254", 80)?;
    TcpStream::connect(listener.local_addr()?).act("connect")?;
    Ok(())
}
