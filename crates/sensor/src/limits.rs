//! Ceilings on what comes from outside.

/// Most processes in the table, unless the caller says otherwise.
pub(crate) const PROCESSES_MAX: usize = 65_536;
/// Size of the kernel's ring buffer, unless the caller says otherwise.
pub(crate) const RING_BYTES: usize = 16 << 20;
/// Bytes of arguments that are kept, all together.
pub(crate) const ARGS_BYTES_MAX: usize = 4_096;
/// Bytes of environment that are kept, all together.
pub(crate) const ENV_BYTES_MAX: usize = 4_096;
/// Largest passwd or group file that is read.
pub(crate) const ACCOUNTS_BYTES_MAX: u64 = 1 << 20;
/// Largest description of a container that is read.
pub(crate) const CONTAINER_BYTES_MAX: u64 = 4 << 20;
/// Containers and cgroups remembered.
pub(crate) const CONTAINERS_MAX: usize = 4_096;
/// Largest procfs file that is read.
pub(crate) const PROC_FILE_BYTES_MAX: u64 = 64 << 10;
/// Components of a cgroup's path that the probes tell, from the leaf; `CGROUPS_MAX` there.
pub(crate) const CGROUPS_MAX: usize = 32;
/// What a path begins with that is deeper than the probes tell (`COMPONENTS_MAX` there).
pub(crate) const CUT_PATH: &str = "/.../";
/// Network namespaces whose sockets are looked at after a loss.
pub(crate) const NAMESPACES_MAX: usize = 256;
/// Sockets that are remembered as told.
pub(crate) const TOLD_SOCKETS_MAX: usize = 16_384;
/// Children of one process that are followed when it ends.
pub(crate) const ORPHANS_MAX: usize = 256;
/// Bytes of the kernel's list of processes that are read: some 65,536 processes with long arguments.
pub(crate) const TASKS_BYTES_MAX: usize = 256 << 20;
/// Bytes of one process in that list, in the mean.
pub(crate) const PROCESS_RECORD_BYTES: usize = 1_024;
/// Containers a runtime is asked about at once.
pub(crate) const CRI_ASKS_MAX: usize = 256;
/// Frames of one answer of a runtime.
pub(crate) const CRI_FRAMES_MAX: usize = 4_096;
/// Labels of one container or pod.
pub(crate) const CRI_LABELS_MAX: usize = 512;
/// Bytes of one text in an answer of a runtime.
pub(crate) const CRI_TEXT_BYTES_MAX: usize = 16_384;
