//! Facts about this machine: its id, name, system and addresses.

use std::{collections::BTreeMap, fs};

use yagura_event::{Asset, AssetKind, Timestamp};

/// The kernel's release, for example `6.1.0-18-amd64`.
pub fn kernel_release() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

/// This machine's name.
pub fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// This machine as an asset. The id is systemd's machine id, else the boot id, else the name.
pub fn asset(now: Timestamp) -> Asset {
    let line = |path: &str| {
        fs::read_to_string(path).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let id = line("/etc/machine-id").or_else(|| line("/proc/sys/kernel/random/boot_id")).unwrap_or_else(name);
    let mut facts = BTreeMap::from([
        ("kernel".to_owned(), kernel_release()),
        ("architecture".to_owned(), std::env::consts::ARCH.to_owned()),
    ]);
    if let Some(system) = operating_system() {
        facts.insert("operating_system".to_owned(), system);
    }
    if let Ok(processors) = std::thread::available_parallelism() {
        facts.insert("processors".to_owned(), processors.to_string());
    }
    if let Some(memory) = line("/proc/meminfo")
        .as_deref()
        .and_then(|text| text.lines().next())
        .map(|first| first.trim_start_matches("MemTotal:").trim().to_owned())
    {
        facts.insert("memory".to_owned(), memory);
    }
    Asset { id, kind: AssetKind::Host, name: name(), facts, first_seen: now, last_seen: now }
}

/// The system's own name for itself (`PRETTY_NAME` of os-release).
pub fn operating_system() -> Option<String> {
    let text =
        fs::read_to_string("/etc/os-release").or_else(|_| fs::read_to_string("/usr/lib/os-release")).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(value.trim_matches('"').to_owned())
}

/// This machine as audit records name it.
pub const fn audit_arch() -> yagura_event::AuditArch {
    if cfg!(target_arch = "aarch64") {
        yagura_event::AuditArch::Aarch64
    } else {
        yagura_event::AuditArch::X86_64
    }
}
