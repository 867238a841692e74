//! Where cloud machines get their keys; the address is one of our own, in an empty network.

use std::net::{TcpListener, TcpStream};
use std::process::Command;

use nix::sched::{CloneFlags, unshare};

use crate::{
    Emulation, Need,
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
    // INVARIANT: the address exists only on the loopback interface of a namespace that has no other.
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| Failure::Unable(format!("unshare: {errno}")))?;
    stage.run(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    stage.run(Command::new("ip").args(["address", "add", "169.254.169.254/32", "dev", "lo"]))?;
    let listener = TcpListener::bind("169.254.169.254:80")?;
    TcpStream::connect(listener.local_addr()?).act("connect")?;
    Ok(())
}
