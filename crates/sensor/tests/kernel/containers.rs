//! Real containers of runc and crun: who they are, what they may, and who their users are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use yagura_event::{ArgName, Container, Event, EventKind};

use super::{Seen, seen, text};

/// A bundle with busybox in it.
struct Bundle {
    dir: tempfile::TempDir,
    config: Value,
}

impl Bundle {
    // None where runc or busybox is missing.
    fn new() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a folder");
        let rootfs = dir.path().join("rootfs");
        for folder in ["bin", "etc", "proc", "sys", "dev", "tmp", "host"] {
            fs::create_dir_all(rootfs.join(folder)).expect("writable");
        }
        fs::copy("/bin/busybox", rootfs.join("bin/busybox")).ok()?;
        for name in ["sh", "cat", "id", "sleep", "touch", "mount", "true", "chmod"] {
            std::os::unix::fs::symlink("/bin/busybox", rootfs.join("bin").join(name)).expect("a link");
        }
        fs::write(rootfs.join("etc/passwd"), "captain:x:0:0::/:/bin/sh\nsailor:x:1000:1000::/:/bin/sh\n")
            .expect("writable");
        fs::write(rootfs.join("etc/group"), "crew:x:0:\ndeck:x:1000:\n").expect("writable");
        let spec = Command::new("runc").arg("spec").current_dir(dir.path()).status();
        spec.is_ok_and(|status| status.success()).then_some(())?;
        let text = fs::read_to_string(dir.path().join("config.json")).expect("runc wrote it");
        let mut config: Value = serde_json::from_str(&text).expect("JSON");
        config["process"]["terminal"] = false.into();
        config["root"]["readonly"] = false.into();
        Some(Self { dir, config })
    }

    fn command(&self, runtime: &str, id: &str, script: &str) -> Command {
        let mut config = self.config.clone();
        config["process"]["args"] = json!(["/bin/sh", "-c", script]);
        fs::write(self.dir.path().join("config.json"), config.to_string()).expect("writable");
        // crun refuses hybrid cgroups: it is shown the first version alone.
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", "umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"", "sh"]);
        if runtime != "crun" || !Path::new("/sys/fs/cgroup/unified").exists() {
            command = Command::new("env");
        }
        command.args([runtime, "run", "--bundle"]).arg(self.dir.path()).arg(id).stdin(Stdio::null());
        command
    }

    // Begins a container that does this and lives until it is dropped; why it cannot be run here.
    fn start(&self, runtime: &'static str, id: &str, script: &str) -> Result<Running<'_>, String> {
        let tried = format!("{id}-try");
        let output = self.command(runtime, &tried, ":").output().map_err(|error| error.to_string())?;
        let _ = Command::new(runtime).args(["delete", "--force", &tried]).output();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let script = format!("{script}; while [ ! -e /etc/go ]; do /bin/sleep 0.05; done");
        let child = self.command(runtime, id, &script).spawn().map_err(|error| error.to_string())?;
        Ok(Running { bundle: self, child, runtime, id: id.to_owned() })
    }
}

/// A container that runs.
struct Running<'a> {
    bundle: &'a Bundle,
    child: Child,
    runtime: &'static str,
    id: String,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let _ = fs::write(self.bundle.dir.path().join("rootfs/etc/go"), "");
        let _ = self.child.wait();
        let _ = Command::new(self.runtime).args(["delete", "--force", &self.id]).output();
    }
}

fn id_of(runtime: &str, what: &str) -> String {
    format!("yagura-{runtime}-{what}-{}", std::process::id())
}

// A program of this container.
fn program(seen: &Seen, id: &str, name: &str) -> Event {
    seen.find(&format!("{name} in {id}"), |event| {
        event.kind == EventKind::Execve
            && event.succeeded()
            && &*event.process.name == name
            && event.process.container.as_ref().is_some_and(|container| container.id == *id)
    })
}

fn container(event: &Event) -> &Container {
    event.process.container.as_ref().expect("found by it")
}

