//! An upload that would be a web shell, empty, in a private view of `/srv`.

use std::process::Command;

use crate::{
    Emulation, Need,
    stage::{Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "web-script",
    title: "Script written into a web folder by its server",
    technique: "T1505.003",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Script written into a web folder by its server"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/srv"])?;
    let server = stage.disguise("sh", "php-fpm")?;
    stage.run(Command::new(server).args(["-c", ": > /srv/yagura-verify.php"]))
}
