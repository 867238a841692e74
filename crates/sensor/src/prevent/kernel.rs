//! [`Kernel`]: the deciders in the kernel, their tables and what they tell.

use std::{
    fs::{self, File},
    io,
    mem::MaybeUninit,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd},
    time::Duration,
};

use libbpf_rs::{
    MapCore, MapFlags, OpenObject, RingBufferBuilder,
    skel::{OpenSkel, SkelBuilder},
};

use super::program::{Bits, Hook, Program, SLOTS, Slot, State};
use crate::{
    SensorError, ebpf, record,
    skeleton_lsm::LsmSkelBuilder,
    skeleton_prevent::{PreventSkel, PreventSkelBuilder, types},
    wish::attach,
};

/// The deciders, loaded and attached.
pub struct Kernel {
    skeleton: PreventSkel<'static>,
    links: Vec<OwnedFd>,
    refuses: Result<(), String>,
}

/// Something the kernel refused, or would have refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Nanoseconds since boot.
    pub time: u64,
    /// The rule's number in the program.
    pub rule: u32,
    /// Where it was decided.
    pub hook: Hook,
    /// It was told only.
    pub dry: bool,
    /// The kernel's errno where it did not send the signal.
    pub error: Option<i32>,
    /// Process, thread, parent, effective user.
    pub pid: u32,
    /// See `pid`.
    pub tid: u32,
    /// See `pid`.
    pub ppid: u32,
    /// See `pid`.
    pub uid: u32,
    /// Name of the process.
    pub name: String,
    /// Name of its parent.
    pub parent_name: String,
    /// Path of its program, at most 240 bytes.
    pub path: String,
    /// Its arguments after the first, at most 240 bytes, where they were looked at.
    pub args: String,
    /// Where it wanted to connect.
    pub remote: Option<SocketAddr>,
    /// Number of the transport protocol.
    pub protocol: u8,
}

/// What the deciders counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KernelCounts {
    /// Verdicts that were carried out and could not be told.
    pub untold: u64,
    /// Acts that went on because too many were decided at once.
    pub undecided: u64,
}

impl Kernel {
    /// Loads and attaches the deciders; they decide nothing until [`Kernel::apply`].
    ///
    /// # Errors
    /// Where the kernel refuses the programs. Without a unified cgroup hierarchy only connections cannot be refused:
    /// [`Kernel::connections`] says why.
    pub fn load() -> Result<Self, SensorError> {
        // libbpf keeps a pointer into this; it lives as long as the process, once for each load.
        let object: &'static mut MaybeUninit<OpenObject> = Box::leak(Box::new(MaybeUninit::uninit()));
        let mut open = PreventSkelBuilder::default()
            .open(object)
            .map_err(SensorError::kernel("opening the deciders"))?;
        if let Some(data) = open.maps.bss_data.as_deref_mut() {
            data.self_tgid = std::process::id();
        }
        let skeleton = open.load().map_err(SensorError::kernel("loading the deciders"))?;
        let mut kernel = Self { skeleton, links: Vec::new(), refuses: Ok(()) };
        let program = kernel.skeleton.progs.judge_program.as_fd();
        let link = attach(program, "sched_process_exec", ebpf::Hook::Btf);
        kernel.links.push(link.map_err(|error| SensorError::Kernel {
            action: "attaching the decider of programs",
            reason: error.to_string(),
        })?);
        match kernel.attach_connections() {
            Ok(links) => kernel.links.extend(links),
            Err(error) => kernel.refuses = Err(error.to_string()),
        }
        Ok(kernel)
    }

    /// Why connections cannot be refused, where they cannot.
    pub fn connections(&self) -> Result<(), &str> {
        self.refuses.as_ref().copied().map_err(String::as_str)
    }

    fn attach_connections(&self) -> io::Result<[OwnedFd; 2]> {
        let root = unified_root()
            .ok_or_else(|| io::Error::other("no unified cgroup hierarchy (cgroup2) is mounted"))?;
        let cgroup = File::open(root)?;
        let programs = &self.skeleton.progs;
        Ok([
            attach_cgroup(programs.judge_connect4.as_fd(), cgroup.as_fd(), 10)?,
            attach_cgroup(programs.judge_connect6.as_fd(), cgroup.as_fd(), 11)?,
        ])
    }

