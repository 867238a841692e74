//! [`Means`] of refusing an act, and [`Offers`]: which of them this machine has.

use serde::Serialize;
use yagura_sensor::prevent::{Gate, Kernel, Watched, lsm_refusal};

/// A way to keep an act from happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// The kernel kills the process when the new program is in place, before its first instruction.
    Kill,
    /// The caller of exec gets EPERM.
    DenyExec,
    /// The caller of open gets EPERM.
    DenyOpen,
    /// The caller of connect gets EPERM.
    DenyConnect,
}

impl Means {
    /// Every means.
    pub const ALL: [Self; 4] = [Self::Kill, Self::DenyExec, Self::DenyOpen, Self::DenyConnect];

    /// The word used in JSON and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::DenyExec => "deny_exec",
            Self::DenyOpen => "deny_open",
            Self::DenyConnect => "deny_connect",
        }
    }

    /// How it is done.
    pub const fn how(self) -> &'static str {
        match self {
            Self::Kill => {
                "SIGKILL before the first instruction, decided in the kernel (tp_btf/sched_process_exec)"
            }
            Self::DenyExec => "EPERM to exec, decided by the gate (fanotify FAN_OPEN_EXEC_PERM)",
            Self::DenyOpen => "EPERM to open, decided by the gate (fanotify FAN_OPEN_PERM)",
            Self::DenyConnect => "EPERM to connect, decided in the kernel (cgroup/connect4, cgroup/connect6)",
        }
    }
}

/// Which means this machine has; each that it lacks with the kernel's reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offers {
    /// Deciders in the kernel, for programs.
    pub kill: Result<(), String>,
    /// Deciders in the kernel, for connections.
    pub connect: Result<(), String>,
    /// The gate.
    pub gate: Result<(), String>,
    /// Programs on the kernel's security hooks: they would refuse everything at once, with all arguments known.
    pub lsm: Result<(), String>,
}

impl Offers {
    /// Tries each means and takes it down again.
    pub fn probe() -> Self {
        let kernel = Kernel::load();
        let connect = match &kernel {
            Ok(kernel) => kernel.connections().map_err(str::to_owned),
            Err(error) => Err(error.to_string()),
        };
        Self {
            kill: kernel.map(drop).map_err(|error| error.to_string()),
            connect,
            gate: Gate::open(Watched::default()).map(drop).map_err(|error| error.to_string()),
            lsm: lsm_refusal().map_or(Ok(()), Err),
        }
    }

    /// What the gate and the security hooks offer, where the deciders are in force already.
    pub fn probe_gate() -> Self {
        Self {
            gate: Gate::open(Watched::default()).map(drop).map_err(|error| error.to_string()),
            lsm: lsm_refusal().map_or(Ok(()), Err),
            ..Self::everything()
        }
    }

    /// All of them: for plans of another machine.
    pub const fn everything() -> Self {
        Self { kill: Ok(()), connect: Ok(()), gate: Ok(()), lsm: Ok(()) }
    }

    /// Whether there is this means.
    pub fn has(&self, means: Means) -> Result<(), &str> {
        let offer = match means {
            Means::Kill => &self.kill,
            Means::DenyConnect => &self.connect,
            Means::DenyExec | Means::DenyOpen => &self.gate,
        };
        offer.as_ref().copied().map_err(String::as_str)
    }
}
