//! A sleeping process of our own is hidden, in a private view of the file system.

use nix::mount::{MsFlags, mount};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "hidden-process",
    title: "Folder of a process covered by a mount",
    technique: "T1564.013",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Folder of a process covered by a mount"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    stage.make_private(&[])?;
    let bystander = stage.bystander()?;
    let target = format!("/proc/{}", bystander.id());
    let none: Option<&str> = None;
    mount(Some(&stage.dir().join("layers")), target.as_str(), none, MsFlags::MS_BIND, none).act("mount")?;
    Ok(())
}
