//! The OCSF form of an event: class numbers and the JSON that leaves Yagura.
//!
//! Source: OCSF schema 1.8.0, classes 1001 to 1007 and 4001. What the schema has no attribute for stands under
//! `unmapped`, so nothing of an event is lost.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{Container, Event, Process, Severity, Socket, User};

/// Version of the OCSF schema that the JSON follows.
pub const OCSF_VERSION: &str = "1.8.0";

/// The OCSF event class of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OcsfClass {
    /// File System Activity.
    FileSystemActivity = 1001,
    /// Kernel Extension Activity.
    KernelExtensionActivity = 1002,
    /// Kernel Activity.
    KernelActivity = 1003,
    /// Memory Activity.
    MemoryActivity = 1004,
    /// Process Activity.
    ProcessActivity = 1007,
    /// Network Activity.
    NetworkActivity = 4001,
}

impl OcsfClass {
    /// Every class that events belong to.
    pub const ALL: [Self; 6] = [
        Self::FileSystemActivity,
        Self::KernelExtensionActivity,
        Self::KernelActivity,
        Self::MemoryActivity,
        Self::ProcessActivity,
        Self::NetworkActivity,
    ];

    /// OCSF `class_uid`.
    pub const fn uid(self) -> u16 {
        self as u16
    }

    /// OCSF `category_uid`: 1 System Activity, 4 Network Activity.
    pub const fn category_uid(self) -> u16 {
        self as u16 / 1000
    }

    /// Name used for tables and folders, for example `process_activity`.
    pub const fn table(self) -> &'static str {
        match self {
            Self::FileSystemActivity => "file_activity",
            Self::KernelExtensionActivity => "kernel_extension_activity",
            Self::KernelActivity => "kernel_activity",
            Self::MemoryActivity => "memory_activity",
            Self::ProcessActivity => "process_activity",
            Self::NetworkActivity => "network_activity",
        }
    }

    /// OCSF `class_name`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FileSystemActivity => "File System Activity",
            Self::KernelExtensionActivity => "Kernel Extension Activity",
            Self::KernelActivity => "Kernel Activity",
            Self::MemoryActivity => "Memory Activity",
            Self::ProcessActivity => "Process Activity",
            Self::NetworkActivity => "Network Activity",
        }
    }
}

/// The event in OCSF form, with the whole process tree. `host` names the machine it happened on.
pub fn to_ocsf(event: &Event, host: &str) -> Value {
    let class = event.kind.class();
    let activity = event.kind.activity_id();
    let mut record = json!({
        "activity_id": activity,
        "category_uid": class.category_uid(),
        "class_uid": class.uid(),
        "class_name": class.name(),
        "type_uid": u64::from(class.uid()) * 100 + u64::from(activity),
        "time": event.time.millis(),
        "severity_id": Severity::Informational.id(),
        "status_id": if event.succeeded() { 1 } else { 2 },
        "metadata": {
            "version": OCSF_VERSION,
            "product": { "name": "Yagura", "vendor_name": "Yagura", "version": env!("CARGO_PKG_VERSION") },
            "event_code": event.kind.name(),
            "sequence": event.number,
            "profiles": ["host", "container"],
        },
        "device": { "hostname": host, "type_id": 0 },
    });
    let fields = record.as_object_mut().expect("an object was just made");
    let process = process_json(&event.process, 0);
    match class {
        OcsfClass::ProcessActivity => {
            // The one who acts on a new program is its parent.
            let actor =
                event.process.parent.get().map_or_else(|| process.clone(), |parent| process_json(parent, 0));
            fields.insert("actor".into(), json!({ "process": actor }));
            fields.insert("process".into(), process);
        }
        _ => {
            fields.insert("actor".into(), json!({ "process": process }));
        }
    }
    if !event.succeeded() {
        fields.insert("status_code".into(), json!(crate::flags::result_text(event.result)));
    }
    if let Some(fd) = &event.fd {
        match &fd.socket {
            Some(socket) => network(fields, socket),
            None if !fd.name.is_empty() => {
                fields.insert("file".into(), file_json(&fd.name, fd.inode));
            }
            None => {}
        }
    }
    if class == OcsfClass::NetworkActivity && !fields.contains_key("connection_info") {
        fields.insert("connection_info".into(), json!({ "direction_id": 0, "protocol_name": "" }));
    }
    let mut unmapped = Map::new();
    unmapped.insert("result".into(), json!(event.result));
    unmapped.insert("tid".into(), json!(event.tid));
    unmapped.insert("time_ns".into(), json!(event.time.nanos()));
    for arg in &event.args {
        unmapped.insert(format!("arg.{}", arg.name.name()), json!(arg.value.render()));
    }
    if let Some(raw) = event.fd.as_ref().and_then(|fd| fd.raw_name.as_deref()) {
        unmapped.insert("path_as_written".into(), json!(raw));
    }
    fields.insert("unmapped".into(), Value::Object(unmapped));
    if let Some(container) = &event.process.container {
        fields.insert("container".into(), container_json(container));
    }
    record
}

