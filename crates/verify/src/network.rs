//! A network of one machine: an address that looks foreign, on the loopback interface of an empty network namespace.
//!
//! INVARIANT: the namespace has no other interface, so no packet can leave it, whatever is contacted.

use std::{net::TcpListener, process::Command};

use nix::sched::{CloneFlags, unshare};

use crate::stage::{Failure, Stage, copy_tool};

/// The address in it: one that is kept for documentation (RFC 5737).
pub(crate) const ADDRESS: &str = "192.0.2.1";

/// Enters such a network and listens on `port` of its address.
pub(crate) fn alone(stage: &Stage, port: u16) -> Result<TcpListener, Failure> {
    alone_as(stage, ADDRESS, port)
}

/// As [`alone`], with an address of the caller's choice.
pub(crate) fn alone_as(stage: &Stage, address: &str, port: u16) -> Result<TcpListener, Failure> {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|errno| Failure::Unable(format!("unshare: {errno}")))?;
    stage.run(Command::new("ip").args(["link", "set", "lo", "up"]))?;
    stage.run(Command::new("ip").args(["address", "add", &format!("{address}/32"), "dev", "lo"]))?;
    let unable = |error| Failure::Unable(format!("{address}:{port}: {error}"));
    TcpListener::bind((address, port)).map_err(unable)
}

/// A program below `/tmp` connects to `port` of the lone address.
pub(crate) fn contact_from_temporary(stage: &Stage, port: u16) -> Result<(), Failure> {
    let _listener = alone(stage, port)?;
    let program = copy_tool("bash", &stage.claim("/tmp")?.join("worker"))?;
    stage.run(Command::new(program).args(["-c", &format!("exec 3<>/dev/tcp/{ADDRESS}/{port}")]))
}
