//! Records in the shape of the kernel's audit, made from events: what is written for auditd can be fed without auditd.
//!
//! One event becomes records that share a serial, in auditd's order: `SYSCALL`, `EXECVE`, `SOCKADDR`, `CWD`, `PATH` for each
//! name, `PROCTITLE`. Values are encoded as the kernel does: text with blanks, quotes or bytes that are no ASCII is written
//! in hexadecimal.
//!
//! What an event does not know is not made up. Pointers among `a0` to `a3` are 0. `fsuid` and `sgid` are taken to be the
//! effective ids, `ses` is unset. A `PATH` has no mode, owner and file capabilities, and `inode` and `dev` only where the
//! event has them; a program's loader and a call's relative paths (other than `open`'s) are not told, paths are absolute.
//! `subj` and `OBJ_PID` are left out. docs/audit-records.md compares field by field.

mod call;
mod encode;
mod path;
mod syscalls;

use std::fmt::Write as _;

use crate::{Event, EventKind, Timestamp};

/// A kind of machine, which numbers its system calls in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditArch {
    /// 64-bit PCs.
    X86_64,
    /// 64-bit ARM.
    Aarch64,
}

impl AuditArch {
    // AUDIT_ARCH_…: the ELF machine with bits for 64 bits and little endian (linux/audit.h).
    const fn code(self) -> &'static str {
        match self {
            Self::X86_64 => "c000003e",
            Self::Aarch64 => "c00000b7",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }
}

/// How records are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOptions {
    /// The machine the events are from.
    pub arch: AuditArch,
    /// The `key` that records bear, as that of an audit rule; `None` for `(null)`.
    pub key: Option<String>,
    /// Whether names stand behind the numbers, as with auditd's `log_format = ENRICHED`.
    pub enriched: bool,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its type, for example `SYSCALL`.
    pub kind: &'static str,
    /// When, by its event.
    pub time: Timestamp,
    /// What the records of one event share.
    pub serial: u64,
    /// Its fields and their values, encoded.
    pub fields: Vec<(String, String)>,
    /// Names for numbers, as auditd adds them.
    pub enriched: Vec<(String, String)>,
}

impl AuditRecord {
    fn new(kind: &'static str, event: &Event) -> Self {
        Self { kind, time: event.time, serial: event.number, fields: Vec::new(), enriched: Vec::new() }
    }

    fn field(&mut self, name: impl Into<String>, value: impl ToString) {
        self.fields.push((name.into(), value.to_string()));
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        let all = self.fields.iter().chain(&self.enriched);
        all.clone().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The record as a line of auditd's log, without its end.
    pub fn line(&self, enriched: bool) -> String {
        let millis = self.time.millis();
        let mut line = format!(
            "type={} msg=audit({}.{:03}:{}):",
            self.kind,
            millis.div_euclid(1_000),
            millis.rem_euclid(1_000),
            self.serial
        );
        for (name, value) in &self.fields {
            let _ = write!(line, " {name}={value}");
        }
        if enriched {
            // A control character parts what the kernel said from what auditd adds.
            let mut joint = '\u{1d}';
            for (name, value) in &self.enriched {
                let _ = write!(line, "{joint}{name}={value}");
                joint = ' ';
            }
        }
        line
    }
}

/// The records of an event, in auditd's order; none for what is no system call, such as the end of a process.
pub fn audit_records(event: &Event, options: &AuditOptions) -> Vec<AuditRecord> {
    let Some(number) = syscalls::number(event.kind, options.arch) else { return Vec::new() };
    let paths = path::records(event);
    let mut records = vec![call::syscall(event, number, paths.len(), options)];
    if matches!(event.kind, EventKind::Execve | EventKind::Execveat) && event.succeeded() {
        records.push(call::execve(event));
    }
    records.extend(call::sockaddr(event));
    if !paths.is_empty() {
        let mut cwd = AuditRecord::new("CWD", event);
        cwd.field("cwd", encode::text(event.process.cwd.as_bytes()));
        records.push(cwd);
    }
    records.extend(paths);
    records.push(call::proctitle(event));
    records
}

#[cfg(test)]
mod tests;
