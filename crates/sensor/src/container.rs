//! Which container a cgroup belongs to, and what its runtime wrote down about it.
//!
//! The id comes from the cgroup's name; name, image, mounts and privileges from the runtime's own state files, where
//! they can be read. Nothing is asked over a socket.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, UNIX_EPOCH},
};

use serde_json::Value;
use yagura_event::{Container, Mount, Timestamp};

use crate::limits::{CONTAINER_BYTES_MAX, CONTAINERS_MAX};

/// How long a cgroup without a described container is taken as such before files are looked for again.
const AGAIN: Duration = Duration::from_millis(20);
/// How long a description is taken as read before it is asked whether it is still the same.
const FRESH: Duration = Duration::from_secs(1);

/// Containers by cgroup. Bounded: when there are too many, all are forgotten and found again.
///
/// Plain names are used again: what a name meant a moment ago says nothing of what it means now. So every answer ages.
pub(crate) struct Containers {
    by_cgroup: HashMap<Box<str>, Known>,
    // Where low-level runtimes keep one folder a container, by the runtime's name.
    states: Vec<(&'static str, PathBuf)>,
}

struct Known {
    container: Option<Arc<Container>>,
    // Which file described it, and its state then.
    described: Option<Stamp>,
    looked: Instant,
}

type Reader = fn(Container, &Path) -> Option<Container>;

/// Tells a file from another one that was put in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    inode: u64,
    created: (i64, i64),
}

impl Stamp {
    // The folder stays while the runtime rewrites the file in it; it goes with the container.
    fn of(file: &Path) -> Option<Self> {
        let path = file.parent()?.to_owned();
        let data = std::fs::metadata(&path).ok()?;
        let born = data.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let created = born.map_or((data.ctime(), data.ctime_nsec()), |time| {
            (i64::try_from(time.as_secs()).unwrap_or(i64::MAX), i64::from(time.subsec_nanos()))
        });
        Some(Self { path, inode: data.ino(), created })
    }

    // A container that is gone stays described: its last events are still to come.
    fn is_replaced(&self) -> bool {
        Self::of(&self.path.join("_")).is_some_and(|now| now != *self)
    }
}

impl Default for Containers {
    fn default() -> Self {
        Self::with_states(STATES.map(|(runtime, path)| (runtime, PathBuf::from(path))).into())
    }
}

