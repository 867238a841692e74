//! Every field: its name in rules, its type, what it depends on, and whether it takes an argument.

use super::{Scope, Type};

/// Whether a field takes an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArgRule {
    /// It takes none.
    None,
    /// It may take a number.
    Index,
    /// It may take a number or a key.
    Optional,
    /// It must have one.
    Required,
}

macro_rules! fields {
    ($($variant:ident $name:literal $kind:ident $scope:ident $arg:ident,)*) => {
        /// A field, without its argument.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each variant is the field of that name")]
        pub enum Field { $($variant,)* }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name rules use.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The field of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// What its values are.
            pub const fn kind(self) -> Type {
                match self { $(Self::$variant => Type::$kind,)* }
            }

            pub(crate) const fn scope(self) -> Scope {
                match self { $(Self::$variant => Scope::$scope,)* }
            }

            pub(crate) const fn arg_rule(self) -> ArgRule {
                match self { $(Self::$variant => ArgRule::$arg,)* }
            }
        }
    };
}

fields! {
    EvtNum "evt.num" Number Event None,
    EvtTime "evt.time" Text Event None,
    EvtTimeS "evt.time.s" Text Event None,
    EvtTimeIso "evt.time.iso8601" Text Event None,
    EvtDatetime "evt.datetime" Text Event None,
    EvtDatetimeS "evt.datetime.s" Text Event None,
    EvtRawtime "evt.rawtime" Time Event None,
    EvtRawtimeS "evt.rawtime.s" Time Event None,
    EvtRawtimeNs "evt.rawtime.ns" Time Event None,
    EvtReltime "evt.reltime" Duration Never None,
    EvtReltimeS "evt.reltime.s" Duration Never None,
    EvtReltimeNs "evt.reltime.ns" Duration Never None,
    EvtPluginname "evt.pluginname" Text Never None,
    EvtPlugininfo "evt.plugininfo" Text Never None,
    EvtSource "evt.source" Text Event None,
    EvtIsAsync "evt.is_async" Truth Event None,
    EvtAsynctype "evt.asynctype" Text Never None,
    EvtHostname "evt.hostname" Text Never None,
    EvtLatency "evt.latency" Duration Never None,
    EvtLatencyS "evt.latency.s" Duration Never None,
    EvtLatencyNs "evt.latency.ns" Duration Never None,
    EvtLatencyQuantized "evt.latency.quantized" Number Never None,
    EvtLatencyHuman "evt.latency.human" Text Never None,
    EvtDeltatime "evt.deltatime" Duration Never None,
    EvtDeltatimeS "evt.deltatime.s" Duration Never None,
    EvtDeltatimeNs "evt.deltatime.ns" Duration Never None,
    EvtOutputtime "evt.outputtime" Text Event None,
    EvtDir "evt.dir" Text Event None,
    EvtType "evt.type" Text Event None,
    EvtTypeIs "evt.type.is" Number Event Required,
    SyscallType "syscall.type" Text Event None,
    EvtCategory "evt.category" Text Event None,
    EvtCpu "evt.cpu" Number Event None,
    EvtArgs "evt.args" Text Event None,
    EvtArg "evt.arg" Text Event Required,
    EvtRawarg "evt.rawarg" Dynamic Event Required,
    EvtInfo "evt.info" Text Event None,
    EvtBuffer "evt.buffer" Bytes Event None,
    EvtBuflen "evt.buflen" Number Event None,
    EvtRes "evt.res" Text Event None,
    EvtRawres "evt.rawres" Number Event None,
    EvtFailed "evt.failed" Truth Event None,
    EvtIsIo "evt.is_io" Truth Event None,
    EvtIsIoRead "evt.is_io_read" Truth Event None,
    EvtIsIoWrite "evt.is_io_write" Truth Event None,
    EvtIoDir "evt.io_dir" Text Event None,
    EvtIsWait "evt.is_wait" Truth Event None,
    EvtWaitLatency "evt.wait_latency" Duration Never None,
    EvtIsSyslog "evt.is_syslog" Truth Event None,
    EvtCount "evt.count" Number Event None,
    EvtCountError "evt.count.error" Number Event None,
    EvtCountErrorFile "evt.count.error.file" Number Event None,
    EvtCountErrorNet "evt.count.error.net" Number Event None,
    EvtCountErrorMemory "evt.count.error.memory" Number Event None,
    EvtCountErrorOther "evt.count.error.other" Number Event None,
    EvtCountExit "evt.count.exit" Number Event None,
    EvtCountProcinfo "evt.count.procinfo" Number Never None,
    EvtCountThreadinfo "evt.count.threadinfo" Number Never None,
    EvtAround "evt.around" Number Event Required,
    EvtAbspath "evt.abspath" Text Event Optional,
    EvtBuflenIn "evt.buflen.in" Number Event None,
    EvtBuflenOut "evt.buflen.out" Number Event None,
    EvtBuflenFile "evt.buflen.file" Number Never None,
    EvtBuflenFileIn "evt.buflen.file.in" Number Never None,
    EvtBuflenFileOut "evt.buflen.file.out" Number Never None,
    EvtBuflenNet "evt.buflen.net" Number Event None,
    EvtBuflenNetIn "evt.buflen.net.in" Number Event None,
    EvtBuflenNetOut "evt.buflen.net.out" Number Event None,
    EvtIsOpenRead "evt.is_open_read" Truth Event None,
    EvtIsOpenWrite "evt.is_open_write" Truth Event None,
    EvtIsOpenExec "evt.is_open_exec" Truth Event None,
    EvtIsOpenCreate "evt.is_open_create" Truth Event None,
    EvtInfraDockerName "evt.infra.docker.name" Text Never None,
    EvtInfraDockerContainerId "evt.infra.docker.container.id" Text Never None,
    EvtInfraDockerContainerName "evt.infra.docker.container.name" Text Never None,
    EvtInfraDockerContainerImage "evt.infra.docker.container.image" Text Never None,
    ProcExe "proc.exe" Text Process None,
    ProcPexe "proc.pexe" Text Process None,
    ProcAexe "proc.aexe" Text Process Index,
    ProcExepath "proc.exepath" Text Process None,
    ProcPexepath "proc.pexepath" Text Process None,
    ProcAexepath "proc.aexepath" Text Process Index,
    ProcName "proc.name" Text Process None,
    ProcPname "proc.pname" Text Process None,
    ProcAname "proc.aname" Text Process Index,
    ProcArgs "proc.args" Text Process Index,
    ProcAargs "proc.aargs" Text Process Index,
    ProcCmdline "proc.cmdline" Text Process None,
    ProcPcmdline "proc.pcmdline" Text Process None,
    ProcAcmdline "proc.acmdline" Text Process Index,
    ProcCmdnargs "proc.cmdnargs" Number Process None,
    ProcCmdlenargs "proc.cmdlenargs" Number Process None,
    ProcExeline "proc.exeline" Text Process None,
    ProcEnv "proc.env" Text Process Optional,
    ProcAenv "proc.aenv" Text Process Optional,
    ProcCwd "proc.cwd" Text Process None,
    ProcLoginshellid "proc.loginshellid" Number Process None,
    ProcTty "proc.tty" Number Process None,
    ProcPid "proc.pid" Number Process None,
    ProcPpid "proc.ppid" Number Process None,
    ProcApid "proc.apid" Number Process Index,
    ProcVpid "proc.vpid" Number Process None,
    ProcPvpid "proc.pvpid" Number Process None,
    ProcSid "proc.sid" Number Process None,
    ProcSname "proc.sname" Text Process None,
    ProcSidExe "proc.sid.exe" Text Process None,
    ProcSidExepath "proc.sid.exepath" Text Process None,
    ProcVpgid "proc.vpgid" Number Process None,
    ProcVpgidName "proc.vpgid.name" Text Process None,
    ProcVpgidExe "proc.vpgid.exe" Text Process None,
    ProcVpgidExepath "proc.vpgid.exepath" Text Process None,
    ProcPgid "proc.pgid" Number Process None,
    ProcPgidName "proc.pgid.name" Text Process None,
    ProcPgidExe "proc.pgid.exe" Text Process None,
    ProcPgidExepath "proc.pgid.exepath" Text Process None,
    ProcDuration "proc.duration" Duration Event None,
    ProcPpidDuration "proc.ppid.duration" Duration Event None,
    ProcPidTs "proc.pid.ts" Time Process None,
    ProcPpidTs "proc.ppid.ts" Time Process None,
    ProcIsExeWritable "proc.is_exe_writable" Truth Process None,
    ProcIsExeUpperLayer "proc.is_exe_upper_layer" Truth Process None,
    ProcIsExeLowerLayer "proc.is_exe_lower_layer" Truth Process None,
    ProcIsExeFromMemfd "proc.is_exe_from_memfd" Truth Process None,
    ProcIsSidLeader "proc.is_sid_leader" Truth Process None,
    ProcIsVpgidLeader "proc.is_vpgid_leader" Truth Process None,
    ProcIsPgidLeader "proc.is_pgid_leader" Truth Process None,
    ProcExeIno "proc.exe_ino" Number Process None,
    ProcExeInoCtime "proc.exe_ino.ctime" Time Process None,
    ProcExeInoMtime "proc.exe_ino.mtime" Time Process None,
    ProcExeInoCtimeProcStart "proc.exe_ino.ctime_duration_proc_start" Time Process None,
    ProcExeInoCtimePidnsStart "proc.exe_ino.ctime_duration_pidns_start" Time Never None,
    ProcPidnsInitStartTs "proc.pidns_init_start_ts" Number Never None,
    ThreadCapPermitted "thread.cap_permitted" Text Process None,
    ThreadCapInheritable "thread.cap_inheritable" Text Process None,
    ThreadCapEffective "thread.cap_effective" Text Process None,
    ProcFdopencount "proc.fdopencount" Number Never None,
    ProcFdlimit "proc.fdlimit" Number Never None,
    ProcFdusage "proc.fdusage" Number Never None,
    ProcVmsize "proc.vmsize" Number Never None,
    ProcVmrss "proc.vmrss" Number Never None,
    ProcVmswap "proc.vmswap" Number Never None,
    ThreadPfmajor "thread.pfmajor" Number Never None,
    ThreadPfminor "thread.pfminor" Number Never None,
    ThreadTid "thread.tid" Number Event None,
    ThreadIsmain "thread.ismain" Truth Event None,
    ThreadVtid "thread.vtid" Number Event None,
    ThreadNametid "thread.nametid" Text Event None,
    ThreadExectime "thread.exectime" Duration Never None,
    ThreadTotexectime "thread.totexectime" Duration Never None,
    ThreadCgroups "thread.cgroups" Text Process None,
    ThreadCgroup "thread.cgroup" Text Process Required,
    ProcNthreads "proc.nthreads" Number Never None,
    ProcNchilds "proc.nchilds" Number Never None,
    ThreadCpu "thread.cpu" Number Never None,
    ThreadCpuUser "thread.cpu.user" Number Never None,
    ThreadCpuSystem "thread.cpu.system" Number Never None,
    ThreadVmsize "thread.vmsize" Number Never None,
    ThreadVmrss "thread.vmrss" Number Never None,
    ThreadVmsizeB "thread.vmsize.b" Number Never None,
    ThreadVmrssB "thread.vmrss.b" Number Never None,
    ProcStdinType "proc.stdin.type" Text Never None,
    ProcStdoutType "proc.stdout.type" Text Never None,
    ProcStderrType "proc.stderr.type" Text Never None,
    ProcStdinName "proc.stdin.name" Text Never None,
    ProcStdoutName "proc.stdout.name" Text Never None,
    ProcStderrName "proc.stderr.name" Text Never None,
    ProcIsContainerHealthcheck "proc.is_container_healthcheck" Truth Never None,
    ProcIsContainerLiveness "proc.is_container_liveness_probe" Truth Never None,
    ProcIsContainerReadiness "proc.is_container_readiness_probe" Truth Never None,
    FdNum "fd.num" Number Event None,
    FdType "fd.type" Text Event None,
    FdTypechar "fd.typechar" Text Event None,
    FdName "fd.name" Text Event None,
    FdDirectory "fd.directory" Text Event None,
    FdFilename "fd.filename" Text Event None,
    FdIp "fd.ip" Address Event None,
    FdCip "fd.cip" Address Event None,
    FdSip "fd.sip" Address Event None,
    FdLip "fd.lip" Address Event None,
    FdRip "fd.rip" Address Event None,
    FdPort "fd.port" Port Event None,
    FdCport "fd.cport" Port Event None,
    FdSport "fd.sport" Port Event None,
    FdLport "fd.lport" Port Event None,
    FdRport "fd.rport" Port Event None,
    FdL4proto "fd.l4proto" Text Event None,
    FdSockfamily "fd.sockfamily" Text Event None,
    FdIsServer "fd.is_server" Truth Event None,
    FdUid "fd.uid" Text Event None,
    FdContainername "fd.containername" Text Event None,
    FdContainerdirectory "fd.containerdirectory" Text Event None,
    FdProto "fd.proto" Text Never None,
    FdCproto "fd.cproto" Text Never None,
    FdSproto "fd.sproto" Text Never None,
    FdLproto "fd.lproto" Text Never None,
    FdRproto "fd.rproto" Text Never None,
    FdNet "fd.net" Network Event None,
    FdCnet "fd.cnet" Network Event None,
    FdSnet "fd.snet" Network Event None,
    FdLnet "fd.lnet" Network Event None,
    FdRnet "fd.rnet" Network Event None,
    FdConnected "fd.connected" Truth Event None,
    FdNameChanged "fd.name_changed" Truth Event None,
    FdCipName "fd.cip.name" Text Never None,
    FdSipName "fd.sip.name" Text Never None,
    FdLipName "fd.lip.name" Text Never None,
    FdRipName "fd.rip.name" Text Never None,
    FdDev "fd.dev" Number Event None,
    FdDevMajor "fd.dev.major" Number Event None,
    FdDevMinor "fd.dev.minor" Number Event None,
    FdIno "fd.ino" Number Event None,
    FdNameraw "fd.nameraw" Text Event None,
    FdTypes "fd.types" Text Never Index,
    FdIsUpperLayer "fd.is_upper_layer" Truth Event None,
    FdIsLowerLayer "fd.is_lower_layer" Truth Event None,
    UserUid "user.uid" Number Process None,
    UserName "user.name" Text Process None,
    UserHomedir "user.homedir" Text Process None,
    UserShell "user.shell" Text Process None,
    UserLoginuid "user.loginuid" Number Process None,
    UserLoginname "user.loginname" Text Process None,
    GroupGid "group.gid" Number Process None,
    GroupName "group.name" Text Process None,
    FsPathName "fs.path.name" Text Event None,
    FsPathNameraw "fs.path.nameraw" Text Event None,
    FsPathSource "fs.path.source" Text Event None,
    FsPathSourceraw "fs.path.sourceraw" Text Event None,
    FsPathTarget "fs.path.target" Text Event None,
    FsPathTargetraw "fs.path.targetraw" Text Event None,
    FdlistNums "fdlist.nums" Text Never None,
    FdlistNames "fdlist.names" Text Never None,
    FdlistCips "fdlist.cips" Text Never None,
    FdlistSips "fdlist.sips" Text Never None,
    FdlistCports "fdlist.cports" Text Never None,
    FdlistSports "fdlist.sports" Text Never None,
    UtilCnt "util.cnt" Number Never None,
    ContainerId "container.id" Text Process None,
    ContainerFullId "container.full_id" Text Process None,
    ContainerName "container.name" Text Process None,
    ContainerImage "container.image" Text Process None,
    ContainerImageId "container.image.id" Text Process None,
    ContainerImageRepository "container.image.repository" Text Process None,
    ContainerImageTag "container.image.tag" Text Process None,
    ContainerImageDigest "container.image.digest" Text Process None,
    ContainerType "container.type" Text Process None,
    ContainerPrivileged "container.privileged" Truth Process None,
    ContainerMounts "container.mounts" Text Process None,
    ContainerMount "container.mount" Text Process Required,
    ContainerMountSource "container.mount.source" Text Process Required,
    ContainerMountDest "container.mount.dest" Text Process Required,
    ContainerMountMode "container.mount.mode" Text Process Required,
    ContainerMountRdwr "container.mount.rdwr" Text Process Required,
    ContainerMountPropagation "container.mount.propagation" Text Process Required,
    ContainerHealthcheck "container.healthcheck" Text Never None,
    ContainerLivenessProbe "container.liveness_probe" Text Never None,
    ContainerReadinessProbe "container.readiness_probe" Text Never None,
    ContainerStartTs "container.start_ts" Time Process None,
    ContainerDuration "container.duration" Duration Event None,
    ContainerIp "container.ip" Text Process None,
    ContainerCniJson "container.cni.json" Text Never None,
    ContainerHostPid "container.host_pid" Truth Process None,
    ContainerHostNetwork "container.host_network" Truth Process None,
    ContainerHostIpc "container.host_ipc" Truth Process None,
    ContainerLabel "container.label" Text Process Required,
    ContainerLabels "container.labels" Text Process None,
    K8sNsName "k8s.ns.name" Text Process None,
    K8sPodName "k8s.pod.name" Text Process None,
    K8sPodId "k8s.pod.id" Text Process None,
    K8sPodUid "k8s.pod.uid" Text Process None,
    K8sPodSandboxId "k8s.pod.sandbox_id" Text Process None,
    K8sPodFullSandboxId "k8s.pod.full_sandbox_id" Text Process None,
    K8sPodLabel "k8s.pod.label" Text Process Required,
    K8sPodLabels "k8s.pod.labels" Text Process None,
    K8sPodIp "k8s.pod.ip" Text Process None,
    K8sPodCniJson "k8s.pod.cni.json" Text Never None,
    K8sRcName "k8s.rc.name" Text Never None,
    K8sRcId "k8s.rc.id" Text Never None,
    K8sRcLabel "k8s.rc.label" Text Never Optional,
    K8sRcLabels "k8s.rc.labels" Text Never None,
    K8sSvcName "k8s.svc.name" Text Never None,
    K8sSvcId "k8s.svc.id" Text Never None,
    K8sSvcLabel "k8s.svc.label" Text Never Optional,
    K8sSvcLabels "k8s.svc.labels" Text Never None,
    K8sNsId "k8s.ns.id" Text Never None,
    K8sNsLabel "k8s.ns.label" Text Never Optional,
    K8sNsLabels "k8s.ns.labels" Text Never None,
    K8sRsName "k8s.rs.name" Text Never None,
    K8sRsId "k8s.rs.id" Text Never None,
    K8sRsLabel "k8s.rs.label" Text Never Optional,
    K8sRsLabels "k8s.rs.labels" Text Never None,
    K8sDeploymentName "k8s.deployment.name" Text Never None,
    K8sDeploymentId "k8s.deployment.id" Text Never None,
    K8sDeploymentLabel "k8s.deployment.label" Text Never Optional,
    K8sDeploymentLabels "k8s.deployment.labels" Text Never None,
}

