//! [`SensorStatus`]: what the sensor sees, what it cannot see, and what it lost.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How the sensor listens to the kernel, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SensorMode {
    /// eBPF programs on BTF tracepoints, delivered through a ring buffer.
    Ebpf,
    /// The kernel's process-event connector with details from procfs: exec, fork and exit only.
    ProcConnector,
    /// procfs read again and again: processes and sockets that live long enough. Needs no privilege.
    Procfs,
    /// Not running.
    Off,
}

/// What the sensor sees, what it cannot see, and what it lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SensorStatus {
    /// How it listens.
    pub mode: SensorMode,
    /// Why it does not listen in a better way; empty in the best mode.
    pub mode_reasons: Vec<String>,
    /// Kernel release.
    pub kernel: String,
    /// What was tried at start, and the result.
    pub capabilities: Vec<Capability>,
    /// What it cannot see and which rules that blinds.
    pub blind_spots: Vec<BlindSpot>,
    /// When it started; `None` when it does not run.
    pub started: Option<Timestamp>,
    /// Events delivered since start.
    pub events: u64,
    /// Events lost since start.
    pub lost: u64,
    /// Events by kind.
    pub rates: Vec<EventRate>,
    /// Losses by place.
    pub losses: Vec<Loss>,
    /// Processes in the process table.
    pub processes: u64,
    /// Containers known.
    pub containers: u64,
    /// Resident memory of this program in bytes.
    pub memory_bytes: u64,
}

/// Something that was tried at start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Capability {
    /// What, for example `tp_btf/sched_process_exec`.
    pub name: String,
    /// Whether it works here.
    pub available: bool,
    /// Why not, or what it is used for.
    pub detail: String,
}

/// Something that cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlindSpot {
    /// What is not seen.
    pub what: String,
    /// Why, and what would help.
    pub why: String,
    /// Rules that cannot fire, or not fully, because of it.
    pub rules: Vec<String>,
}

/// Events of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventRate {
    /// Kind of event.
    pub kind: String,
    /// Events since start.
    pub count: u64,
    /// Events per second over the last seconds.
    pub per_second: f64,
}

/// Events lost in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Loss {
    /// Where, for example `ring_buffer` or `store_queue`.
    pub place: String,
    /// Events lost there since start.
    pub count: u64,
    /// What the reader of the number should know.
    pub detail: String,
}

impl SensorStatus {
    /// The status of a sensor that does not run, and why.
    pub fn off(kernel: String, reason: String) -> Self {
        Self {
            mode: SensorMode::Off,
            mode_reasons: vec![reason],
            kernel,
            capabilities: Vec::new(),
            blind_spots: Vec::new(),
            started: None,
            events: 0,
            lost: 0,
            rates: Vec::new(),
            losses: Vec::new(),
            processes: 0,
            containers: 0,
            memory_bytes: 0,
        }
    }
}
