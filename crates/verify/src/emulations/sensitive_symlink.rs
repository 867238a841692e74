//! A harmless name for `/etc/shadow`, in the stage.

use std::os::unix::fs::symlink;

use crate::{
    Emulation,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "sensitive-symlink",
    title: "Symbolic link to the password hashes",
    technique: "T1003.008",
    technique_v18: None,
    needs: &[],
    rules: &["Link made to password files", "Create Symlink Over Sensitive Files"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    symlink("/etc/shadow", stage.dir().join("notes.txt")).act("symlink")?;
    Ok(())
}
