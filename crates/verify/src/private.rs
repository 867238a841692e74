//! A process's own view of the file system, in which well-known folders are throw-away layers.
//!
//! In a mount namespace of its own, an overlay lies over each folder, its upper layer in a `tmpfs`. Paths keep their
//! names (`/etc/cron.d/job` is that, for the kernel and for rules), reads see the host's files, writes stay in memory
//! and vanish with the namespace's last process.

use std::{fs, path::Path};

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
};

use crate::stage::Failure;

const NONE: Option<&str> = None;

/// Folder of the stage that holds the layers.
pub(crate) const LAYERS: &str = "layers";

/// Enters such a namespace. `stage` gets a `tmpfs` folder that only this namespace sees.
pub(crate) fn enter(stage: &Path, dirs: &[&str]) -> Result<(), Failure> {
    unshare(CloneFlags::CLONE_NEWNS).map_err(|errno| unable("unshare", errno))?;
    // INVARIANT: nothing is mounted before every mount is private, or it would appear on the host.
    mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE)
        .map_err(|errno| unable("mount --make-rprivate /", errno))?;
    let layers = stage.join(LAYERS);
    fs::create_dir(&layers)?;
    mount(Some("tmpfs"), &layers, Some("tmpfs"), MsFlags::empty(), Some("mode=0700,size=64m"))
        .map_err(|errno| unable("mount tmpfs", errno))?;
    for dir in dirs {
        cover(&layers, dir)?;
    }
    Ok(())
}

fn cover(layers: &Path, dir: &str) -> Result<(), Failure> {
    let name = dir.trim_matches('/').replace('/', "-");
    let (upper, work) = (layers.join(format!("{name}.upper")), layers.join(format!("{name}.work")));
    fs::create_dir(&upper)?;
    fs::create_dir(&work)?;
    let options = format!("lowerdir={dir},upperdir={},workdir={}", upper.display(), work.display());
    mount(Some("overlay"), dir, Some("overlay"), MsFlags::empty(), Some(options.as_str()))
        // Where overlays cannot be had, an empty folder does: writes matter here, not reads.
        .or_else(|_| mount(Some("tmpfs"), dir, Some("tmpfs"), MsFlags::empty(), Some("mode=0755,size=64m")))
        .map_err(|errno| unable(&format!("cover {dir}"), errno))
}

// A refusal here is not the act being blocked: the preparation was.
fn unable(what: &str, errno: nix::errno::Errno) -> Failure {
    Failure::Unable(format!("{what}: {errno}"))
}
