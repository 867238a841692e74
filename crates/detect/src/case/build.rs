//! Makes events of what cases say.
//!
//! What a case says is laid over a complete default as JSON, then read as the type itself: a new field of an event can
//! be used in cases without a change here.

use std::{net::SocketAddr, sync::Arc};

use serde_json::{Map, Value as Json, json};
use yagura_event::{Arg, ArgName, ArgValue, Container, Event, EventKind, FlagSet, Process};

use super::CaseError;
use crate::{
    falco::{
        lower::hex_bytes,
        yaml::{Node, Yaml},
    },
    field::nearest,
};

/// 2026-01-01T12:00:00Z: when events happen that do not say when.
const DEFAULT_TIME: &str = "2026-01-01T12:00:00.000000000Z";
/// Processes start an hour earlier.
const DEFAULT_START: &str = "2026-01-01T11:00:00.000000000Z";

pub(super) fn event(node: &Node, last_process: &mut u64) -> Result<Event, CaseError> {
    let kind_node = node.get("kind").ok_or_else(|| CaseError::new("the event has no `kind`", node))?;
    let kind_name = kind_node.scalar().unwrap_or_default();
    let kind = EventKind::from_name(kind_name).ok_or_else(|| {
        let near = nearest(kind_name, EventKind::ALL.iter().map(|kind| kind.name()));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        CaseError { help, ..CaseError::new(format!("`{kind_name}` is no event kind"), kind_node) }
    })?;
    let known = ["number", "time", "kind", "result", "cpu", "tid", "process", "fd", "args", "data"];
    check_keys(node, &known)?;
    let process = process(node.get("process"), last_process)?;
    let mut plain = json!({
        "number": 1, "time": DEFAULT_TIME, "kind": kind.name(), "result": 0, "cpu": 0, "tid": process.pid,
        "process": Process::default(),
    });
    for key in ["number", "time", "result", "cpu", "tid"] {
        if let Some(value) = node.get(key) {
            plain[key] = to_json(value);
        }
    }
    if let Some(fd) = node.get("fd") {
        plain["fd"] = fd_json(fd, kind)?;
    }
    let mut event: Event =
        serde_json::from_value(plain).map_err(|error| CaseError::new(format!("no event: {error}"), node))?;
    event.process = Arc::new(process);
    event.data = node.get("data").map(data).transpose()?;
    for (key, value) in node.get("args").and_then(Node::mapping).unwrap_or_default() {
        let name = key.scalar().unwrap_or_default();
        let name = ArgName::from_name(name)
            .ok_or_else(|| CaseError::new(format!("`{name}` is no argument of an event"), key))?;
        event.args.push(Arg { name, value: argument(kind, name, value)? });
    }
    Ok(event)
}

// Text, or bytes as `hex:cafebabe`.
fn data(node: &Node) -> Result<Box<[u8]>, CaseError> {
    let text = node.scalar().ok_or_else(|| CaseError::new("`data` is a text", node))?;
    match text.strip_prefix("hex:") {
        None => Ok(text.as_bytes().into()),
        Some(hex) => {
            hex_bytes(hex).ok_or_else(|| CaseError::new("no even number of hexadecimal digits", node))
        }
    }
}

fn check_keys(node: &Node, known: &[&str]) -> Result<(), CaseError> {
    for (key, _) in node.mapping().ok_or_else(|| CaseError::new("expected a mapping", node))? {
        let name = key.scalar().unwrap_or_default();
        if !known.contains(&name) {
            let near = nearest(name, known.iter().copied());
            let help = near.map(|near| format!("did you mean `{near}`?"));
            return Err(CaseError { help, ..CaseError::new(format!("there is no `{name}` here"), key) });
        }
    }
    Ok(())
}

// The keys a type has are those of its default.
fn overlay(node: &Node, default: Json) -> Result<Json, CaseError> {
    let Json::Object(mut object) = default else { return Ok(to_json(node)) };
    let known: Vec<String> = object.keys().cloned().collect();
    check_keys(node, &known.iter().map(String::as_str).collect::<Vec<_>>())?;
    for (key, value) in node.mapping().unwrap_or_default() {
        let name = key.scalar().unwrap_or_default();
        let value = match object.get(name) {
            Some(inner @ Json::Object(inner_map)) if !inner_map.is_empty() && value.mapping().is_some() => {
                overlay(value, inner.clone())?
            }
            _ => to_json(value),
        };
        object.insert(name.to_owned(), value);
    }
    Ok(Json::Object(object))
}

