//! From the kernel to events: eBPF probes where the kernel allows them, else the process connector and fanotify, else
//! procfs.
//!
//! Gives [`yagura_event::Event`]s with process, ancestors and container to whoever runs the [`Sensor`], on that thread.
//! Judges nothing and keeps nothing but the process table. Nothing is pinned or mounted: when the process ends, however
//! it ends, the kernel removes the probes.
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//! use yagura_sensor::{Sensor, SensorOptions};
//!
//! let sensor = Sensor::start(SensorOptions::default())?;
//! println!("{:?}", sensor.handle().status().mode);
//! sensor.run(&AtomicBool::new(false), |event| println!("{} {}", event.process.name, event.kind))?;
//! # Ok::<(), yagura_sensor::SensorError>(())
//! ```

mod account;
mod call;
mod clock;
mod connector;
mod container;
mod decode;
mod ebpf;
mod error;
mod follow;
mod idle;
mod limits;
mod opened;
mod poll;
pub mod prevent;
mod procfs;
mod record;
mod rescan;
mod rings;
mod sensor;
mod status;
mod table;
mod task;
mod uring;
mod wanted;
mod wish;

#[allow(
    clippy::all,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    dead_code,
    reason = "generated"
)]
mod skeleton {
    include!(concat!(env!("OUT_DIR"), "/sensor.skel.rs"));
}

#[allow(
    clippy::all,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    dead_code,
    reason = "generated"
)]
mod skeleton_table {
    include!(concat!(env!("OUT_DIR"), "/table.skel.rs"));
}

#[allow(
    clippy::all,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    dead_code,
    reason = "generated"
)]
mod skeleton_uring {
    include!(concat!(env!("OUT_DIR"), "/uring.skel.rs"));
}

#[allow(
    clippy::all,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    dead_code,
    reason = "generated"
)]
mod skeleton_prevent {
    include!(concat!(env!("OUT_DIR"), "/prevent.skel.rs"));
}

#[allow(
    clippy::all,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_imports,
    dead_code,
    reason = "generated"
)]
mod skeleton_lsm {
    include!(concat!(env!("OUT_DIR"), "/lsm.skel.rs"));
}

pub use ebpf::Hook;
pub use error::SensorError;
pub use idle::be_idle;
pub use rescan::RescanReport;
pub use sensor::{Sensor, SensorHandle, SensorOptions, capturable_kinds, kinds_of_loss, probe};
