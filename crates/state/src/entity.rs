//! [`entities`]: what a finding is about, in terms that other findings share: processes, container, addresses, files,
//! user, host. Takes a finding, returns values; the joining is `incident.rs`.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use yagura_event::Finding;

/// Ancestors of a process that are looked at. Further up only the machine's own services are left.
const ANCESTORS_MAX: usize = 6;
/// Programs that start everything else: sharing one of them says nothing.
const ROOTS: [&str; 18] = [
    "systemd",
    "init",
    "sshd",
    "sshd-session",
    "login",
    "cron",
    "crond",
    "containerd",
    "containerd-shim",
    "dockerd",
    "runc",
    "crun",
    "conmon",
    "kubelet",
    "supervisord",
    "tini",
    "dumb-init",
    "s6-svscan",
];
/// Folders whose programs belong to the system.
const SYSTEM_FOLDERS: [&str; 8] =
    ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/", "/snap/", "/nix/store/"];

/// What findings can share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A process, or one that started it.
    Process,
    /// A container.
    Container,
    /// An address at the other end of a connection.
    Address,
    /// A program that does not belong to the system.
    File,
    /// A user on a host.
    User,
    /// A host.
    Host,
}

impl EntityKind {
    /// Every kind, the strongest first.
    pub const ALL: [Self; 6] =
        [Self::Process, Self::Container, Self::Address, Self::File, Self::User, Self::Host];

    /// The word used in JSON and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Container => "container",
            Self::Address => "address",
            Self::File => "file",
            Self::User => "user",
            Self::Host => "host",
        }
    }

    /// How much sharing it says. Findings belong together from [`JOIN_WEIGHT`] on.
    pub(crate) const fn weight(self) -> i64 {
        match self {
            Self::Process | Self::Container => 3,
            Self::Address | Self::File => 2,
            Self::User | Self::Host => 1,
        }
    }
}

/// From so much on findings belong together: one process tree or container; or an address or program and the host.
pub(crate) const JOIN_WEIGHT: i64 = 3;

/// One thing a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entity {
    pub(crate) kind: EntityKind,
    /// Names it for ever.
    pub(crate) value: String,
    /// As a person reads it.
    pub(crate) label: String,
}

/// What a finding is about, each thing once.
pub(crate) fn entities(finding: &Finding) -> Vec<Entity> {
    let host = &finding.asset_id;
    let mut found = vec![entity(EntityKind::Host, host.clone(), &finding.asset_name)];
    if let Some(user) = &finding.user_name {
        found.push(entity(EntityKind::User, format!("{host}/{user}"), user));
    }
    if let Some(container) = &finding.container_id {
        found.push(entity(EntityKind::Container, container.clone(), container));
    }
    if let Some(path) = &finding.process_path
        && !SYSTEM_FOLDERS.iter().any(|folder| path.starts_with(folder))
    {
        found.push(entity(EntityKind::File, path.clone(), path));
    }
    for evidence in &finding.evidence {
        found.extend(processes(host, &evidence.event));
        found.extend(address(&evidence.event));
    }
    found.sort();
    found.dedup_by(|left, right| (left.kind, &left.value) == (right.kind, &right.value));
    found
}

fn entity(kind: EntityKind, value: String, label: &str) -> Entity {
    Entity { kind, value, label: label.to_owned() }
}

// The process and those that started it, up to where the machine's own services begin.
fn processes(host: &str, event: &Value) -> Vec<Entity> {
    let mut found = Vec::new();
    let acted = event.get("process").or_else(|| event.pointer("/actor/process"));
    let mut next = acted;
    while let Some(process) = next.filter(|_| found.len() < ANCESTORS_MAX) {
        let name = process.get("name").and_then(Value::as_str).unwrap_or_default();
        let uid = process.get("uid").and_then(Value::as_str).unwrap_or_default();
        let pid = process.get("pid").and_then(Value::as_u64).unwrap_or_default();
        if pid <= 1 || uid.is_empty() || ROOTS.contains(&name) {
            break;
        }
        found.push(entity(EntityKind::Process, format!("{host}/{uid}"), name));
        next = process.get("parent_process");
    }
    found
}

/// The processes of an event by what names them for ever: the one that acted, the one that started it, and so on.
pub(crate) fn chain(host: &str, event: &Value) -> Vec<String> {
    processes(host, event).into_iter().map(|process| process.value).collect()
}

fn address(event: &Value) -> Option<Entity> {
    // Of an incoming connection the other end is the source.
    let incoming = event.pointer("/connection_info/direction_id").and_then(Value::as_u64) == Some(1);
    let end = if incoming { "/src_endpoint/ip" } else { "/dst_endpoint/ip" };
    let text = event.pointer(end).and_then(Value::as_str)?;
    let ip: IpAddr = text.parse().ok()?;
    let says_nothing = ip.is_loopback() || ip.is_unspecified() || ip.is_multicast();
    (!says_nothing).then(|| entity(EntityKind::Address, ip.to_string(), text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_process_tree_ends_where_the_machines_services_begin() {
        let event = json!({ "process": { "name": "nc", "pid": 9, "uid": "9-1", "parent_process":
            { "name": "bash", "pid": 8, "uid": "8-1", "parent_process":
            { "name": "sshd", "pid": 7, "uid": "7-1", "parent_process": { "name": "bash", "pid": 6, "uid": "6-1" } } } } });
        let labels: Vec<String> = processes("h", &event).into_iter().map(|one| one.label).collect();
        assert_eq!(labels, ["nc", "bash"]);
    }

    #[test]
    fn the_other_end_of_a_connection_counts_and_loopback_does_not() {
        let event = |direction: u64, ip: &str| {
            json!({ "connection_info": { "direction_id": direction }, "src_endpoint": { "ip": "198.51.100.7" },
                "dst_endpoint": { "ip": ip } })
        };
        assert_eq!(address(&event(2, "203.0.113.9")).map(|one| one.value).as_deref(), Some("203.0.113.9"));
        assert_eq!(address(&event(1, "203.0.113.9")).map(|one| one.value).as_deref(), Some("198.51.100.7"));
        assert_eq!(address(&event(2, "127.0.0.1")), None);
        assert_eq!(address(&json!({})), None);
    }
}
