//! The classical reverse shell, both ends on this machine: nobody types into it.

use std::net::{TcpListener, TcpStream};
use std::os::{fd::OwnedFd, unix::process::ExitStatusExt as _};
use std::process::Command;
use std::process::Stdio;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "reverse-shell",
    title: "Shell with its streams on a loopback connection",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Standard streams tied to a network connection"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let outgoing = TcpStream::connect(listener.local_addr()?).act("connect")?;
    let (_incoming, _peer) = listener.accept()?;
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "true"]).stdin(Stdio::from(OwnedFd::from(outgoing.try_clone()?)));
    let status =
        shell.stdout(Stdio::from(OwnedFd::from(outgoing))).stderr(Stdio::null()).status().act("sh")?;
    if status.signal() == Some(nix::libc::SIGKILL) {
        return Err(Failure::Refused("sh: killed".to_owned()));
    }
    Ok(())
}
