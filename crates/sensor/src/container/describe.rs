//! What runtimes wrote down about a container, file by file.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use serde_json::Value;
use yagura_event::{Container, Mount, Timestamp};

use crate::limits::{ACCOUNTS_BYTES_MAX, CONTAINER_BYTES_MAX};

/// The state of a low-level runtime, and the OCI configuration it names.
// runc keeps the whole configuration in state.json; crun names the bundle.
pub(super) fn low_level(mut container: Container, path: &Path) -> Option<Container> {
    let state = json(path)?;
    let labels = state.pointer("/config/labels").and_then(Value::as_array).cloned().unwrap_or_default();
    let bundle = labels
        .iter()
        .filter_map(Value::as_str)
        .find_map(|label| label.strip_prefix("bundle="))
        .map(str::to_owned);
    let bundle = bundle.or_else(|| state.get("bundle").and_then(Value::as_str).map(str::to_owned));
    container.created = time(&state, "/created");
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

pub(super) fn oci(mut container: Container, path: &Path) -> Option<Container> {
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
    container.capabilities = strings(&config, "/process/capabilities/bounding");
    container.privileged = Some(is_privileged(&config));
    let namespaces: Vec<&str> = config
        .pointer("/linux/namespaces")
        .and_then(Value::as_array)
        .map(|list| {
            // One with a path is joined: that of the pod, unless it is the first process's.
            list.iter()
                .filter(|space| {
                    space.get("path").and_then(Value::as_str).is_none_or(|path| !path.starts_with("/proc/1/"))
                })
                .filter_map(|space| space.get("type")?.as_str())
                .collect()
        })
        .unwrap_or_default();
    let shares = |name: &str| Some(!namespaces.contains(&name));
    (container.host_pid, container.host_network, container.host_ipc) =
        (shares("pid"), shares("network"), shares("ipc"));
    container.name = annotation(&[
        "io.kubernetes.cri.container-name",
        "io.kubernetes.container.name",
        "io.kubernetes.cri-o.ContainerName",
        "io.podman.annotations.name",
    ])
    .or(container.name);
    container.pod_sandbox_id = annotation(&["io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"]);
    container.pod_name = annotation(&["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"]);
    container.pod_namespace =
        annotation(&["io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace"]);
    container.pod_uid =
        annotation(&["io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid"]).or(container.pod_uid);
    let labels = annotation(&["io.kubernetes.cri-o.Labels"]);
    let labels = labels.and_then(|text| serde_json::from_str::<BTreeMap<String, String>>(&text).ok());
    container.pod_labels = labels.unwrap_or_default();
    if let Some(image) = annotation(&[
        "io.kubernetes.cri.image-name",
        "io.kubernetes.cri-o.ImageName",
        "org.opencontainers.image.ref.name",
    ]) {
        set_image(&mut container, &image);
    }
    let reference = annotation(&["io.kubernetes.cri-o.ImageRef"]);
    let digest =
        reference.as_deref().and_then(|reference| reference.split_once('@')).map(|(_, digest)| digest);
    container.image_digest = container.image_digest.or_else(|| digest.map(str::to_owned));
    container.rootfs =
        container.rootfs.or_else(|| text(&config, "/root/path").filter(|path| path.starts_with('/')));
    Some(container)
}

pub(super) fn docker(mut container: Container, path: &Path, images: &Path) -> Option<Container> {
    let config = json(path)?;
    let host = json(&path.with_file_name("hostconfig.json")).unwrap_or(Value::Null);
    container.name = text(&config, "/Name").map(|name| name.trim_start_matches('/').to_owned());
    container.created = time(&config, "/Created");
    container.image_id = text(&config, "/Image");
    container.env = strings(&config, "/Config/Env");
    // What it has beyond the runtime's own list.
    container.capabilities = strings(&host, "/CapAdd").iter().map(|name| capability(name)).collect();
    let networks = config.pointer("/NetworkSettings/Networks").and_then(Value::as_object);
    container.ip = networks.and_then(|networks| {
        networks.values().filter_map(|network| text(network, "/IPAddress")).find(|ip| !ip.is_empty())
    });
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
    if container.image_digest.is_none() {
        container.image_digest = container.image_id.as_deref().and_then(|id| docker_digest(images, id));
    }
    Some(container)
}

// Docker lists for each repository its references and the image each stands for; one of them is by digest.
fn docker_digest(images: &Path, id: &str) -> Option<String> {
    let drivers = std::fs::read_dir(images).ok()?.take(DRIVERS_MAX).flatten();
    let lists = drivers.filter_map(|driver| json(&driver.path().join("repositories.json")));
    lists.into_iter().find_map(|list| {
        let repositories = list.get("Repositories")?.as_object()?.values();
        let references = repositories.filter_map(Value::as_object).flatten();
        let mut digests = references.filter(|(_, image)| image.as_str() == Some(id));
        digests.find_map(|(reference, _)| reference.split_once('@').map(|(_, digest)| digest.to_owned()))
    })
}

/// Storage drivers that are looked into.
const DRIVERS_MAX: usize = 16;

// The name as the kernel's headers have it.
fn capability(name: &str) -> String {
    let name = name.to_ascii_uppercase();
    if name.starts_with("CAP_") { name } else { format!("CAP_{name}") }
}

/// What podman and CRI-O keep in a store (containers/storage): the OCI configuration, and lists of containers and images.
pub(super) fn stored(container: Container, config: &Path, storage: &Path) -> Option<Container> {
    let id = container.id.clone();
    let find = |list: &str, id: &str| {
        let list = json(&storage.join(list))?;
        list.as_array()?.iter().find(|entry| entry.get("id").and_then(Value::as_str) == Some(id)).cloned()
    };
    let entry = find("overlay-containers/containers.json", &id);
    let described = oci(container.clone(), config);
    if entry.is_none() {
        return described;
    }
    let mut container = described.unwrap_or(container);
    let entry = entry.unwrap_or_default();
    let metadata = text(&entry, "/metadata").and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let metadata = metadata.unwrap_or_default();
    container.name = container.name.or_else(|| text(&entry, "/names/0")).or_else(|| text(&metadata, "/name"));
    container.pod_name = container.pod_name.or_else(|| text(&metadata, "/pod-name"));
    container.created = container.created.or_else(|| time(&entry, "/created"));
    container.image_id = text(&entry, "/image").or_else(|| text(&metadata, "/image-id"));
    let image = container.image_id.as_deref().and_then(|id| find("overlay-images/images.json", id));
    let image = image.unwrap_or_default();
    if container.image.is_none()
        && let Some(name) = text(&metadata, "/image-name").or_else(|| text(&image, "/names/0"))
    {
        set_image(&mut container, &name);
    }
    container.image_digest = container.image_digest.or_else(|| text(&image, "/digest"));
    Some(container)
}

/// Home of a user, by the number.
pub(super) fn home(passwd: &Path, uid: &str) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(passwd).ok()?.take(ACCOUNTS_BYTES_MAX).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    text.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        (fields.get(2) == Some(&uid)).then(|| fields.get(5).map(|home| (*home).to_owned())).flatten()
    })
}

// repository[:tag][@digest]; a colon before the last slash is a port.
pub(super) fn set_image(container: &mut Container, image: &str) {
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

fn time(value: &Value, pointer: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(&text(value, pointer)?).ok()
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
}
