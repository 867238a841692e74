//! A real container for emulations to act in: `runc`, over the host's own files under a layer in memory.

use std::{fs, process::Command};

use nix::mount::{MsFlags, mount};

use crate::stage::{Act as _, Failure, STAGE_VARIABLE, Stage};

// INVARIANT: nothing of the host can be written from in there: its files are the lower layer, and no device is given.
// Only what a small container needs, with script, cgroup and stage to be filled in; every process in it is named by its cgroup.
const CONFIG: &str = r#"{
  "ociVersion": "1.0.2",
  "process": {
    "terminal": false,
    "user": { "uid": 0, "gid": 0 },
    "args": ["/bin/sh", "-c", SCRIPT],
    "env": ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "STAGE"],
    "cwd": "/"
  },
  "root": { "path": "rootfs", "readonly": false },
  "hostname": "yagura-verify",
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"] }
  ],
  "linux": {
    "cgroupsPath": "CGROUP",
    "namespaces": [
      { "type": "pid" }, { "type": "mount" }, { "type": "ipc" }, { "type": "uts" }, { "type": "network" }
    ]
  }
}"#;

/// Runs a shell script in a container that is gone afterwards.
pub(crate) fn run(stage: &Stage, script: &str) -> Result<(), Failure> {
    // The container's root is the host's own files under a layer in memory.
    stage.make_private(&[])?;
    let layers = stage.dir().join("layers");
    for name in ["upper", "work", "bundle", "bundle/rootfs", "state"] {
        fs::create_dir(layers.join(name))?;
    }
    let options = format!("lowerdir=/,upperdir={0}/upper,workdir={0}/work", layers.display());
    let root = layers.join("bundle/rootfs");
    mount(Some("overlay"), &root, Some("overlay"), MsFlags::empty(), Some(options.as_str()))
        .map_err(|errno| Failure::Unable(format!("overlay: {errno}")))?;
    // Sixty-four hexadecimal digits, as container engines name theirs.
    let id = format!("{:08x}", std::process::id()).repeat(8);
    let cgroup = format!("{}/{id}", stage.claim_cgroup()?);
    let variable = format!("{STAGE_VARIABLE}={}", stage.dir().display());
    let script = serde_json::Value::from(script).to_string();
    let config = CONFIG.replace("SCRIPT", &script).replace("CGROUP", &cgroup).replace("STAGE", &variable);
    fs::write(layers.join("bundle/config.json"), config)?;
    let output = Command::new("runc")
        .arg("--root")
        .arg(layers.join("state"))
        .args(["run", "--bundle"])
        .arg(layers.join("bundle"))
        .arg(id)
        .output()
        .act("runc")?;
    if output.status.success() {
        return Ok(());
    }
    if output.status.code() == Some(128 + nix::libc::SIGKILL) {
        return Err(Failure::Refused("killed in the container".to_owned()));
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Failure::Unable(format!("runc: {words}")))
}
