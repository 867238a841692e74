//! Kinds of file systems: which hold files of this machine, and which do not.

/// What a file system is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filesystem {
    /// Files on this machine.
    Real,
    /// The kernel's windows: processes, devices, settings.
    Kernel,
    /// Files of another machine, or of a program: slow, endless, or somebody else's.
    Remote,
    /// The joined view of a container; its layers are looked at as images.
    Union,
}

/// By the number `statfs` tells. Numbers from `include/uapi/linux/magic.h` and the file systems' sources.
pub(crate) fn of(magic: u64) -> Filesystem {
    match magic & 0xffff_ffff {
        0x9fa0 // proc
        | 0x6265_6572 // sysfs
        | 0x1cd1 // devpts
        | 0x6462_6720 // debugfs
        | 0x7472_6163 // tracefs
        | 0xcafe_4a11 // bpf
        | 0x7363_6673 // securityfs
        | 0x6165_676c // pstore
        | 0xde5e_81e4 // efivarfs
        | 0x1980_0202 // mqueue
        | 0x9584_58f6 // hugetlbfs
        | 0x6265_6570 // configfs
        | 0x0027_e0eb // cgroup
        | 0x6367_7270 // cgroup2
        | 0x4249_4e4d // binfmt_misc
        | 0x6e73_6673 // nsfs
        | 0x6573_5543 // fusectl
        | 0xf97c_ff8c // selinuxfs
        | 0x0187 // autofs
        => Filesystem::Kernel,
        0x6969 // nfs
        | 0xff53_4d42 // cifs
        | 0xfe53_4d42 // smb2
        | 0x517b // smb
        | 0x6573_5546 // fuse
        | 0x0102_1997 // 9p
        | 0x00c3_6400 // ceph
        | 0x5346_414f // afs
        | 0x6b41_4653 // kafs
        | 0x7375_7245 // coda
        | 0x0bd0_0bd0 // lustre
        | 0x7461_636f // ocfs2
        | 0x0116_1970 // gfs2
        => Filesystem::Remote,
        0x794c_7630 // overlay
        | 0x6175_6673 // aufs
        => Filesystem::Union,
        _ => Filesystem::Real,
    }
}
