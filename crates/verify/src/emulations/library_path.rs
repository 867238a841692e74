//! A folder for libraries, none in it, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "library-path",
    title: "Library search path written",
    technique: "T1574.006",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Library search path written", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/ld.so.conf.d/yagura-verify.conf")
}
