//! A setting of PAM, in a private view of `/etc` where nobody signs in.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sign-in-module",
    title: "Sign-in settings written",
    technique: "T1556.003",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Sign-in module or its settings written", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/pam.d/yagura-verify")
}
