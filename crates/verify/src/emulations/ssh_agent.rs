//! Another's key agent is asked; the socket does not exist.

use std::{io, os::unix::net::UnixStream};

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "ssh-agent",
    title: "SSH agent's socket used by an unexpected program",
    technique: "T1563.001",
    technique_v18: None,
    needs: &[],
    rules: &["SSH agent's socket used by an unexpected program"],
    act,
};

fn act(_stage: &Stage) -> Result<(), Failure> {
    // Nobody has an agent of this name: the attempt is what is seen.
    match UnixStream::connect("/tmp/ssh-yagura-verify/agent.0") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other.map(drop).act("connect"),
    }
}
