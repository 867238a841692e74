//! Who speaks to the engine is root; here the socket is one of our own, in a private view of `/run`.

use std::{fs, os::unix::net::UnixListener, process::Command};

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "engine-socket",
    title: "Container engine's socket used by a plain tool",
    technique: "T1611",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("perl")],
    rules: &["Container engine's socket used by an unexpected program"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/run"])?;
    let path = "/run/docker.sock";
    // A socket of the host is left alone: binding fails where the view shows one.
    let _left = fs::remove_file(path);
    let _listener = UnixListener::bind(path)?;
    let script = "use IO::Socket::UNIX; IO::Socket::UNIX->new(Peer => '/run/docker.sock');";
    stage.run(Command::new("perl").args(["-e", script]))
}
