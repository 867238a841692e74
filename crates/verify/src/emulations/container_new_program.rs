//! Drop and execute: a program that was not in the image is written and run, in a real container.

use std::fs;
use std::process::Command;

use nix::mount::{MsFlags, mount};

use crate::{
    Emulation, Need,
    stage::{Act, Failure, STAGE_VARIABLE, Stage},
};

pub(crate) const EMULATION: Emulation = Emulation {
    id: "container-new-program",
    title: "Program copied into a running container and run",
    technique: "T1105",
    technique_v18: None,
    needs: &[Need::MountNamespace, Need::Tool("runc")],
    rules: &["Program added after the container started", "Drop and execute new binary in container"],
    act,
};

// Only what a small container needs, with the cgroup and the stage to be filled in; every process in it is named by its cgroup.
const CONFIG: &str = r#"{
  "ociVersion": "1.0.2",
  "process": {
    "terminal": false,
    "user": { "uid": 0, "gid": 0 },
    "args": ["/bin/sh", "-c", "cp /bin/true /opt/worker && /opt/worker; exit $?"],
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

fn act(stage: &Stage) -> Result<(), Failure> {
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
    let config = CONFIG.replace("CGROUP", &cgroup).replace("STAGE", &variable);
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
