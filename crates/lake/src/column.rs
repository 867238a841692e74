//! [`Column`]: the columns every stored event has. One table says name, type and meaning; schema, docs and encoder
//! follow it. Which column a value goes to is decided in `encode`.

use std::sync::{Arc, LazyLock};

use datafusion::arrow::{
    array::{RecordBatch, new_null_array},
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};

/// How a column is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nanoseconds since 1970, UTC.
    Time,
    Int,
    Uint,
    Bool,
    /// Text with few different values: each is kept once.
    Word,
    Text,
    Texts,
    Bytes,
}

impl Kind {
    pub(crate) fn data_type(self) -> DataType {
        match self {
            Self::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())),
            Self::Int => DataType::Int64,
            Self::Uint => DataType::UInt64,
            Self::Bool => DataType::Boolean,
            Self::Word => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Text => DataType::Utf8,
            Self::Texts => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
            Self::Bytes => DataType::Binary,
        }
    }

    /// The type as a person reads it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Time => "timestamp",
            Self::Int | Self::Uint => "integer",
            Self::Bool => "boolean",
            Self::Word | Self::Text => "text",
            Self::Texts => "list of text",
            Self::Bytes => "bytes",
        }
    }
}

macro_rules! columns {
    ($($variant:ident $name:literal $kind:ident $description:literal,)*) => {
        /// A column of the table `events`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Column { $($variant,)* }

        impl Column {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub(crate) const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }

            pub(crate) const fn description(self) -> &'static str {
                match self { $(Self::$variant => $description,)* }
            }

            pub(crate) const fn index(self) -> usize {
                self as usize
            }
        }
    };
}

columns! {
    Time "time" Time "When the call returned",
    ClassUid "class_uid" Int "OCSF class, for example 1007",
    ClassName "class_name" Word "Table of the class, for example process_activity",
    ActivityId "activity_id" Int "OCSF activity within the class",
    Type "type" Word "System call or event, for example openat",
    Status "status" Word "success or failure",
    Result "result" Int "What the call returned; a negative errno where it failed",
    Number "number" Uint "Counts the events of one run of the sensor",
    Host "host" Word "Machine it happened on",
    Cpu "cpu" Int "Processor it ran on",
    Tid "tid" Int "Thread that did it",
    Rules "rules" Texts "Rules that matched: array_has(rules, 'name')",
    ProcessPid "process_pid" Int "Process id on the host",
    ProcessVpid "process_vpid" Int "Process id in its own pid namespace",
    ProcessName "process_name" Word "Name of the process, at most 15 bytes",
    ProcessExe "process_exe" Word "First argument as given to exec",
    ProcessPath "process_path" Word "Path of the program's file",
    ProcessCmdLine "process_cmd_line" Word "Name and arguments",
    ProcessCwd "process_cwd" Word "Working directory",
    ProcessTty "process_tty" Int "Number of the controlling terminal; 0 without one",
    ProcessUid "process_uid" Word "Names the process for ever: pid and start time",
    ProcessStartTime "process_start_time" Time "When the process was created",
    UserUid "user_uid" Int "Effective user id",
    UserName "user_name" Word "Effective user",
    LoginUid "login_uid" Int "Who signed in; empty when nobody did",
    ParentPid "parent_pid" Int "Process id of the parent",
    ParentName "parent_name" Word "Name of the parent",
    ParentCmdLine "parent_cmd_line" Word "Name and arguments of the parent",
    ParentPath "parent_path" Word "Path of the parent's program",
    Ancestors "ancestors" Word "Names from the parent upwards, for example bash<sshd<systemd",
    ContainerId "container_id" Word "Full id of the container; empty on the host",
    ContainerName "container_name" Word "Name of the container",
    ContainerImage "container_image" Word "Image as it was asked for",
    PodNamespace "pod_namespace" Word "Kubernetes namespace of the pod",
    PodName "pod_name" Word "Name of the pod",
    FilePath "file_path" Word "Path of the file, resolved by the kernel",
    FilePathRaw "file_path_raw" Word "Path as the caller wrote it",
    FileInode "file_inode" Uint "Inode of the file",
    FileDevice "file_device" Uint "Device of the file",
    FdNumber "fd_number" Int "Descriptor; -1 where there is a path only",
    FdType "fd_type" Word "What the descriptor is: file, directory, ipv4, unix, …",
    FdName "fd_name" Word "Name of a descriptor that is no file: address or socket path",
    SrcIp "src_ip" Word "Address of the client, or of this end where that is not known",
    SrcPort "src_port" Int "Port of that end",
    DstIp "dst_ip" Word "Address of the server, or of the other end",
    DstPort "dst_port" Int "Port of that end",
    Protocol "protocol" Word "tcp, udp, icmp, raw or other",
    Direction "direction" Word "inbound, outbound or unknown",
    Connected "connected" Bool "Whether the socket has a peer",
    NameChanged "name_changed" Bool "Whether this event gave the socket another peer",
    NewPath "new_path" Word "New path of a rename or link",
    OldPath "old_path" Word "Old path of a rename or link",
    Flags "flags" Word "Flags of the call, for example O_RDONLY|O_CLOEXEC",
    Args "args" Text "Arguments of the call, as JSON",
    Data "data" Bytes "First bytes read or written",
    ProcessDetail "process_detail" Word "What else is known of the process, as JSON",
    ParentDetail "ancestors_detail" Word "What is known of its ancestors, as JSON",
    ContainerDetail "container_detail" Word "What is known of its container, as JSON",
}

/// The schema of every batch, file and table.
pub(crate) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let fields: Vec<Field> = Column::ALL
        .iter()
        .map(|column| Field::new(column.name(), column.kind().data_type(), *column != Column::Time))
        .collect();
    Arc::new(Schema::new(fields))
});

/// The batch with our columns in our order: a column that it lacks (an older version wrote it) is null.
pub(crate) fn fit(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    if batch.schema() == *SCHEMA {
        return Ok(batch.clone());
    }
    let columns = SCHEMA
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(&SCHEMA), columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_at_their_index() {
        for column in Column::ALL {
            assert_eq!(SCHEMA.field(column.index()).name(), column.name());
        }
    }
}
