//! Names that may be compared with `evt.type`: the kinds we have, and the other calls and events Falco knows. The latter
//! never occur here; rules that name them load and say which kinds they miss.

use yagura_event::EventKind;

/// Whether Falco knows an event of this name.
pub(crate) fn is_known_event_type(name: &str) -> bool {
    EventKind::from_name(name).is_some() || OTHERS.split_ascii_whitespace().any(|known| known == name)
}

const OTHERS: &str = "
    read write close stat fstat lstat poll lseek brk rt_sigaction rt_sigprocmask rt_sigreturn ioctl pread pread64 pwrite
    pwrite64 readv writev access pipe pipe2 select sched_yield mremap msync mincore madvise shmget shmat shmctl pause
    nanosleep getitimer alarm setitimer getpid sendfile sendfile64 shutdown getsockname getpeername socketpair setsockopt
    getsockopt exit wait4 uname semget semop semctl shmdt msgget msgsnd msgrcv msgctl fcntl flock fsync fdatasync getdents
    getdents64 getcwd readlink readlinkat umask gettimeofday getrlimit setrlimit prlimit prlimit64 getrusage sysinfo times
    getuid syslog getgid geteuid getegid getppid getpgrp getpgid getsid getgroups setgroups getresuid getresgid setfsgid
    capget rt_sigpending rt_sigtimedwait rt_sigqueueinfo rt_sigsuspend sigaltstack utime mknod mknodat uselib personality
    ustat statfs fstatfs sysfs getpriority setpriority sched_setparam sched_getparam sched_setscheduler
    sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval mlock munlock mlockall
    munlockall mlock2 vhangup modify_ldt arch_prctl adjtimex acct settimeofday sync umount swapon swapoff reboot
    sethostname setdomainname iopl ioperm quotactl quotactl_fd gettid readahead lsetxattr fsetxattr getxattr lgetxattr
    fgetxattr listxattr llistxattr flistxattr removexattr lremovexattr fremovexattr time futex futex_waitv
    sched_setaffinity sched_getaffinity set_thread_area get_thread_area io_setup io_destroy io_getevents io_submit
    io_cancel epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 remap_file_pages set_tid_address
    restart_syscall semtimedop fadvise64 timer_create timer_settime timer_gettime timer_getoverrun timer_delete
    clock_settime clock_gettime clock_getres clock_nanosleep clock_adjtime exit_group utimes mbind set_mempolicy
    get_mempolicy mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr kexec_load kexec_file_load waitid
    add_key request_key ioprio_set ioprio_get inotify_init inotify_init1 inotify_add_watch inotify_rm_watch migrate_pages
    futimesat newfstatat fstatat64 faccessat faccessat2 pselect6 ppoll set_robust_list get_robust_list splice tee vmsplice
    sync_file_range move_pages utimensat signalfd signalfd4 timerfd timerfd_create timerfd_settime timerfd_gettime
    eventfd eventfd2 fallocate preadv pwritev preadv2 pwritev2 rt_tgsigqueueinfo fanotify_init fanotify_mark
    name_to_handle_at open_by_handle_at syncfs getcpu kcmp sched_setattr sched_getattr seccomp getrandom membarrier
    copy_file_range pkey_mprotect pkey_alloc pkey_free statx io_pgetevents rseq pidfd_send_signal pidfd_open pidfd_getfd
    open_tree fsopen fsconfig fsmount fspick close_range process_madvise process_mrelease mount_setattr
    landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret set_mempolicy_home_node cachestat
    fchmodat2 mseal nice waitpid signal sigaction sigprocmask sigsuspend socketcall send recv oldstat mmap2 munmap
    setregid32 setreuid32 delete_module query_module create_module lookup_dcookie nfsservctl getpmsg putpmsg afs_syscall
    tuxcall security vserver bdflush break ftime gtty idle ipc lock mpx prof profil readdir ssetmask sgetmask stty ulimit
    ugetrlimit uretprobe renameat fchmodat
    syscall procexit switch drop signaldeliver procinfo cpu_hotplug tracer container k8s mesos notification infra pluginevent
    page_fault group_added group_deleted user_added user_deleted asyncevent unknown";