// Both runtimes, each with a bundle; says what is skipped.
fn each(test: &str, check: impl Fn(&Seen, &'static str, Bundle) -> Result<(), String>) {
    let Some(seen) = seen(test) else { return };
    for runtime in ["runc", "crun"] {
        let Some(bundle) = Bundle::new() else {
            println!("SKIPPED {test}: needs runc and busybox-static");
            return;
        };
        if let Err(reason) = check(&seen, runtime, bundle) {
            println!("SKIPPED {test} with {runtime}: {reason}");
        }
    }
}

#[test]
fn a_container_is_described_by_its_runtimes_files() {
    each("a_container_is_described_by_its_runtimes_files", |seen, runtime, mut bundle| {
        let id = id_of(runtime, "plain");
        bundle.config["annotations"] = json!({
            "org.opencontainers.image.ref.name": "example/app:1@sha256:0f0f",
            "io.kubernetes.cri.sandbox-name": "web-1",
            "io.kubernetes.cri.sandbox-namespace": "shop",
        });
        let mounts = bundle.config["mounts"].as_array_mut().expect("a list");
        mounts.push(
            json!({"destination": "/host", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]}),
        );
        let _running = bundle.start(runtime, &id, "/bin/id; /bin/cat /etc/passwd")?;
        let event = program(seen, &id, "id");
        let found = container(&event);
        assert_eq!((found.runtime.as_str(), found.name.as_deref()), (runtime, Some(id.as_str())));
        assert_eq!(found.image.as_deref(), Some("example/app:1@sha256:0f0f"));
        assert_eq!(found.image_digest.as_deref(), Some("sha256:0f0f"));
        assert_eq!(
            (found.pod_name.as_deref(), found.pod_namespace.as_deref()),
            (Some("web-1"), Some("shop"))
        );
        assert_eq!(found.privileged, Some(false));
        assert!(found.capabilities.iter().any(|name| name == "CAP_KILL"), "{:?}", found.capabilities);
        let host = found.mounts.iter().find(|mount| mount.dest == "/host").expect("the mount");
        assert_eq!((host.source.as_str(), host.rdwr), ("/usr", false));
        assert!(found.created.is_some());
        assert_eq!(event.process.credentials.user.name.as_deref(), Some("captain"));
        assert_eq!(event.process.credentials.group.name.as_deref(), Some("crew"));
        assert_eq!(event.process.ancestors().next().map(|parent| parent.vpid), Some(1));
        // Paths are those the container has.
        let read = seen.find("the read", |event| {
            event.process.container.as_ref().is_some_and(|container| container.id == id)
                && &*event.process.name == "cat"
                && event.fd.as_ref().is_some_and(|fd| &*fd.name == "/etc/passwd")
        });
        assert!(read.succeeded());
        Ok(())
    });
}

#[test]
fn a_privileged_container_of_the_host_is_known_as_such() {
    each("a_privileged_container_of_the_host_is_known_as_such", |seen, runtime, mut bundle| {
        let id = id_of(runtime, "privileged");
        let every: Vec<String> = (0..41)
            .map(|bit| yagura_event::capability_names(1 << bit))
            .filter(|name| name.starts_with("CAP_"))
            .collect();
        let bounding = fs::read_to_string("/proc/self/status").expect("readable");
        let bits =
            bounding.lines().find_map(|line| line.strip_prefix("CapBnd:")).expect("every Linux tells it");
        let bits = u64::from_str_radix(bits.trim(), 16).expect("hexadecimal");
        let mine = yagura_event::capability_names(bits);
        let mine: Vec<&String> =
            every.iter().filter(|name| mine.split(' ').any(|own| own == name.as_str())).collect();
        for set in ["bounding", "effective", "permitted"] {
            bundle.config["process"]["capabilities"][set] = json!(mine);
        }
        bundle.config["linux"]["maskedPaths"] = json!([]);
        bundle.config["linux"]["readonlyPaths"] = json!([]);
        let spaces = bundle.config["linux"]["namespaces"].as_array_mut().expect("a list");
        spaces.retain(|space| space["type"] != "network");
        let _running = bundle.start(runtime, &id, "/bin/id; /bin/mount -t tmpfs none /tmp")?;
        let event = program(seen, &id, "id");
        let found = container(&event);
        // What this machine does not allow cannot be given.
        let expects = mine.iter().any(|name| *name == "CAP_SYS_MODULE");
        assert_eq!(found.privileged, Some(expects));
        assert_eq!((found.host_network, found.host_pid), (Some(true), Some(false)));
        let mount = seen.find("the mount", |event| {
            event.kind == EventKind::Mount
                && event.process.container.as_ref().is_some_and(|container| container.id == id)
                && text(event, ArgName::Path) == "/tmp"
        });
        assert!(mount.succeeded());
        Ok(())
    });
}

#[test]
fn users_of_a_container_with_its_own_numbers_have_its_names() {
    each("users_of_a_container_with_its_own_numbers_have_its_names", |seen, runtime, mut bundle| {
        let id = id_of(runtime, "mapped");
        let map = json!([{"containerID": 0, "hostID": 300_000, "size": 65_536}]);
        bundle.config["linux"]["uidMappings"] = map.clone();
        bundle.config["linux"]["gidMappings"] = map;
        bundle.config["linux"]["namespaces"].as_array_mut().expect("a list").push(json!({"type": "user"}));
        bundle.config["process"]["user"] = json!({"uid": 1000, "gid": 1000});
        give_away(bundle.dir.path());
        let _running = bundle.start(runtime, &id, "/bin/id")?;
        let event = program(seen, &id, "id");
        let who = &event.process.credentials;
        assert_eq!((who.user.id, who.user.name.as_deref()), (301_000, Some("sailor")));
        assert_eq!((who.group.id, who.group.name.as_deref()), (301_000, Some("deck")));
        Ok(())
    });
}

// The mapped root must be able to enter.
fn give_away(dir: &Path) {
    let mut folders: Vec<PathBuf> = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let _ = fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755));
        let _ = std::os::unix::fs::lchown(&folder, Some(300_000), Some(300_000));
        let inside = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        folders.extend(inside.filter(|path| path.is_dir() && !path.is_symlink()));
    }
}