fn process(node: Option<&Node>, last_process: &mut u64) -> Result<Process, CaseError> {
    *last_process += 1;
    let id = *last_process;
    let Some(node) = node else { return Ok(default_process(id)) };
    let mut default = serde_json::to_value(default_process(id)).unwrap_or_default();
    // Parts that a default leaves out have keys all the same.
    default["container"] = Json::Null;
    default["parent"] = Json::Null;
    default["credentials"]["login"] = Json::Null;
    let mut value = overlay(node, default)?;
    let parent = node
        .get("parent")
        .filter(|parent| !parent.is_null())
        .map(|parent| self::process(Some(parent), last_process));
    let parent = parent.transpose()?;
    let container =
        node.get("container").filter(|container| !container.is_null()).map(container).transpose()?;
    let fixed = [("parent", Json::Null), ("container", Json::Null), ("id", id.into())];
    for (key, json) in fixed {
        value[key] = json;
    }
    if let Some(user) = node.get("credentials").and_then(|credentials| credentials.get("login")) {
        value["credentials"]["login"] = to_json(user);
    }
    let mut process: Process = serde_json::from_value(value)
        .map_err(|error| CaseError::new(format!("no process: {error}"), node))?;
    if node.get("exe").is_none() {
        process.exe = process.name.clone();
    }
    if node.get("cmdline").is_none() {
        process.cmdline = Process::join_cmdline(&process.name, &process.args);
    }
    if node.get("vpid").is_none() {
        process.vpid = process.pid;
    }
    if let Some(parent) = &parent
        && node.get("ppid").is_none()
    {
        process.ppid = parent.pid;
    }
    process.parent = parent.map(Arc::new).into();
    process.container = container.map(Arc::new);
    Ok(process)
}

fn default_process(id: u64) -> Process {
    let pid = u32::try_from(1_000 + id).unwrap_or(u32::MAX);
    let mut process = Process { id, pid, vpid: pid, cwd: "/".into(), ..Process::default() };
    if let Ok(start) = yagura_event::Timestamp::parse_rfc3339(DEFAULT_START) {
        (process.start_time, process.exec_time) = (start, start);
    }
    process
}

fn container(node: &Node) -> Result<Container, CaseError> {
    let value = overlay(node, serde_json::to_value(Container::default()).unwrap_or_default())?;
    serde_json::from_value(value).map_err(|error| CaseError::new(format!("no container: {error}"), node))
}

fn fd_json(node: &Node, kind: EventKind) -> Result<Json, CaseError> {
    let is_network = matches!(kind.class(), yagura_event::OcsfClass::NetworkActivity);
    let mut default =
        json!({"number": 3, "kind": "file", "name": "", "raw_name": null, "inode": null, "socket": null});
    if is_network || node.get("socket").is_some() {
        default["kind"] = "ipv4".into();
    }
    let mut value = overlay(node, default)?;
    if let Some(socket) = node.get("socket").filter(|socket| !socket.is_null()) {
        let default = json!({
            "protocol": "tcp", "role": if kind == EventKind::Connect { "client" } else { "unknown" }, "local": null,
            "remote": null, "connected": true, "name_changed": false,
        });
        value["socket"] = overlay(socket, default)?;
    }
    Ok(value)
}

fn to_json(node: &Node) -> Json {
    match &node.value {
        Yaml::Scalar { .. } if node.is_null() => Json::Null,
        Yaml::Scalar { text, plain: false } => text.as_str().into(),
        Yaml::Scalar { text, plain: true } => match text.as_str() {
            "true" => true.into(),
            "false" => false.into(),
            _ => number(text).map_or_else(|| text.as_str().into(), Json::from),
        },
        Yaml::Sequence(items) => {
            // Words of a command line are text, whatever they look like.
            let scalar = |item: &Node| item.scalar().map_or_else(|| to_json(item), Json::from);
            let all_numbers =
                items.iter().all(|item| item.scalar().is_some_and(|text| number(text).is_some()));
            items
                .iter()
                .map(|item| if all_numbers && items.len() == 2 { to_json(item) } else { scalar(item) })
                .collect()
        }
        Yaml::Mapping(entries) => {
            let pair =
                |(key, value): &(Node, Node)| (key.scalar().unwrap_or_default().to_owned(), to_json(value));
            Json::Object(entries.iter().map(pair).collect::<Map<_, _>>())
        }
    }
}

fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text
            .strip_prefix("0o")
            .map_or_else(|| text.parse().ok(), |octal| i64::from_str_radix(octal, 8).ok()),
    }
}

