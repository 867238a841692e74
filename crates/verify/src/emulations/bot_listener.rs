//! A back door opens its port, in an empty network.

use std::process::Command;

use crate::{
    Emulation, Need, network,
    stage::{Failure, Stage, copy_tool},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "bot-listener",
    title: "Program in a temporary folder waits for connections",
    technique: "T1571",
    technique_v18: None,
    needs: &[Need::NetworkNamespace, Need::Tool("ip"), Need::Tool("perl")],
    rules: &["Program in a temporary folder waits for connections"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let _listener = network::alone(stage, 9)?;
    let program = copy_tool("perl", &stage.claim("/tmp")?.join("storm"))?;
    let script = "use IO::Socket::INET; IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => 4001, Listen => 1);";
    stage.run(Command::new(program).args(["-e", script]))
}
