//! A look around the network, by a program that does nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "network-scan",
    title: "Network scanner started",
    technique: "T1046",
    technique_v18: None,
    needs: &[],
    rules: &["Network scanner or sniffer started", "Launch Suspicious Network Tool on Host"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let scanner = stage.disguise("true", "nmap")?;
    stage.run(Command::new(scanner).args(["-sS", "127.0.0.1"]))
}
