//! Operations of io_uring, which pass no system call: probes of their own that share the maps of the others.
//!
//! Kernels without io_uring, or whose structures are not known, refuse them; then they are a blind spot and all else works.

use std::{
    mem::MaybeUninit,
    os::fd::{AsFd, OwnedFd},
};

use libbpf_rs::{
    OpenObject, ProgramType,
    skel::{OpenSkel, SkelBuilder},
};

use crate::{
    ebpf::Hook,
    skeleton::SensorSkel,
    skeleton_uring::{UringSkel, UringSkelBuilder},
};

/// The probes, loaded.
pub(crate) struct Uring {
    skeleton: UringSkel<'static>,
}

impl Uring {
    /// Loads them beside the others; says why it cannot.
    pub(crate) fn load(probes: &SensorSkel<'_>, hook: Hook, self_pid: u32) -> Result<Self, String> {
        // libbpf keeps a pointer into this; it lives as long as the process, once for each start of a sensor.
        let object: &'static mut MaybeUninit<OpenObject> = Box::leak(Box::new(MaybeUninit::uninit()));
        let said = |error: libbpf_rs::Error| error.to_string();
        let mut open = UringSkelBuilder::default().open(object).map_err(said)?;
        open.maps.wanted.reuse_fd(probes.maps.wanted.as_fd()).map_err(said)?;
        open.maps.ring.reuse_fd(probes.maps.ring.as_fd()).map_err(said)?;
        open.maps.ring_process.reuse_fd(probes.maps.ring_process.as_fd()).map_err(said)?;
        open.maps.ring_vital.reuse_fd(probes.maps.ring_vital.as_fd()).map_err(said)?;
        open.maps.reader_sleeps.reuse_fd(probes.maps.reader_sleeps.as_fd()).map_err(said)?;
        open.maps.counters.reuse_fd(probes.maps.counters.as_fd()).map_err(said)?;
        if hook == Hook::RawTracepoint {
            if let Some(data) = open.maps.rodata_data.as_deref_mut() {
                data.direct = false;
            }
            open.progs.ring_submit.set_prog_type(ProgramType::RawTracepoint);
            open.progs.ring_complete.set_prog_type(ProgramType::RawTracepoint);
        }
        if let Some(data) = open.maps.bss_data.as_deref_mut() {
            data.self_tgid = self_pid;
        }
        let skeleton = open.load().map_err(said)?;
        Ok(Self { skeleton })
    }

    /// The programs and their tracepoints.
    pub(crate) fn programs(&self) -> std::io::Result<[(&'static str, OwnedFd); 2]> {
        let programs = &self.skeleton.progs;
        Ok([
            ("io_uring_submit_req", programs.ring_submit.as_fd().try_clone_to_owned()?),
            ("io_uring_complete", programs.ring_complete.as_fd().try_clone_to_owned()?),
        ])
    }
}
