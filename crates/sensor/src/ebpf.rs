//! The way through eBPF: loads the probes, attaches what is wanted, reads the rings.

use std::{
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use libbpf_rs::{
    MapCore, MapFlags, MapHandle, OpenObject, ProgramInput, ProgramType,
    skel::{OpenSkel, SkelBuilder},
};
use yagura_event::Event;

use crate::{
    SensorError,
    call::Program,
    decode::Decoder,
    record::Record,
    rescan::Rescan,
    rings::Rings,
    skeleton::{OpenSensorSkel, SensorSkel, SensorSkelBuilder},
    status::{Shared, lock},
    uring::Uring,
    wish::{Hooks, attach},
};

/// How programs get at the kernel's tracepoints, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// By BTF (`tp_btf`): programs follow the kernel's pointers.
    Btf,
    /// As raw tracepoints (`raw_tp`), where the kernel refuses the first: programs copy what they read.
    RawTracepoint,
}

impl Hook {
    /// The name of its program section.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Btf => "tp_btf",
            Self::RawTracepoint => "raw_tp",
        }
    }
}

/// Loaded and attached probes.
pub(crate) struct Probes {
    skeleton: SensorSkel<'static>,
    hook: Hook,
    links: Vec<OwnedFd>,
    uring: Result<Uring, String>,
    pub(crate) decoder: Decoder,
}

impl Probes {
    /// Loads the probes and attaches those that tell of processes; [`Probes::hooks`] does the rest.
    pub(crate) fn load(
        hook: Hook,
        ring_bytes: usize,
        decoder: Decoder,
        shared: &Shared,
    ) -> Result<Self, SensorError> {
        // libbpf keeps a pointer into this; it lives as long as the process, once for each start of a sensor.
        let object: &'static mut MaybeUninit<OpenObject> = Box::leak(Box::new(MaybeUninit::uninit()));
        let mut open =
            SensorSkelBuilder::default().open(object).map_err(SensorError::kernel("opening the probes"))?;
        if hook == Hook::RawTracepoint {
            become_raw(&mut open);
        }
        let ring = u32::try_from(ring_bytes.next_power_of_two().clamp(1 << 16, 1 << 30)).unwrap_or(1 << 24);
        open.maps.ring.set_max_entries(ring).map_err(SensorError::kernel("sizing the ring buffer"))?;
        let skeleton = open.load().map_err(SensorError::kernel("loading the probes"))?;
        let mut probes = Self { skeleton, hook, links: Vec::new(), uring: Err(String::new()), decoder };
        probes.identify();
        probes.uring = Uring::load(&probes.skeleton, hook, probes.self_pid());
        let detail = probes.uring.as_ref().err().map_or("operations are told as calls", String::as_str);
        shared.capability(&format!("{}/io_uring_submit_req", hook.name()), probes.uring.is_ok(), detail);
        shared.set_sees_rings(probes.uring.is_ok());
        probes.connect()?;
        probes.attach(shared)?;
        Ok(probes)
    }

    /// This process's id as the kernel counts, whatever pid namespace it lives in.
    pub(crate) fn self_pid(&self) -> u32 {
        self.skeleton.maps.bss_data.as_deref().map_or_else(std::process::id, |data| data.self_tgid)
    }

    // The probes leave this process out. Who that is only the kernel knows: in a pid namespace it has another number.
    fn identify(&mut self) {
        let ran = self.skeleton.progs.identify.test_run(ProgramInput::default());
        let named = self.skeleton.maps.bss_data.as_deref_mut();
        if let (Err(error), Some(data)) = (ran, named) {
            tracing::debug!("the kernel does not run a program on demand: {error}");
            data.self_tgid = std::process::id();
        }
    }

    /// What chooses which calls are told, for whoever changes it later.
    pub(crate) fn hooks(&self) -> Result<Hooks, SensorError> {
        let map = MapHandle::try_from(&self.skeleton.maps.wanted);
        let map = map.map_err(SensorError::kernel("sharing a map"))?;
        let programs = self.hooked_programs().map_err(|error| SensorError::Kernel {
            action: "sharing a program",
            reason: error.to_string(),
        })?;
        Ok(Hooks::new(map, programs, self.hook))
    }

    // What tells of calls, with the tracepoint of each.
    fn hooked_programs(&self) -> std::io::Result<Vec<(&'static str, OwnedFd)>> {
        let exit = self.skeleton.progs.call_exit.as_fd().try_clone_to_owned()?;
        let mut programs = vec![("sys_exit", exit)];
        if let Ok(uring) = &self.uring {
            programs.extend(uring.programs()?);
        }
        Ok(programs)
    }

    /// The map of counters.
    pub(crate) fn counters(&self) -> Result<MapHandle, SensorError> {
        MapHandle::try_from(&self.skeleton.maps.counters).map_err(SensorError::kernel("sharing a map"))
    }