    /// Puts other conditions in force. For the some milliseconds of the change nothing is refused. `safe` are files by
    /// device and inode, as `stat` tells them: whatever runs them is left alone.
    ///
    /// # Errors
    /// Where the program is larger than the tables, or the kernel refuses an entry; then nothing is refused any more.
    pub fn apply(&mut self, program: &Program, safe: &[(u64, u64)]) -> Result<(), SensorError> {
        if let Some(reason) = program.excess() {
            return Err(SensorError::Kernel { action: "filling the deciders' tables", reason });
        }
        self.switch(false);
        self.fill(program, safe).map_err(SensorError::kernel("filling the deciders' tables"))?;
        self.switch(true);
        Ok(())
    }

    fn switch(&mut self, on: bool) {
        if let Some(data) = self.skeleton.maps.bss_data.as_deref_mut() {
            data.is_on = u32::from(on);
        }
    }

    fn fill(&self, program: &Program, safe: &[(u64, u64)]) -> libbpf_rs::Result<()> {
        let maps = &self.skeleton.maps;
        let emptied: [&dyn MapCore; 4] = [&maps.texts, &maps.prefixes, &maps.addresses, &maps.safe];
        for map in emptied {
            let keys: Vec<Vec<u8>> = map.keys().collect();
            keys.iter().try_for_each(|key| map.delete(key))?;
        }
        let put = |map: &dyn MapCore, key: &[u8], value: Vec<u8>| map.update(key, &value, MapFlags::ANY);
        for ((hook, slot, text), bits) in &program.texts {
            put(&maps.texts, &text_key(*hook, *slot, text), bits.bytes().collect())?;
        }
        for ((hook, slot, number), bits) in &program.numbers {
            put(&maps.texts, &text_key(*hook, *slot, &number.to_ne_bytes()), bits.bytes().collect())?;
        }
        for ((hook, slot, text), bits) in &program.prefixes {
            let length = u32::try_from(32 + text.len() * 8).unwrap_or(32);
            let key = [&length.to_ne_bytes()[..], &text_key(*hook, *slot, text)].concat();
            put(&maps.prefixes, &key, bits.bytes().collect())?;
        }
        for (address, length, bits) in &program.networks {
            put(&maps.addresses, &address_key(*address, *length), bits.bytes().collect())?;
        }
        for (device, inode) in safe {
            let key = [inode.to_ne_bytes(), kernel_device(*device).to_ne_bytes()].concat();
            put(&maps.safe, &key, 1_u32.to_ne_bytes().to_vec())?;
        }
        for (index, state) in program.states.iter().enumerate() {
            put(&maps.automata, &number(index), state_bytes(state))?;
        }
        for hook in [Hook::Exec, Hook::Connect] {
            for slot in 0..SLOTS {
                put(&maps.slots, &number(hook as usize * SLOTS + slot), slot_bytes(program, hook, slot))?;
            }
            put(&maps.tables, &number(hook as usize), table_bytes(program, hook))?;
        }
        Ok(())
    }

    /// Waits for verdicts and hands them out.
    ///
    /// # Errors
    /// Where the ring cannot be read.
    pub fn read(&self, wait: Duration, tell: &mut dyn FnMut(Verdict)) -> Result<(), SensorError> {
        let failed = || SensorError::kernel("reading the deciders' ring");
        let mut builder = RingBufferBuilder::new();
        let add = |bytes: &[u8]| {
            record::read(bytes).as_ref().and_then(verdict).into_iter().for_each(&mut *tell);
            0
        };
        builder.add(&self.skeleton.maps.verdicts, add).map_err(failed())?;
        let ring = builder.build().map_err(failed())?;
        let _ = ring.poll_raw(wait);
        Ok(())
    }

    /// What was counted since the load.
    pub fn counts(&self) -> KernelCounts {
        self.skeleton.maps.bss_data.as_deref().map_or_else(KernelCounts::default, |data| KernelCounts {
            untold: data.lost,
            undecided: data.undecided,
        })
    }
}

/// Why this kernel takes no programs on its security hooks; `None` where it does.
pub fn lsm_refusal() -> Option<String> {
    // libbpf would print what it was refused; the answer is given back instead.
    let print = libbpf_rs::set_print(None);
    let mut object: MaybeUninit<OpenObject> = MaybeUninit::uninit();
    let loaded = LsmSkelBuilder::default().open(&mut object).and_then(OpenSkel::load);
    let refused = loaded.err().map(|error| error.to_string());
    libbpf_rs::set_print(print);
    refused
}

fn number(index: usize) -> [u8; 4] {
    u32::try_from(index).unwrap_or(u32::MAX).to_ne_bytes()
}

fn text_key(hook: Hook, slot: Slot, text: &[u8]) -> Vec<u8> {
    let mut key = number(hook as usize * SLOTS + slot as usize).to_vec();
    key.extend_from_slice(text);
    key.resize(244, 0);
    key
}

