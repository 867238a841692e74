//! How Doki found its hosts; here nobody but this process listens.

use std::net::TcpStream;

use crate::{
    Emulation, Need, network,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "engine-port",
    title: "Container engine's network port contacted",
    technique: "T1610",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip")],
    rules: &["Container engine's network port contacted"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let listener = network::alone(stage, 2375)?;
    TcpStream::connect(listener.local_addr()?).act("connect")?;
    Ok(())
}
