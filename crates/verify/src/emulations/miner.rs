//! A miner in name and arguments only.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "miner",
    title: "Crypto miner with its pool on the command line",
    technique: "T1496.001",
    technique_v18: Some("T1496"),
    needs: &[],
    rules: &[
        "Crypto-mining program or pool address",
        "Detect crypto miners using the Stratum protocol",
        "Known Cryptominer Process Executed",
    ],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let miner = stage.disguise("true", "xmrig")?;
    stage.run(Command::new(miner).args(["-o", "stratum+tcp://127.0.0.1:3333", "-u", "nobody"]))
}