fn process_json(process: &Process, depth: usize) -> Value {
    let mut value = json!({
        "pid": process.pid,
        "name": &*process.name,
        "cmd_line": &*process.cmdline,
        "working_directory": &*process.cwd,
        "created_time": process.start_time.millis(),
        "uid": format!("{}-{}", process.pid, process.start_time.nanos()),
        "user": user_json(&process.credentials.user),
        "session": { "uid": process.sid.to_string(), "terminal": process.tty.to_string() },
    });
    let fields = value.as_object_mut().expect("an object was just made");
    if !process.exe_file.path.is_empty() {
        let inode = (process.exe_file.device, process.exe_file.inode);
        fields.insert("file".into(), file_json(&process.exe_file.path, Some(inode)));
    }
    if let Some(login) = &process.credentials.login {
        fields.insert("auid".into(), json!(login.id));
    }
    if process.container.is_some() {
        fields.insert("namespace_pid".into(), json!(process.vpid));
    }
    if let Some(parent) = process.parent.get().filter(|_| depth < Process::ANCESTORS_MAX) {
        fields.insert("parent_process".into(), process_json(parent, depth + 1));
    }
    value
}

fn user_json(user: &User) -> Value {
    match &user.name {
        Some(name) => json!({ "uid": user.id.to_string(), "name": &**name }),
        None => json!({ "uid": user.id.to_string() }),
    }
}

fn file_json(path: &str, inode: Option<(u64, u64)>) -> Value {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut file = json!({ "path": path, "name": if name.is_empty() { path } else { name }, "type_id": 0 });
    let fields = file.as_object_mut().expect("an object was just made");
    if path.starts_with('/') {
        fields.insert("parent_folder".into(), json!(if parent.is_empty() { "/" } else { parent }));
    }
    if let Some((_, inode)) = inode.filter(|(_, inode)| *inode != 0) {
        fields.insert("uid".into(), json!(inode.to_string()));
    }
    file
}

fn network(fields: &mut Map<String, Value>, socket: &Socket) {
    let end =
        |address: std::net::SocketAddr| json!({ "ip": address.ip().to_string(), "port": address.port() });
    let (source, destination, direction) = match socket.role {
        crate::Role::Server => (socket.remote, socket.local, 1),
        crate::Role::Client => (socket.local, socket.remote, 2),
        crate::Role::Unknown => (socket.local, socket.remote, 0),
    };
    if let Some(address) = source {
        fields.insert("src_endpoint".into(), end(address));
    }
    if let Some(address) = destination {
        fields.insert("dst_endpoint".into(), end(address));
    }
    fields.insert(
        "connection_info".into(),
        json!({ "direction_id": direction, "protocol_name": socket.protocol.name() }),
    );
}

fn container_json(container: &Container) -> Value {
    let mut value = json!({ "uid": container.id, "runtime": container.runtime });
    let fields = value.as_object_mut().expect("an object was just made");
    if let Some(name) = &container.name {
        fields.insert("name".into(), json!(name));
    }
    if let Some(image) = &container.image {
        fields.insert(
            "image".into(),
            json!({ "name": image, "uid": container.image_digest.as_deref().unwrap_or(image) }),
        );
    }
    if let Some(pod) = &container.pod_uid {
        fields.insert("pod_uuid".into(), json!(pod));
    }
    value
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Arg, ArgName, ArgValue, EventKind, Fd, FdKind, L4Protocol, Role, Timestamp};

    #[test]
    fn a_connection_has_both_ends_and_the_actor() {
        let parent = Process { pid: 1, name: "init".into(), ..Process::default() };
        let process =
            Process { pid: 7, name: "curl".into(), parent: Arc::new(parent).into(), ..Process::default() };
        let socket = Socket {
            protocol: L4Protocol::Tcp,
            role: Role::Client,
            local: Some(([127, 0, 0, 1], 5000).into()),
            remote: Some(([127, 0, 0, 1], 80).into()),
            connected: true,
            name_changed: true,
        };
        let event = Event {
            number: 3,
            time: Timestamp::from_millis(1000),
            kind: EventKind::Connect,
            result: 0,
            cpu: 0,
            tid: 7,
            process: Arc::new(process),
            fd: Some(Fd {
                number: 4,
                kind: FdKind::Ipv4,
                name: socket.tuple().into(),
                raw_name: None,
                inode: None,
                socket: Some(socket),
            }),
            args: [Arg { name: ArgName::Fd, value: ArgValue::Fd(4) }].into_iter().collect(),
            data: None,
        };
        let ocsf = to_ocsf(&event, "web-1");
        assert_eq!(ocsf["class_uid"], 4001);
        assert_eq!(ocsf["type_uid"], 400_101);
        assert_eq!(ocsf["dst_endpoint"]["port"], 80);
        assert_eq!(ocsf["actor"]["process"]["parent_process"]["name"], "init");
        assert_eq!(ocsf["unmapped"]["arg.fd"], "4");
    }
}