impl Field {
    /// Whether its argument may follow a dot, as in `evt.arg.flags`.
    pub(crate) const fn is_dotted(self) -> bool {
        matches!(
            self,
            Self::EvtArg
                | Self::EvtRawarg
                | Self::EvtTypeIs
                | Self::EvtAbspath
                | Self::ThreadCgroup
                | Self::ContainerLabel
                | Self::K8sPodLabel
                | Self::K8sRcLabel
                | Self::K8sSvcLabel
                | Self::K8sNsLabel
                | Self::K8sRsLabel
                | Self::K8sDeploymentLabel
        )
    }

    /// Whether Falco lets transformers and `val()` be applied to it.
    pub(crate) const fn is_transformable(self) -> bool {
        !matches!(
            self,
            Self::FdIp
                | Self::FdPort
                | Self::FdProto
                | Self::FdNet
                | Self::FdCnet
                | Self::FdSnet
                | Self::FdLnet
                | Self::FdRnet
                | Self::FdCipName
                | Self::FdSipName
                | Self::FdLipName
                | Self::FdRipName
                | Self::EvtRawarg
                | Self::EvtAround
        )
    }

    /// Whether it can stand in a condition only.
    pub(crate) const fn is_filter_only(self) -> bool {
        matches!(
            self,
            Self::FdIp
                | Self::FdPort
                | Self::FdProto
                | Self::FdNet
                | Self::FdCnet
                | Self::FdSnet
                | Self::FdLnet
                | Self::FdRnet
                | Self::EvtAround
        )
    }

