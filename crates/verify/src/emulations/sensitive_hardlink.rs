//! A second name for `/etc/shadow`, in a private view of `/etc`.

use std::{fs, path::Path};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sensitive-hardlink",
    title: "Hard link to the password hashes",
    technique: "T1003.008",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Link made to password files", "Create Hardlink Over Sensitive Files"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&["/etc"])?;
    if !Path::new("/etc/shadow").exists() {
        fs::write("/etc/shadow", b"")?;
    }
    fs::hard_link("/etc/shadow", "/etc/yagura-verify-link").act("link")?;
    Ok(())
}