impl Containers {
    fn with_states(states: Vec<(&'static str, PathBuf)>) -> Self {
        Self { by_cgroup: HashMap::new(), states }
    }

    /// The container of a cgroup; `None` on the host. The answer may be some milliseconds old.
    pub(crate) fn find(&mut self, cgroup: &str) -> Option<Arc<Container>> {
        self.look(cgroup, AGAIN, FRESH)
    }

    /// The container of a cgroup at this moment: for a program that begins, which may be a container's first.
    pub(crate) fn find_now(&mut self, cgroup: &str) -> Option<Arc<Container>> {
        self.look(cgroup, Duration::ZERO, Duration::ZERO)
    }

    fn look(&mut self, cgroup: &str, again: Duration, fresh: Duration) -> Option<Arc<Container>> {
        let known = self.by_cgroup.get_mut(cgroup);
        if let Some(known) = known {
            let age_max = if known.described.is_some() { fresh } else { again };
            if known.looked.elapsed() < age_max {
                return known.container.clone();
            }
            if known.described.as_ref().is_some_and(|stamp| !stamp.is_replaced()) {
                known.looked = Instant::now();
                return known.container.clone();
            }
        }
        let mut found = self.read(cgroup);
        match self.by_cgroup.get_mut(cgroup) {
            // The runtime took its files away: the container's last processes still belong to it.
            Some(known) if found.container.is_none() => known.looked = found.looked,
            Some(known) => {
                let same = found.described.is_none() && found.container == known.container;
                if same {
                    found.container.clone_from(&known.container);
                }
                *known = found;
            }
            None => {
                if self.by_cgroup.len() >= CONTAINERS_MAX {
                    self.by_cgroup.clear();
                }
                self.by_cgroup.insert(cgroup.into(), found);
            }
        }
        self.by_cgroup.get(cgroup)?.container.clone()
    }

    fn read(&self, cgroup: &str) -> Known {
        let looked = Instant::now();
        let Some((runtime, id)) = self.identify(cgroup) else {
            return Known { container: None, described: None, looked };
        };
        let described = self.describe(runtime, &id);
        let (container, stamp) = match described {
            Some((container, file)) => (container, Stamp::of(&file)),
            None => (Container { id, runtime: runtime.to_owned(), ..Container::default() }, None),
        };
        Known { container: Some(Arc::new(container)), described: stamp, looked }
    }

    /// Containers known at present.
    pub(crate) fn count(&self) -> usize {
        let mut ids: Vec<&str> = self
            .by_cgroup
            .values()
            .filter_map(|known| known.container.as_deref())
            .map(|container| container.id.as_str())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.len()
    }

    /// Runtime and container id in a cgroup's path, by the names the runtimes give their cgroups.
    ///
    /// Who may make cgroups on the host, or below its own in a container that was given them writable, can name one after
    /// any container and be shown as that container's. A name below its own does not make it one of the host, because
    /// every part of the path counts; only leaving the container's cgroup does, which takes the host's cgroups mounted
    /// writable.
    fn identify(&self, cgroup: &str) -> Option<(&'static str, String)> {
        const SCOPES: [(&str, &str); 5] = [
            ("cri-containerd-", "containerd"),
            ("crio-", "cri-o"),
            ("docker-", "docker"),
            ("libpod-", "podman"),
            ("nerdctl-", "containerd"),
        ];
        // A container may make cgroups below its own, so every part is looked at, the innermost first.
        for part in cgroup.rsplit('/').filter(|part| !part.is_empty()) {
            let name = part.strip_suffix(".scope").unwrap_or(part);
            for (prefix, runtime) in SCOPES {
                if let Some(id) = name.strip_prefix(prefix).filter(|id| is_hex_id(id)) {
                    return Some((runtime, id.to_owned()));
                }
            }
            // containerd's systemd form: kubepods-….slice:cri-containerd:ID
            if let Some(id) = name.rsplit(':').next().filter(|id| is_hex_id(id)) {
                return Some((runtime_of(cgroup), id.to_owned()));
            }
            if let Some(id) =
                cgroup.split_once("/lxc/").map(|(_, rest)| rest.split('/').next().unwrap_or(rest))
                && !id.is_empty()
            {
                return Some(("lxc", id.to_owned()));
            }
            for (runtime, state) in &self.states {
                if is_plain_name(name) && state.join(name).is_dir() {
                    return Some((*runtime, name.to_owned()));
                }
            }
        }
        None
    }

    // With the file that told it.
    fn describe(&self, runtime: &str, id: &str) -> Option<(Container, PathBuf)> {
        let base = Container { id: id.to_owned(), runtime: runtime.to_owned(), ..Container::default() };
        let storage = |root: &str| {
            PathBuf::from(format!("{root}/storage/overlay-containers/{id}/userdata/config.json"))
        };
        let state = |file: &str| {
            let (_, folder) = self.states.iter().find(|(name, _)| *name == runtime)?;
            Some(folder.join(id).join(file))
        };
        let (read, file): (Reader, PathBuf) = match runtime {
            "docker" => (docker, PathBuf::from("/var/lib/docker/containers").join(id).join("config.v2.json")),
            "podman" => (oci, storage("/var/lib/containers")),
            "cri-o" => (oci, storage("/run/containers")),
            "containerd" => {
                let tasks = ["k8s.io", "default", "moby"].map(|space| {
                    let task =
                        format!("/run/containerd/io.containerd.runtime.v2.task/{space}/{id}/config.json");
                    PathBuf::from(task)
                });
                (oci, tasks.into_iter().find(|file| file.exists())?)
            }
            "runc" => (low_level, state("state.json")?),
            "crun" => (low_level, state("status")?),
            _ => return None,
        };
        Some((read(base, &file)?, file))
    }
}

// Folders where low-level runtimes keep one folder a container.
const STATES: [(&str, &str); 3] = [("runc", "/run/runc"), ("crun", "/run/crun"), ("youki", "/run/youki")];

fn is_hex_id(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_plain_name(text: &str) -> bool {
    text.len() <= 255
        && text != "."
        && text != ".."
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-.".contains(&byte))
}

fn runtime_of(cgroup: &str) -> &'static str {
    let known = [
        ("crio", "cri-o"),
        ("docker", "docker"),
        ("libpod", "podman"),
        ("containerd", "containerd"),
        ("kubepods", "containerd"),
    ];
    known.into_iter().find(|(word, _)| cgroup.contains(word)).map_or("containerd", |(_, runtime)| runtime)
}

// runc keeps the whole configuration in state.json; crun names the bundle.
fn low_level(mut container: Container, path: &Path) -> Option<Container> {
    let state = json(path)?;
    let labels = state.pointer("/config/labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let bundle = labels
        .iter()
        .filter_map(Value::as_str)
        .find_map(|label| label.strip_prefix("bundle="))
        .map(str::to_owned);
    let bundle = bundle.or_else(|| state.get("bundle").and_then(Value::as_str).map(str::to_owned));
    container.created =
        state.get("created").and_then(Value::as_str).and_then(|text| Timestamp::parse_rfc3339(text).ok());
    container.rootfs = text(&state, "/config/rootfs").or_else(|| text(&state, "/rootfs"));
    container.name = Some(container.id.clone());
    match bundle {
        Some(bundle) => {
            let described = oci(container.clone(), &PathBuf::from(bundle).join("config.json"));
            Some(described.unwrap_or(container))
        }
        None => Some(container),
    }
}

fn oci(mut container: Container, path: &Path) -> Option<Container> {
    let config = json(path)?;
    let annotation = |names: &[&str]| {
        let annotations = config.get("annotations")?;
        names.iter().find_map(|name| annotations.get(name)?.as_str()).map(str::to_owned)
    };
    container.mounts = config
        .get("mounts")
        .and_then(Value::as_array)
        .map(|mounts| mounts.iter().map(mount).collect())
        .unwrap_or_default();
    container.env = strings(&config, "/process/env");
    container.privileged = Some(is_privileged(&config));
    let namespaces: Vec<&str> = config
        .pointer("/linux/namespaces")
        .and_then(Value::as_array)
        .map(|list| {
            list.iter()
                .filter(|space| space.get("path").is_none())
                .filter_map(|space| space.get("type")?.as_str())
                .collect()
        })
        .unwrap_or_default();
    container.host_pid = Some(!namespaces.contains(&"pid"));
    container.host_network = Some(!namespaces.contains(&"network"));
    container.host_ipc = Some(!namespaces.contains(&"ipc"));
    container.name = annotation(&[
        "io.kubernetes.cri.container-name",
        "io.kubernetes.container.name",
        "io.kubernetes.cri-o.ContainerName",
        "io.podman.annotations.name",
    ])
    .or(container.name);
    container.pod_name = annotation(&["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"]);
    container.pod_namespace =
        annotation(&["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"]);
    container.pod_uid = annotation(&["io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"]);
    if let Some(image) = annotation(&[
        "io.kubernetes.cri.image-name",
        "io.kubernetes.cri-o.ImageName",
        "org.opencontainers.image.ref.name",
    ]) {
        set_image(&mut container, &image);
    }
    container.rootfs =
        container.rootfs.or_else(|| text(&config, "/root/path").filter(|path| path.starts_with('/')));
    Some(container)
}

fn docker(mut container: Container, path: &Path) -> Option<Container> {
    let config = json(path)?;
    let host = json(&path.with_file_name("hostconfig.json")).unwrap_or(Value::Null);
    container.name = text(&config, "/Name").map(|name| name.trim_start_matches('/').to_owned());
    container.created = text(&config, "/Created").and_then(|time| Timestamp::parse_rfc3339(&time).ok());
    container.image_id = text(&config, "/Image");
    container.env = strings(&config, "/Config/Env");
    container.privileged = host.get("Privileged").and_then(Value::as_bool);
    container.host_pid = text(&host, "/PidMode").map(|mode| mode == "host");
    container.host_network = text(&host, "/NetworkMode").map(|mode| mode == "host");
    container.host_ipc = text(&host, "/IpcMode").map(|mode| mode == "host");
    if let Some(labels) = config.pointer("/Config/Labels").and_then(Value::as_object) {
        container.labels = labels
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
    }
    if let Some(mounts) = config.get("MountPoints").and_then(Value::as_object) {
        let mount = |mount: &Value| Mount {
            source: text(mount, "/Source").unwrap_or_default(),
            dest: text(mount, "/Destination").unwrap_or_default(),
            mode: text(mount, "/Mode").unwrap_or_default(),
            rdwr: mount.get("RW").and_then(Value::as_bool).unwrap_or(false),
            propagation: text(mount, "/Propagation").unwrap_or_default(),
        };
        container.mounts = mounts.values().map(mount).collect();
    }
    if let Some(image) = text(&config, "/Config/Image") {
        set_image(&mut container, &image);
    }
    Some(container)
}

// repository[:tag][@digest]; a colon before the last slash is a port.
fn set_image(container: &mut Container, image: &str) {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let tag_at = name.rfind(':').filter(|colon| name.rfind('/').is_none_or(|slash| slash < *colon));
    let (repository, tag) = tag_at.map_or((name, None), |colon| (&name[..colon], Some(&name[colon + 1..])));
    container.image = Some(image.to_owned());
    container.image_repository = Some(repository.to_owned());
    container.image_tag = tag.map(str::to_owned);
    container.image_digest = digest.map(str::to_owned);
}

// There is no such word in an OCI configuration. What `--privileged` gives is: every capability, nothing masked.
fn is_privileged(config: &Value) -> bool {
    let bounding = strings(config, "/process/capabilities/bounding");
    let has = |name: &str| bounding.iter().any(|capability| capability == name);
    let none = |path: &str| config.pointer(path).and_then(Value::as_array).is_none_or(Vec::is_empty);
    has("CAP_SYS_ADMIN")
        && has("CAP_SYS_MODULE")
        && none("/linux/maskedPaths")
        && none("/linux/readonlyPaths")
}

fn mount(value: &Value) -> Mount {
    let options = strings(value, "/options");
    let propagation = ["rprivate", "private", "rshared", "shared", "rslave", "slave"];
    Mount {
        source: text(value, "/source").unwrap_or_default(),
        dest: text(value, "/destination").unwrap_or_default(),
        rdwr: !options.iter().any(|option| option == "ro"),
        propagation: options
            .iter()
            .find(|option| propagation.contains(&option.as_str()))
            .cloned()
            .unwrap_or_default(),
        mode: options.join(","),
    }
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

fn strings(value: &Value, pointer: &str) -> Vec<String> {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect()).unwrap_or_default()
}

fn json(path: &Path) -> Option<Value> {
    let file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(CONTAINER_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn check(cgroup: &str, expected: Option<&str>) {
        let found = Containers::default().identify(&cgroup.replace("ID", ID));
        assert_eq!(found.as_ref().map(|(runtime, _)| *runtime), expected, "{cgroup}");
        if let Some((_, id)) = found {
            assert!(id == ID || expected == Some("lxc"), "{cgroup}: {id}");
        }
    }

    #[test]
    fn runtimes_are_known_by_their_cgroups() {
        check("/docker/ID", Some("docker"));
        check("/system.slice/docker-ID.scope", Some("docker"));
        check("/kubepods/besteffort/podaaa/ID", Some("containerd"));
        check("/kubepods.slice/kubepods-pod1.slice/cri-containerd-ID.scope", Some("containerd"));
        check(
            "/system.slice/containerd.service/kubepods-besteffort-pod1.slice:cri-containerd:ID",
            Some("containerd"),
        );
        check("/kubepods.slice/crio-ID.scope", Some("cri-o"));
        check("/machine.slice/libpod-ID.scope/container", Some("podman"));
        check("/lxc/web/init", Some("lxc"));
        check("/user.slice/user-1000.slice/session-2.scope", None);
        check("/", None);
        check("", None);
    }

    #[test]
    fn images_split_into_repository_tag_and_digest() {
        let mut container = Container::default();
        set_image(&mut container, "registry:5000/team/app:1.2@sha256:abc");
        assert_eq!(container.image_repository.as_deref(), Some("registry:5000/team/app"));
        assert_eq!(container.image_tag.as_deref(), Some("1.2"));
        assert_eq!(container.image_digest.as_deref(), Some("sha256:abc"));
        set_image(&mut container, "registry:5000/app");
        assert_eq!(container.image_repository.as_deref(), Some("registry:5000/app"));
        assert_eq!(container.image_tag, None);
    }

    #[test]
    fn a_name_that_is_used_again_is_another_container() {
        let state = tempfile::tempdir().expect("a folder");
        let mut containers = Containers::with_states(vec![("runc", state.path().to_owned())]);
        let folder = state.path().join("web");
        let begin = |created: &str| {
            std::fs::create_dir(&folder).expect("writable");
            let text = format!(r#"{{"created":"{created}","config":{{"rootfs":"/r"}}}}"#);
            std::fs::write(folder.join("state.json"), text).expect("writable");
        };
        let created = |container: Option<Arc<Container>>| container.and_then(|container| container.created);
        let age = |containers: &mut Containers| {
            let known = containers.by_cgroup.get_mut("/web").expect("it was asked for");
            known.looked = Instant::now().checked_sub(FRESH).expect("the machine runs longer than that");
        };
        // The cgroup may be there before the runtime says whose it is.
        assert_eq!(containers.find_now("/web"), None);
        begin("2026-01-01T00:00:00Z");
        let first = containers.find_now("/web");
        assert_eq!(created(first.clone()), Timestamp::parse_rfc3339("2026-01-01T00:00:00Z").ok());
        // Its last processes belong to it, though its files are gone.
        std::fs::remove_dir_all(&folder).expect("writable");
        age(&mut containers);
        assert_eq!(containers.find("/web"), first);
        begin("2026-02-02T00:00:00Z");
        age(&mut containers);
        assert_eq!(created(containers.find("/web")), Timestamp::parse_rfc3339("2026-02-02T00:00:00Z").ok());
    }
}