    /// Whether so few different texts occur that a match says little: no rule is looked up by it.
    pub(crate) const fn is_coarse(self) -> bool {
        matches!(
            self,
            Self::FdType
                | Self::FdTypechar
                | Self::FdL4proto
                | Self::FdSockfamily
                | Self::EvtRes
                | Self::EvtDir
                | Self::EvtType
                | Self::EvtCategory
                | Self::EvtSource
                | Self::ContainerId
                | Self::ContainerType
                | Self::UserName
        )
    }
}

/// Arguments in Falco's event table that belong to calls we do not capture. They load and are never there.
pub(crate) const FALCO_ARGUMENTS_NOT_CAPTURED: &[&str] = &[
    "ID",
    "access",
    "advice",
    "aka",
    "argument",
    "cgroup",
    "clockid",
    "count",
    "cpu",
    "data_size",
    "description",
    "desc",
    "dir",
    "dqb_bhardlimit",
    "egroup",
    "event_data",
    "event_data_len",
    "fd1",
    "fd2",
    "fd_in",
    "fd_out",
    "fds",
    "flag",
    "fsflags",
    "gpid",
    "group",
    "home",
    "how",
    "id",
    "img_list",
    "in_fd",
    "initval",
    "interval",
    "ip",
    "json",
    "key",
    "level",
    "link_type",
    "map",
    "mask",
    "maxevents",
    "min_gid",
    "msg",
    "msgcontrol",
    "name_out",
    "newcur",
    "newmax",
    "next",
    "nsems",
    "offset",
    "offset_in",
    "offset_out",
    "oldcur",
    "oldmax",
    "op",
    "opcode",
    "operation",
    "optlen",
    "optname",
    "out_fd",
    "pathname",
    "peer",
    "pgft_maj",
    "pgft_min",
    "pgoffset",
    "plugin_id",
    "pos",
    "prio",
    "quota_fmt",
    "quotafilepath",
    "res_or_clone_flags",
    "resource",
    "sem_flg_0",
    "sem_num_0",
    "semid",
    "semnum",
    "shell",
    "sigmask",
    "special_flags",
    "spare",
    "targetfd",
    "timeout",
    "timer",
    "val",
    "vm_rss",
    "vm_size",
    "vm_swap",
    "whence",
    "which",
    "who",
    "addr_len",
    "argc",
    "error",
    "loginname",
];