fn argument(kind: EventKind, name: ArgName, node: &Node) -> Result<ArgValue, CaseError> {
    if node.mapping().is_some() {
        return serde_json::from_value(to_json(node))
            .map_err(|error| CaseError::new(format!("no value of an argument: {error}"), node));
    }
    let text =
        node.scalar().ok_or_else(|| CaseError::new("an argument is a scalar or a tagged value", node))?;
    let fail = |what: &str| CaseError::new(format!("`{text}` is no {what}"), node);
    if let Some(set) = flag_set(kind, name) {
        let bits = number(text).map(i64::cast_unsigned).or_else(|| flags(set, text));
        return bits.map(|bits| ArgValue::Flags(set, bits)).ok_or_else(|| fail("flags of this argument"));
    }
    Ok(match name {
        ArgName::Uid | ArgName::Euid | ArgName::Ruid | ArgName::Suid | ArgName::Loginuid => {
            match text.parse() {
                Ok(id) => ArgValue::Uid { id, name: (id == 0).then(|| "root".into()) },
                Err(_) => {
                    ArgValue::Uid { id: if text == "root" { 0 } else { 1_000 }, name: Some(text.into()) }
                }
            }
        }
        ArgName::Res => ArgValue::Errno(number(text).ok_or_else(|| fail("result"))?),
        ArgName::Fd | ArgName::Dirfd | ArgName::Oldfd | ArgName::Newfd => {
            ArgValue::Fd(number(text).ok_or_else(|| fail("descriptor"))?)
        }
        ArgName::Pid | ArgName::Tid => ArgValue::Pid(number(text).ok_or_else(|| fail("process id"))?),
        ArgName::Addr | ArgName::Tuple if text.parse::<SocketAddr>().is_ok() => {
            ArgValue::Address(text.parse().map_err(|_| fail("address"))?)
        }
        _ => match number(text) {
            Some(value) if matches!(&node.value, Yaml::Scalar { plain: true, .. }) => ArgValue::Int(value),
            _ => ArgValue::Text(text.into()),
        },
    })
}

fn flag_set(kind: EventKind, name: ArgName) -> Option<FlagSet> {
    use EventKind as K;
    Some(match (name, kind) {
        (ArgName::Mode, _) => FlagSet::Mode,
        (ArgName::Domain, _) => FlagSet::SocketDomain,
        (ArgName::Type, K::Socket) => FlagSet::SocketType,
        (ArgName::Cmd, K::Bpf) => FlagSet::BpfCommand,
        (ArgName::Request, K::Ptrace) => FlagSet::PtraceRequest,
        (ArgName::Nstype, _) => FlagSet::Namespace,
        (ArgName::Sig, _) => FlagSet::Signal,
        (ArgName::Prot, _) => FlagSet::Prot,
        (ArgName::Option, K::Prctl) => FlagSet::PrctlOption,
        (ArgName::Resolve, _) => FlagSet::Resolve,
        (ArgName::Flags, K::Open | K::Openat | K::Openat2) => FlagSet::Open,
        (ArgName::Flags, K::Clone | K::Clone3 | K::Unshare) => FlagSet::Clone,
        (ArgName::Flags, K::Execve | K::Execveat) => FlagSet::Exec,
        (ArgName::Flags, K::Unlinkat | K::Linkat | K::Fchmodat | K::Fchownat) => FlagSet::At,
        (ArgName::Flags, K::Renameat2) => FlagSet::Rename,
        (ArgName::Flags, K::Mount) => FlagSet::Mount,
        (ArgName::Flags, K::Umount2) => FlagSet::Umount,
        (ArgName::Flags, K::Mmap) => FlagSet::Mmap,
        (ArgName::Flags, K::MemfdCreate) => FlagSet::Memfd,
        (ArgName::Flags, K::Userfaultfd) => FlagSet::Userfault,
        (ArgName::Flags, K::FinitModule) => FlagSet::Module,
        (ArgName::Flags, K::Dup3) => FlagSet::Dup,
        _ => return None,
    })
}

// Names to bits, by asking the set for the names of each bit and of each small number.
fn flags(set: FlagSet, text: &str) -> Option<u64> {
    let mut bits = 0;
    for name in text.split('|').map(str::trim) {
        let candidates = (0..0x300).chain(0x4200..0x4210).chain((0..64).map(|bit| 1 << bit));
        bits |= match (set, name) {
            (FlagSet::Open, "O_RDONLY") => 0,
            (FlagSet::Open, "O_WRONLY") => 1,
            (FlagSet::Open, "O_RDWR") => 2,
            (FlagSet::Open, "O_TMPFILE") => 0o20_200_000,
            _ => {
                let mut candidates = candidates;
                candidates.find(|bits| {
                    let rendered = set.render(*bits);
                    rendered == name
                        || set == FlagSet::Open && rendered.strip_prefix("O_RDONLY|") == Some(name)
                })?
            }
        };
    }
    Some(bits)
}
