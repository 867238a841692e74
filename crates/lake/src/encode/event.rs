//! The cells of the event itself: what was done, on which file or socket, with which arguments.

use std::net::SocketAddr;

use serde_json::value::RawValue;
use yagura_event::{Arg, ArgName, ArgValue, Event, Fd, Role, Socket};

use super::Encoder;
use crate::column::Column;

impl Encoder {
    pub(super) fn push_event(&mut self, event: &Event) {
        self.set_time(Column::Time, event.time.nanos());
        self.set_text(Column::Status, if event.succeeded() { "success" } else { "failure" });
        self.set_int(Column::Result, event.result);
        self.set_uint(Column::Number, event.number);
        self.set_int(Column::Cpu, i64::from(event.cpu));
        self.set_int(Column::Tid, i64::from(event.tid));
        match &event.fd {
            Some(fd) => self.push_fd(fd),
            None => {
                if let Some(path) = event.args.iter().find_map(path) {
                    self.set_text(Column::FilePath, path);
                }
            }
        }
        for (column, name) in [
            (Column::NewPath, ArgName::Newpath),
            (Column::OldPath, ArgName::Oldpath),
            (Column::Flags, ArgName::Flags),
        ] {
            if let Some(value) = event.arg(name) {
                self.set_text(column, &value.render());
            }
        }
        if !event.args.is_empty() {
            self.set_text(Column::Args, &args_json(&event.args));
        }
        if let Some(data) = &event.data {
            self.set_bytes(Column::Data, data);
        }
    }

    fn push_fd(&mut self, fd: &Fd) {
        self.set_int(Column::FdNumber, fd.number);
        self.set_text(Column::FdType, fd_type(fd));
        let column = if is_file(fd) { Column::FilePath } else { Column::FdName };
        self.set_text(column, &fd.name);
        if let Some(raw) = &fd.raw_name {
            self.set_text(Column::FilePathRaw, raw);
        }
        if let Some((device, inode)) = fd.inode {
            self.set_uint(Column::FileDevice, device);
            self.set_uint(Column::FileInode, inode);
        }
        if let Some(socket) = &fd.socket {
            self.push_socket(socket);
        }
    }

    fn push_socket(&mut self, socket: &Socket) {
        let (source, destination, direction) = match socket.role {
            Role::Server => (socket.remote, socket.local, "inbound"),
            Role::Client => (socket.local, socket.remote, "outbound"),
            Role::Unknown => (socket.local, socket.remote, "unknown"),
        };
        self.set_text(Column::Direction, direction);
        self.set_text(Column::Protocol, protocol(socket));
        self.set_bool(Column::Connected, socket.connected);
        self.set_bool(Column::NameChanged, socket.name_changed);
        self.push_end(source, Column::SrcIp, Column::SrcPort);
        self.push_end(destination, Column::DstIp, Column::DstPort);
    }

    fn push_end(&mut self, end: Option<SocketAddr>, ip: Column, port: Column) {
        if let Some(address) = end {
            self.set_text(ip, &address.ip().to_string());
            self.set_int(port, i64::from(address.port()));
        }
    }
}

fn is_file(fd: &Fd) -> bool {
    use yagura_event::FdKind;
    fd.socket.is_none() && matches!(fd.kind, FdKind::File | FdKind::Directory | FdKind::Memfd)
}

// The names that `Fd` and `Socket` have in JSON.
fn fd_type(fd: &Fd) -> &'static str {
    use yagura_event::FdKind;
    match fd.kind {
        FdKind::Userfault => "userfault",
        kind => kind.falco_type(),
    }
}

fn protocol(socket: &Socket) -> &'static str {
    use yagura_event::L4Protocol;
    match socket.protocol {
        L4Protocol::Other => "other",
        protocol => protocol.name(),
    }
}

fn path(arg: &Arg) -> Option<&str> {
    match &arg.value {
        ArgValue::Path(path) => Some(path),
        _ => None,
    }
}

// One object, in the order of the arguments: `{"fd":{"fd":3},"flags":{"flags":["open",65]}}`.
fn args_json(args: &[Arg]) -> String {
    let mut text = String::with_capacity(args.len() * 32);
    text.push('{');
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(arg.name.name());
        text.push_str("\":");
        match serde_json::value::to_raw_value(&arg.value) {
            Ok(value) => text.push_str(RawValue::get(&value)),
            Err(_) => text.push_str("null"),
        }
    }
    text.push('}');
    text
}
