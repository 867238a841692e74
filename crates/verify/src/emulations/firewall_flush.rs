//! All gates opened, by a program that does nothing.

use std::process::Command;

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "firewall-flush",
    title: "Firewall rules removed",
    technique: "T1686",
    technique_v18: Some("T1562.004"),
    needs: &[],
    rules: &["Firewall rules removed"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let firewall = stage.disguise("true", "iptables")?;
    stage.run(Command::new(firewall).args(["-F"]))
}