    // Puts the program of each shape of arguments where the first program finds it.
    fn connect(&self) -> Result<(), SensorError> {
        let programs = &self.skeleton.progs;
        let shapes = [
            (Program::Any, &programs.call_any),
            (Program::Open, &programs.call_open),
            (Program::Socket, &programs.call_socket),
            (Program::Send, &programs.call_send),
            (Program::Receive, &programs.call_receive),
            (Program::Write, &programs.call_write),
            (Program::Memory, &programs.call_memory),
        ];
        for (place, program) in shapes {
            let key = (place as u32).to_ne_bytes();
            let value = program.as_fd().as_raw_fd().to_ne_bytes();
            let done = self.skeleton.maps.programs.update(&key, &value, MapFlags::ANY);
            done.map_err(SensorError::kernel("connecting the probes"))?;
        }
        Ok(())
    }

    fn attach(&mut self, shared: &Shared) -> Result<(), SensorError> {
        let programs = &self.skeleton.progs;
        let entries: [(&str, BorrowedFd<'_>); 3] = [
            ("sched_process_fork", programs.process_fork.as_fd()),
            ("sched_process_exec", programs.process_exec.as_fd()),
            ("sched_process_exit", programs.process_exit.as_fd()),
        ];
        for (tracepoint, program) in entries {
            let name = format!("{}/{tracepoint}", self.hook.name());
            match attach(program, tracepoint, self.hook) {
                Ok(link) => {
                    shared.capability(&name, true, "attached");
                    self.links.push(link);
                }
                Err(error) => {
                    shared.capability(&name, false, &error.to_string());
                    return Err(SensorError::Kernel {
                        action: "attaching a probe",
                        reason: format!("{name}: {error}"),
                    });
                }
            }
        }
        Ok(())
    }

    /// Reads records and hands their events to `sink` until `stop` is true.
    pub(crate) fn run(
        self,
        stop: &AtomicBool,
        shared: &Arc<Shared>,
        hooks: &Mutex<Option<Hooks>>,
        sink: impl FnMut(Event),
    ) -> Result<(), SensorError> {
        let Self { skeleton, links: _links, uring: _uring, decoder, .. } = self;
        let kernel = SensorError::kernel("reading the rings");
        let mut rings = Rings::open(&skeleton.maps).map_err(kernel)?;
        keep_up();
        let mut reader = Reader { decoder, sink, shared: Arc::clone(shared), rescan: Rescan::new() };
        while !stop.load(Ordering::Acquire) {
            let found = rings.read(&mut |bytes| reader.deliver(bytes));
            reader.settle();
            rings.wait(found);
        }
        // First of all: without the others, the program that is called by the kernel would count all as lost.
        *lock(hooks) = None;
        // What the probes still have: they go only when the links do.
        rings.read_all(&mut |bytes| reader.deliver(bytes));
        Ok(())
    }
}

struct Reader<S> {
    decoder: Decoder,
    sink: S,
    shared: Arc<Shared>,
    rescan: Rescan,
}

impl<S: FnMut(Event)> Reader<S> {
    fn deliver(&mut self, bytes: &[u8]) {
        let Some(record) = Record::parse(bytes) else {
            self.shared.malformed.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if let Some(event) = self.decoder.decode(&record) {
            self.shared.count(event.kind);
            self.rescan.note(&event);
            (self.sink)(event);
        }
    }

    fn settle(&mut self) {
        let (shared, sink) = (&self.shared, &mut self.sink);
        self.rescan.follow(&mut self.decoder, shared, &mut |event| {
            shared.count(event.kind);
            sink(event);
        });
        self.shared.set_processes(self.decoder.table.len(), self.decoder.table.containers());
        self.shared.answer_if_asked(|| self.decoder.table.processes());
    }
}

// Records wait in rings of a fixed size, and what a container was is known only while it lives: this thread goes somewhat
// before others where the machine is busy. Without the privilege it stays as it is.
fn keep_up() {
    let thread = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(thread), NICE);
}

const NICE: i32 = -5;

// The same programs as raw tracepoints.
fn become_raw(open: &mut OpenSensorSkel<'_>) {
    if let Some(data) = open.maps.rodata_data.as_deref_mut() {
        data.direct = false;
    }
    let programs = &mut open.progs;
    for program in [
        &mut programs.call_exit,
        &mut programs.call_any,
        &mut programs.call_open,
        &mut programs.call_socket,
        &mut programs.call_send,
        &mut programs.call_receive,
        &mut programs.call_write,
        &mut programs.call_memory,
        &mut programs.process_fork,
        &mut programs.process_exec,
        &mut programs.process_exit,
    ] {
        program.set_prog_type(ProgramType::RawTracepoint);
    }
}
