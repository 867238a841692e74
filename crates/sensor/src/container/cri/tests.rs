//! The client against a server of the same words, hostile servers, and the real containerd.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::{UnixListener, UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{
    super::Containers,
    message::{nested, number, text},
    *,
};

const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
const POD: &str = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";

fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let stream = u32::from(kind < 2);
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

// The answer's frames: settings, then a message cut in two padded pieces.
fn answer(message: &[u8]) -> Vec<u8> {
    let whole = [&[0][..], &u32::try_from(message.len()).expect("short").to_be_bytes(), message].concat();
    let (one, other) = whole.split_at(whole.len() / 2);
    let padded = |part: &[u8]| [&[3][..], part, &[0; 3]].concat();
    [frame(4, 0, &[]), frame(1, 4, &[0x88]), frame(0, 8, &padded(one)), frame(0, 8, &padded(other))].concat()
}

fn described() -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let label = |name: &str, value: &str| [text(1, name), text(2, value)].concat();
    let container = [
        text(1, ID),
        text(2, POD),
        nested(3, &text(1, "app")),
        nested(4, &text(1, "sha256:cc")),
        text(5, "sha256:cc"),
        number(7, 1_700_000_000_000_000_000),
        nested(8, &label("io.kubernetes.container.name", "app")),
    ]
    .concat();
    let pod = [
        text(1, POD),
        nested(2, &[text(1, "web-1"), text(2, "uid-1"), text(3, "shop")].concat()),
        nested(5, &text(1, "10.0.0.9")),
        nested(6, &nested(1, &nested(2, &[number(1, 2), number(2, 1)].concat()))),
        nested(7, &label("tier", "front")),
        nested(7, &label("empty", "")),
    ]
    .concat();
    let image = [text(1, "sha256:cc"), text(2, "registry/app:3"), text(3, "registry/app@sha256:dd")].concat();
    (nested(1, &container), nested(1, &pod), nested(1, &image))
}

// A root in which a runtime listens and does this with each connection, given the path that was asked for.
fn serve(
    socket: &str,
    act: impl Fn(&mut UnixStream, &str) -> std::io::Result<()> + Send + 'static,
) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join(socket);
    fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
    let listener = UnixListener::bind(path).expect("free");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut asked = vec![0; 4_096];
            let length = stream.read(&mut asked).unwrap_or(0);
            asked.truncate(length);
            let _ = act(&mut stream, &String::from_utf8_lossy(&asked));
        }
    });
    root
}

fn honest(socket: &str) -> tempfile::TempDir {
    let (container, pod, image) = described();
    serve(socket, move |stream, asked| {
        let message = match asked {
            asked if asked.contains("/ListContainers") => &container,
            asked if asked.contains("/PodSandboxStatus") => &pod,
            asked if asked.contains("/ImageStatus") => &image,
            _ => return Ok(()),
        };
        stream.write_all(&answer(message))?;
        // What the client says besides must not meet a closed connection.
        std::io::copy(stream, &mut std::io::sink()).map(drop)
    })
}

