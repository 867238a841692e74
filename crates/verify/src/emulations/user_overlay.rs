//! The first step of CVE-2021-3493 and CVE-2023-0386, seen whether or not the kernel lets it.

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
    unistd::{Gid, Uid, setgid, setuid},
};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "user-overlay",
    title: "Overlay mounted by an unprivileged user",
    technique: "T1068",
    technique_v18: None,
    needs: &[Need::MountNamespace],
    rules: &["Overlay file system mounted by an unprivileged user"],
    act,
};

fn act(stage: &Stage) -> Result<(), Failure> {
    let unable = |errno: nix::errno::Errno| Failure::Unable(errno.to_string());
    // User and group `nobody`, in namespaces that end with this process.
    setgid(Gid::from_raw(65534)).map_err(unable)?;
    setuid(Uid::from_raw(65534)).map_err(unable)?;
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS).map_err(unable)?;
    let options = Some("lowerdir=/usr/bin:/usr/sbin");
    mount(Some("overlay"), stage.dir(), Some("overlay"), MsFlags::empty(), options).act("mount")?;
    Ok(())
}
