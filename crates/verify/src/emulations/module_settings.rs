//! A list of modules, empty, in a private view of `/etc`.

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "module-settings",
    title: "Kernel module listed for the boot",
    technique: "T1547.006",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Kernel module settings written by an unexpected program", "Write below etc"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    stage.leave("/etc/modules-load.d/yagura-verify.conf")
}