fn address_key(address: IpAddr, length: u8) -> Vec<u8> {
    let (wide, length): (Ipv6Addr, u32) = match address {
        IpAddr::V4(address) => (address.to_ipv6_mapped(), u32::from(length) + 96),
        IpAddr::V6(address) => (address, u32::from(length)),
    };
    [&length.to_ne_bytes()[..], &wide.octets()].concat()
}

fn state_bytes(state: &State) -> Vec<u8> {
    let next = state.next.iter().flat_map(|next| next.to_ne_bytes());
    next.chain(state.found.bytes()).chain(state.found_at_end.bytes()).collect()
}

fn slot_bytes(program: &Program, hook: Hook, slot: usize) -> Vec<u8> {
    let of = |key: &(Hook, Slot)| key.0 == hook && key.1 as usize == slot;
    let tests = program.tests.iter().find(|(key, _)| of(key)).map_or_else(Bits::default, |(_, bits)| *bits);
    let begin = program.automata.iter().find(|(key, _)| of(key)).map_or(0, |(_, begin)| u32::from(*begin));
    tests.bytes().chain(begin.to_ne_bytes()).chain([0; 4]).collect()
}

fn table_bytes(program: &Program, hook: Hook) -> Vec<u8> {
    let list = program.alternatives.get(&hook).map_or(&[][..], Vec::as_slice);
    let used = program.tests.iter().filter(|((of, _), bits)| *of == hook && !bits.is_empty());
    let slots = used.fold(0_u32, |slots, ((_, slot), _)| slots | 1 << *slot as u32);
    let mut bytes = [number(list.len()), slots.to_ne_bytes()].concat();
    for alternative in list {
        bytes.extend(alternative.set.bytes().chain(alternative.clear.bytes()));
        bytes.extend(alternative.rule.to_ne_bytes());
        bytes.extend(u32::from(alternative.dry).to_ne_bytes());
    }
    bytes.resize(size_of::<types::table>(), 0);
    bytes
}

// `stat` packs a device otherwise than the kernel does inside (linux/kdev_t.h).
fn kernel_device(device: u64) -> u64 {
    u64::from(rustix::fs::major(device)) << 20 | u64::from(rustix::fs::minor(device))
}

fn verdict(raw: &types::verdict) -> Option<Verdict> {
    let hook = match raw.hook {
        0 => Hook::Exec,
        1 => Hook::Connect,
        _ => return None,
    };
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(&bytes[..end]).into_owned()
    };
    let part = |bytes: &[u8], length: u16| text(&bytes[..bytes.len().min(length.into())]);
    let address = IpAddr::from(Ipv6Addr::from(raw.address)).to_canonical();
    Some(Verdict {
        time: raw.time,
        rule: raw.rule,
        hook,
        dry: raw.dry != 0,
        error: (raw.failed != 0).then_some(-raw.failed),
        pid: raw.pid,
        tid: raw.tid,
        ppid: raw.ppid,
        uid: raw.uid,
        name: text(&raw.name),
        parent_name: text(&raw.parent_name),
        path: part(&raw.path, raw.path_bytes),
        args: part(&raw.args, raw.args_bytes).replace('\0', " "),
        remote: (hook == Hook::Connect).then(|| SocketAddr::new(address, raw.port)),
        protocol: raw.protocol,
    })
}

// Where the root of the unified hierarchy is mounted (proc(5), mountinfo: root in field 4, mount point in field 5).
fn unified_root() -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    mounts.lines().find_map(|line| {
        let (mount, kind) = line.split_once(" - ")?;
        let mut fields = mount.split(' ').skip(3);
        let (root, place) = (fields.next()?, fields.next()?);
        (kind.starts_with("cgroup2 ") && root == "/").then(|| place.to_owned())
    })
}

#[expect(
    unsafe_code,
    reason = "libbpf's own wrapper gives a link that is bound to the skeleton's life and thread"
)]
fn attach_cgroup(program: BorrowedFd<'_>, cgroup: BorrowedFd<'_>, kind: u32) -> io::Result<OwnedFd> {
    // SAFETY: both descriptors are borrowed until the call returns, and no options are given.
    let fd = unsafe {
        libbpf_rs::libbpf_sys::bpf_link_create(
            program.as_raw_fd(),
            cgroup.as_raw_fd(),
            kind,
            std::ptr::null(),
        )
    };
    if fd < 0 {
        return Err(io::Error::from_raw_os_error(-fd));
    }
    // SAFETY: the kernel just gave this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