// What is known once the runtime had time to answer.
fn settled(containers: &mut Containers, cgroup: &str) -> Arc<Container> {
    let begin = Instant::now();
    loop {
        let found = containers.find(cgroup).expect("a container");
        if found.pod_sandbox_id.is_some() || begin.elapsed() > Duration::from_secs(10) {
            return found;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn under(root: &Path) -> Containers {
    Containers::with_root(Vec::new(), root.to_owned())
}

#[test]
fn a_pod_is_described_by_the_socket_of_its_runtime() {
    for (socket, cgroup) in [
        ("run/containerd/containerd.sock", format!("/kubepods/pod1/{ID}")),
        ("run/k3s/containerd/containerd.sock", format!("/kubepods/pod1/{ID}")),
        ("run/crio/crio.sock", format!("/kubepods.slice/crio-{ID}.scope")),
    ] {
        let root = honest(socket);
        let mut containers = under(root.path());
        let found = settled(&mut containers, &cgroup);
        assert_eq!(found.name.as_deref(), Some("app"), "{socket}");
        assert_eq!(found.pod_name.as_deref(), Some("web-1"));
        assert_eq!((found.pod_uid.as_deref(), found.pod_namespace.as_deref()), (Some("uid-1"), Some("shop")));
        assert_eq!((found.ip.as_deref(), found.pod_sandbox_id.as_deref()), (Some("10.0.0.9"), Some(POD)));
        assert_eq!(found.pod_labels.get("tier").map(String::as_str), Some("front"));
        assert_eq!(found.pod_labels.get("empty").map(String::as_str), Some(""));
        assert_eq!(found.image.as_deref(), Some("registry/app:3"));
        assert_eq!((found.host_network, found.host_pid), (Some(true), None));
        assert_eq!(found.image_repository.as_deref(), Some("registry/app"));
        assert_eq!(found.image_id.as_deref(), Some("sha256:cc"));
        assert_eq!(found.image_digest.as_deref(), Some("sha256:dd"));
        // The same picture from now on: a new one would cost a new process for every event.
        assert!(Arc::ptr_eq(&found, &containers.find(&cgroup).expect("a container")));
    }
}

#[test]
fn a_hostile_socket_costs_nothing_but_its_answer() {
    type Act = fn(&mut UnixStream) -> std::io::Result<()>;
    let cases: [(&str, Act); 6] = [
        ("it says nothing", |_| {
            std::thread::sleep(Duration::from_secs(5));
            Ok(())
        }),
        ("it hangs up", |_| Ok(())),
        ("it speaks something else", |stream| stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nhello")),
        ("it never ends", |stream| {
            let ping = frame(6, 1, &[0; 8]);
            loop {
                stream.write_all(&ping)?;
            }
        }),
        ("it announces more than is read", |stream| {
            stream.write_all(&frame(0, 0, &[0, 0xff, 0xff, 0xff, 0xff]))
        }),
        ("its message is damaged", |stream| stream.write_all(&answer(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f]))),
    ];
    for (case, act) in cases {
        let root = serve("run/containerd/containerd.sock", move |stream, _| act(stream));
        let mut containers = under(root.path());
        let begin = Instant::now();
        let found = containers.find(&format!("/kubepods/pod1/{ID}")).expect("a container");
        assert!(
            begin.elapsed() < Duration::from_millis(500),
            "{case}: the look waited {:?}",
            begin.elapsed()
        );
        assert_eq!((found.id.as_str(), found.pod_name.as_deref()), (ID, None), "{case}");
        let path = root.path().join("run/containerd/containerd.sock");
        let begin = Instant::now();
        let endpoint = Endpoint { path: &path, deadline: begin + Duration::from_millis(300) };
        let answer = describe(&endpoint, ID);
        assert!(!matches!(answer, Ok(Some(Facts { pod_name: Some(_), .. }))), "{case}");
        assert!(begin.elapsed() < Duration::from_secs(2), "{case}: asking took {:?}", begin.elapsed());
    }
}

#[test]
fn a_socket_whose_queue_is_full_does_not_hold_the_asker() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("full.sock");
    let _listener = UnixListener::bind(&path).expect("free");
    // Nobody accepts: connections wait until the queue is full.
    let fill = |count| {
        let address = rustix::net::SocketAddrUnix::new(&path).expect("a short path");
        let connect = |_| {
            let flags = rustix::net::SocketFlags::NONBLOCK;
            let (family, kind) = (rustix::net::AddressFamily::UNIX, rustix::net::SocketType::STREAM);
            let socket = rustix::net::socket_with(family, kind, flags, None).ok()?;
            rustix::net::connect(&socket, &address).is_ok().then_some(socket)
        };
        (0..count).map_while(connect).collect::<Vec<_>>()
    };
    let waiting = fill(10_000);
    assert!(waiting.len() < 10_000, "the queue has an end");
    let begin = Instant::now();
    let endpoint = Endpoint { path: &path, deadline: begin + Duration::from_millis(200) };
    assert!(matches!(describe(&endpoint, ID), Err(call::CallError::Socket(_))));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn any_bytes_are_read_as_a_message_without_harm() {
    let (container, pod, _) = described();
    let mut seed = 7_u64;
    for round in 0..20_000 {
        let mut bytes = if round % 2 == 0 { container.clone() } else { pod.clone() };
        for _ in 0..=round % 5 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % bytes.len();
            bytes[at] = (seed >> 20) as u8;
        }
        bytes.truncate((seed >> 40) as usize % (bytes.len() + 1));
        let mut facts = Facts::default();
        pod_facts(&mut facts, Message(&bytes));
        if let Some(container) = Message(&bytes).message(1) {
            container_facts(&mut facts, container);
        }
        assert!(facts.pod_labels.len() <= CRI_LABELS_MAX);
    }
}

/// A containerd of its own in a root of its own.
struct Containerd {
    root: tempfile::TempDir,
    child: Child,
    pods: Vec<Vec<u8>>,
}

impl Drop for Containerd {
    fn drop(&mut self) {
        for pod in std::mem::take(&mut self.pods) {
            let _ = self.call("StopPodSandbox", &pod);
            let _ = self.call("RemovePodSandbox", &pod);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Containerd {
    // Why it cannot run here.
    fn start() -> Result<Self, String> {
        let root = tempfile::tempdir().expect("a folder");
        let at = |path: &str| root.path().join(path);
        fs::create_dir_all(at("run/containerd")).expect("writable");
        let config = format!(
            "version = 2\nroot = \"{0}/lib\"\nstate = \"{0}/run/containerd\"\n[grpc]\naddress = \
             \"{0}/run/containerd/containerd.sock\"\n[plugins.\"io.containerd.grpc.v1.cri\"]\nsandbox_image = \
             \"localhost/app:1\"\ndisable_apparmor = true\nrestrict_oom_score_adj = \
             true\n[plugins.\"io.containerd.grpc.v1.cri\".containerd]\nsnapshotter = \"native\"\n",
            root.path().display()
        );
        fs::write(at("config.toml"), config).expect("writable");
        let log = fs::File::create(at("log")).expect("writable");
        let mut command = Command::new("containerd");
        command.arg("-c").arg(at("config.toml")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().map_err(|error| error.to_string())?;
        let started = Self { root, child, pods: Vec::new() };
        for _ in 0..100 {
            if started.socket().exists() && started.call("Version", &[]).is_ok() {
                return Ok(started);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("containerd does not offer its container runtime interface".to_owned())
    }

    fn socket(&self) -> PathBuf {
        self.root.path().join("run/containerd/containerd.sock")
    }

    fn call(&self, method: &str, request: &[u8]) -> Result<Vec<u8>, String> {
        let path = self.socket();
        let endpoint = Endpoint { path: &path, deadline: Instant::now() + Duration::from_secs(30) };
        endpoint.call(&format!("{RUNTIME}{method}"), request).map_err(|error| error.to_string())
    }

    // An image with nothing but busybox in it.
    fn import(&self) -> Result<(), String> {
        let script = "set -e; cd \"$1\"; mkdir -p i/bin; cp /bin/busybox i/bin/; ln -s busybox i/bin/sleep
            tar -C i -cf layer.tar .; sum=$(sha256sum layer.tar | cut -d' ' -f1)
            printf '{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/bin/sleep\",\"600\"]},\
            \"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:%s\"]}}' $sum >config.json
            echo '[{\"Config\":\"config.json\",\"RepoTags\":[\"localhost/app:1\"],\"Layers\":[\"layer.tar\"]}]' >manifest.json
            tar cf app.tar manifest.json config.json layer.tar
            ctr --address run/containerd/containerd.sock -n k8s.io images import --snapshotter native app.tar";
        let output = Command::new("sh").args(["-c", script, "sh"]).arg(self.root.path()).output();
        let output = output.map_err(|error| error.to_string())?;
        let failed = || String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or_else(failed)
    }

    // A pod with one container; the id of each.
    fn run_pod(&mut self) -> Result<(String, String), String> {
        let metadata = [text(1, "web-1"), text(2, "11111111-2222-3333-4444-555555555555"), text(3, "shop")];
        let host_network = nested(8, &nested(2, &nested(1, &number(1, 2))));
        let label = nested(6, &[text(1, "tier"), text(2, "front")].concat());
        let pod = [nested(1, &metadata.concat()), label, host_network].concat();
        let answer = self.call("RunPodSandbox", &nested(1, &pod))?;
        let sandbox = Message(&answer).text(1).ok_or("no id")?;
        self.pods.push(text(1, &sandbox));
        let config = [nested(1, &text(1, "app")), nested(2, &text(1, "localhost/app:1"))].concat();
        let create = [text(1, &sandbox), nested(2, &config), nested(3, &pod)].concat();
        let answer = self.call("CreateContainer", &create)?;
        let id = Message(&answer).text(1).ok_or("no id")?;
        self.call("StartContainer", &text(1, &id))?;
        Ok((sandbox, id))
    }
}

#[test]
fn a_pod_of_the_real_containerd_is_described() {
    let begin = || -> Result<(Containerd, String, String), String> {
        let mut containerd = Containerd::start()?;
        containerd.import()?;
        let (sandbox, id) = containerd.run_pod()?;
        Ok((containerd, sandbox, id))
    };
    let (containerd, sandbox, id) = match begin() {
        Ok(begun) => begun,
        Err(reason) => {
            println!(
                "SKIPPED a_pod_of_the_real_containerd_is_described: needs root, containerd, runc, busybox: {reason}"
            );
            return;
        }
    };
    let mut containers = under(containerd.root.path());
    let mut look = |id: &str| {
        let begin = Instant::now();
        loop {
            let found = containers.find(&format!("/k8s.io/{id}")).expect("a container");
            if !found.pod_labels.is_empty() || begin.elapsed() > Duration::from_secs(10) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    for (id, name) in [(&id, Some("app")), (&sandbox, None)] {
        let found = look(id);
        assert_eq!((found.runtime.as_str(), found.name.as_deref()), ("containerd", name));
        assert_eq!(
            (found.pod_name.as_deref(), found.pod_namespace.as_deref()),
            (Some("web-1"), Some("shop"))
        );
        assert_eq!(found.pod_uid.as_deref(), Some("11111111-2222-3333-4444-555555555555"));
        assert_eq!(found.pod_labels.get("tier").map(String::as_str), Some("front"));
        assert_eq!(found.pod_sandbox_id.as_deref(), Some(sandbox.as_str()));
        assert_eq!(found.host_network, Some(true));
    }
    let found = look(&id);
    assert_eq!(found.image.as_deref(), Some("localhost/app:1"));
    assert!(found.image_id.as_deref().is_some_and(|id| id.starts_with("sha256:")), "{:?}", found.image_id);
    assert!(found.created.is_some());
}
