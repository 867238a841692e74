//! Which container a cgroup belongs to, and what its runtime wrote down about it.
//!
//! The id comes from the cgroup's name; name, image, mounts and privileges from the runtime's own state files, where
//! they can be read; what those do not tell of a pod, its runtime's socket does, later and on another thread (`cri`).

mod cri;
mod describe;

use std::{
    collections::HashMap,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant, UNIX_EPOCH},
};

use yagura_event::Container;

use self::cri::{Answer, Cri};
use crate::limits::CONTAINERS_MAX;

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
    // Where the other runtimes' folders begin: `/`.
    root: PathBuf,
    cri: Cri,
}

struct Known {
    container: Option<Arc<Container>>,
    // Its runtime was asked for more and did not answer yet.
    is_waiting: bool,
    // Which file described it, and its state then.
    described: Option<Stamp>,
    looked: Instant,
}

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
        Self::with_root(states, "/".into())
    }

    fn with_root(states: Vec<(&'static str, PathBuf)>, root: PathBuf) -> Self {
        let cri = Cri::under(&root);
        Self { by_cgroup: HashMap::new(), states, root, cri }
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
            let is_told = known.is_waiting
                && known.container.as_ref().is_some_and(|container| self.cri.has_answer(&container.id));
            let age_max = if known.described.is_some() { fresh } else { again };
            if known.looked.elapsed() < age_max && !is_told {
                return known.container.clone();
            }
            if known.described.as_ref().is_some_and(|stamp| !stamp.is_replaced()) && !is_told {
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

    fn read(&mut self, cgroup: &str) -> Known {
        let looked = Instant::now();
        let Some((runtime, id)) = self.identify(cgroup) else {
            return Known { container: None, is_waiting: false, described: None, looked };
        };
        let base = Container {
            id: id.clone(),
            runtime: runtime.to_owned(),
            pod_uid: pod_uid(cgroup),
            ..Container::default()
        };
        let described = self.describe(base.clone(), cgroup);
        let (mut container, stamp) = match described {
            Some((container, file)) => (container, Stamp::of(&file)),
            None => (base, None),
        };
        let told = self.cri.facts(runtime, &id);
        if let Answer::Told(facts) = &told {
            facts.fill(&mut container);
        }
        let is_waiting = matches!(told, Answer::Asked);
        Known { container: Some(Arc::new(container)), is_waiting, described: stamp, looked }
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
    fn describe(&self, base: Container, cgroup: &str) -> Option<(Container, PathBuf)> {
        let at = |path: &str| self.root.join(path);
        let id = base.id.clone();
        match base.runtime.as_str() {
            "docker" => {
                let file = at("var/lib/docker/containers").join(&id).join("config.v2.json");
                Some((describe::docker(base, &file, &at("var/lib/docker/image"))?, file))
            }
            "podman" | "cri-o" => self.storages(cgroup).into_iter().find_map(|storage| {
                let file = storage.join("overlay-containers").join(&id).join("userdata/config.json");
                Some((describe::stored(base.clone(), &file, &storage)?, file))
            }),
            "containerd" => {
                let spaces = at("run/containerd/io.containerd.runtime.v2.task");
                let spaces = std::fs::read_dir(spaces).ok()?.take(NAMESPACES_MAX).flatten();
                let mut files = spaces.map(|space| space.path().join(&id).join("config.json"));
                let file = files.find(|file| file.exists())?;
                Some((describe::oci(base, &file)?, file))
            }
            runtime => {
                let (_, folder) = self.states.iter().find(|(name, _)| *name == runtime)?;
                let file = folder.join(&id).join(if runtime == "crun" { "status" } else { "state.json" });
                Some((describe::low_level(base, &file)?, file))
            }
        }
    }

    // Where podman and CRI-O keep containers: the machine's store, and that of the user whose cgroup it is.
    fn storages(&self, cgroup: &str) -> Vec<PathBuf> {
        let mut storages: Vec<PathBuf> =
            ["var/lib/containers/storage", "run/containers/storage"].map(|path| self.root.join(path)).into();
        let uid = cgroup.split('/').find_map(|part| part.strip_prefix("user-")?.strip_suffix(".slice"));
        if let Some(home) = uid.and_then(|uid| describe::home(&self.root.join("etc/passwd"), uid)) {
            let home = home.strip_prefix('/').unwrap_or(&home).to_owned();
            storages.push(self.root.join(home).join(".local/share/containers/storage"));
        }
        storages
    }
}

/// Namespaces of containerd that are looked into.
const NAMESPACES_MAX: usize = 64;

// The kubelet names a pod's cgroup after its uid, with underscores where systemd wants no dashes.
fn pod_uid(cgroup: &str) -> Option<String> {
    cgroup.split('/').find_map(|part| {
        let (_, rest) = part.strip_suffix(".slice").unwrap_or(part).rsplit_once("pod")?;
        let uid = rest.split(':').next()?.replace('_', "-");
        let uid = uid.strip_suffix(".slice").unwrap_or(&uid).to_owned();
        let is_uid = uid.len() == 36 && uid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        is_uid.then_some(uid)
    })
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

#[cfg(test)]
mod tests {
    use yagura_event::Timestamp;

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

    // A root with one file in it for each name.
    fn root(files: &[(&str, &str)]) -> (tempfile::TempDir, Containers) {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = root.path().join(path.replace("ID", ID));
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            std::fs::write(path, text.replace("ID", ID)).expect("writable");
        }
        let states = STATES.map(|(runtime, path)| (runtime, PathBuf::from(path))).into();
        let containers = Containers::with_root(states, root.path().to_owned());
        (root, containers)
    }

    fn described(containers: &mut Containers, cgroup: &str) -> Container {
        let found = containers.find_now(&cgroup.replace("ID", ID)).expect("a container");
        assert_eq!(found.id, ID);
        Container::clone(&found)
    }

    #[test]
    fn docker_tells_image_digest_mounts_and_privileges() {
        let (_root, mut containers) = root(&[
            (
                "var/lib/docker/containers/ID/config.v2.json",
                r#"{"Name":"/web","Created":"2026-01-02T03:04:05Z","Image":"sha256:1111",
                    "Config":{"Image":"shop/web:1.2","Env":["A=b"],"Labels":{"team":"shop"}},
                    "MountPoints":{"/data":{"Source":"/srv","Destination":"/data","RW":true,"Propagation":"rprivate"}},
                    "NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}"#,
            ),
            (
                "var/lib/docker/containers/ID/hostconfig.json",
                r#"{"Privileged":true,"NetworkMode":"bridge","PidMode":"host","CapAdd":["NET_ADMIN"]}"#,
            ),
            (
                "var/lib/docker/image/overlay2/repositories.json",
                r#"{"Repositories":{"shop/web":{"shop/web:1.2":"sha256:1111","shop/web@sha256:abcd":"sha256:1111"}}}"#,
            ),
        ]);
        let found = described(&mut containers, "/system.slice/docker-ID.scope");
        assert_eq!(found.name.as_deref(), Some("web"));
        assert_eq!((found.image.as_deref(), found.image_tag.as_deref()), (Some("shop/web:1.2"), Some("1.2")));
        assert_eq!(found.image_digest.as_deref(), Some("sha256:abcd"));
        assert_eq!(
            (found.privileged, found.host_pid, found.host_network),
            (Some(true), Some(true), Some(false))
        );
        assert_eq!(found.mounts[0].source, "/srv");
        assert_eq!(found.ip.as_deref(), Some("172.17.0.2"));
        assert_eq!(found.capabilities, ["CAP_NET_ADMIN"]);
    }

    const OCI: &str = r#"{"process":{"env":["A=b"],"capabilities":{"bounding":["CAP_CHOWN","CAP_NET_RAW"]}},
        "mounts":[{"destination":"/host","source":"/","type":"bind","options":["rbind","ro","rprivate"]}],
        "linux":{"namespaces":[{"type":"pid"},{"type":"network","path":"/var/run/netns/x"}],"maskedPaths":["/proc/kcore"]},
        "annotations":ANNOTATIONS}"#;

    #[test]
    fn podman_tells_its_names_for_root_and_for_users() {
        let lists = [
            (
                "overlay-containers/containers.json",
                r#"[{"id":"other"},{"id":"ID","names":["shop-web"],"image":"2222","created":"2026-01-02T03:04:05Z",
                    "metadata":"{\"image-name\":\"registry.example:5000/shop/web:2\",\"image-id\":\"2222\",\"name\":\"web\"}"}]"#,
            ),
            (
                "overlay-images/images.json",
                r#"[{"id":"2222","digest":"sha256:ef01","names":["registry.example:5000/shop/web:2"]}]"#,
            ),
        ];
        for (storage, cgroup) in [
            ("var/lib/containers/storage", "/machine.slice/libpod-ID.scope/container"),
            (
                "home/ann/.local/share/containers/storage",
                "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope",
            ),
        ] {
            let mut files: Vec<(String, String)> =
                lists.iter().map(|(path, text)| (format!("{storage}/{path}"), (*text).to_owned())).collect();
            files.push((
                format!("{storage}/overlay-containers/ID/userdata/config.json"),
                OCI.replace("ANNOTATIONS", "{}"),
            ));
            files.push(("etc/passwd".to_owned(), "ann:x:1000:1000::/home/ann:/bin/sh\n".to_owned()));
            let files: Vec<(&str, &str)> =
                files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            let (_root, mut containers) = root(&files);
            let found = described(&mut containers, cgroup);
            assert_eq!(
                (found.runtime.as_str(), found.name.as_deref()),
                ("podman", Some("shop-web")),
                "{storage}"
            );
            assert_eq!(found.image_repository.as_deref(), Some("registry.example:5000/shop/web"));
            assert_eq!(found.image_digest.as_deref(), Some("sha256:ef01"));
            assert_eq!(found.image_id.as_deref(), Some("2222"));
            assert_eq!((found.host_pid, found.host_network), (Some(false), Some(false)));
            assert_eq!((found.mounts[0].rdwr, found.mounts[0].propagation.as_str()), (false, "rprivate"));
            assert_eq!(found.capabilities, ["CAP_CHOWN", "CAP_NET_RAW"]);
        }
    }

    #[test]
    fn kubernetes_names_come_from_cri_o_and_containerd() {
        let uid = "0a1b2c3d-0000-1111-2222-333344445555";
        let crio = r#"{"io.kubernetes.container.name":"app","io.kubernetes.pod.name":"web-1",
            "io.kubernetes.pod.namespace":"shop","io.kubernetes.cri-o.ImageName":"registry/app:3",
            "io.kubernetes.cri-o.ImageRef":"registry/app@sha256:aa11",
            "io.kubernetes.cri-o.Labels":"{\"tier\":\"front\",\"io.kubernetes.pod.uid\":\"u\"}"}"#;
        let containerd = r#"{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"web-1",
            "io.kubernetes.cri.sandbox-namespace":"shop","io.kubernetes.cri.image-name":"registry/app:3@sha256:aa11"}"#;
        for (file, annotations, cgroup) in [
            (
                "var/lib/containers/storage/overlay-containers/ID/userdata/config.json",
                crio,
                format!(
                    "/kubepods.slice/kubepods-besteffort-pod{}.slice/crio-ID.scope",
                    uid.replace('-', "_")
                ),
            ),
            (
                "run/containerd/io.containerd.runtime.v2.task/anything/ID/config.json",
                containerd,
                format!("/kubepods/burstable/pod{uid}/ID"),
            ),
        ] {
            let (_root, mut containers) = root(&[(file, &OCI.replace("ANNOTATIONS", annotations))]);
            let found = described(&mut containers, &cgroup);
            assert_eq!(found.name.as_deref(), Some("app"), "{file}");
            assert_eq!(
                (found.pod_name.as_deref(), found.pod_namespace.as_deref()),
                (Some("web-1"), Some("shop"))
            );
            assert_eq!(found.pod_uid.as_deref(), Some(uid));
            assert_eq!(found.image_repository.as_deref(), Some("registry/app"));
            assert_eq!(found.image_digest.as_deref(), Some("sha256:aa11"));
            assert_eq!(found.pod_labels.contains_key("tier"), file.starts_with("var"));
        }
    }

    #[test]
    fn damaged_files_leave_the_id() {
        let (_root, mut containers) = root(&[
            ("var/lib/docker/containers/ID/config.v2.json", "{\"Name\":"),
            ("var/lib/containers/storage/overlay-containers/containers.json", "[[[["),
        ]);
        assert_eq!(described(&mut containers, "/docker/ID").name, None);
        assert_eq!(described(&mut containers, "/machine.slice/libpod-ID.scope").image, None);
    }
}
