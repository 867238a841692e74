//! [`event`]: makes the event again from a row. What `encode` writes, this reads.

use std::{net::IpAddr, sync::Arc};

use datafusion::arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Int32Type, Int64Type, TimestampNanosecondType, UInt64Type},
};
use serde::{
    Deserializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value, json};
use smallvec::SmallVec;
use yagura_event::{
    Arg, ArgName, ArgValue, Container, Event, EventKind, Fd, Process, Role, Socket, Timestamp,
};

use crate::column::Column;

/// One row of a batch that has every column.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

/// The event in this row; the reason where the row is not one that `encode` wrote.
pub(crate) fn event(row: Row<'_>) -> Result<Event, String> {
    let kind = row.text(Column::Type).unwrap_or_default();
    Ok(Event {
        number: row.uint(Column::Number).unwrap_or_default(),
        time: row.time(Column::Time),
        kind: EventKind::from_name(kind).ok_or_else(|| format!("`{kind}` is no event kind"))?,
        result: row.int(Column::Result).unwrap_or_default(),
        cpu: row.small(Column::Cpu),
        tid: row.small(Column::Tid),
        process: Arc::new(process(row)?),
        fd: fd(row)?,
        args: row.text(Column::Args).map(args).transpose()?.unwrap_or_default(),
        data: row.bytes(Column::Data).map(Into::into),
    })
}

fn process(row: Row<'_>) -> Result<Process, String> {
    let detail = row.text(Column::ProcessDetail).ok_or("the row has no process")?;
    let mut fields: Map<String, Value> = parse(detail)?;
    for (name, column) in [
        ("name", Column::ProcessName),
        ("exe", Column::ProcessExe),
        ("cmdline", Column::ProcessCmdLine),
        ("cwd", Column::ProcessCwd),
    ] {
        fields.insert(name.to_owned(), json!(row.text(column).unwrap_or_default()));
    }
    for (name, column) in
        [("pid", Column::ProcessPid), ("vpid", Column::ProcessVpid), ("tty", Column::ProcessTty)]
    {
        fields.insert(name.to_owned(), json!(row.int(column).unwrap_or_default()));
    }
    fields.insert("start_time".to_owned(), json!(row.time(Column::ProcessStartTime)));
    let mut process: Process =
        serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?;
    process.container = row.text(Column::ContainerDetail).map(parse::<Container>).transpose()?.map(Arc::new);
    let ancestors: Vec<Process> = row.text(Column::ParentDetail).map(parse).transpose()?.unwrap_or_default();
    let mut parent = None;
    for mut ancestor in ancestors.into_iter().rev() {
        ancestor.parent = parent.into();
        parent = Some(Arc::new(ancestor));
    }
    process.parent = parent.into();
    Ok(process)
}

fn fd(row: Row<'_>) -> Result<Option<Fd>, String> {
    let Some(number) = row.int(Column::FdNumber) else { return Ok(None) };
    let kind = json!(row.text(Column::FdType).unwrap_or_default());
    Ok(Some(Fd {
        number,
        kind: serde_json::from_value(kind).map_err(|error| error.to_string())?,
        name: row.text(Column::FilePath).or(row.text(Column::FdName)).unwrap_or_default().into(),
        raw_name: row.text(Column::FilePathRaw).map(Into::into),
        inode: row.uint(Column::FileDevice).zip(row.uint(Column::FileInode)),
        socket: socket(row)?,
    }))
}

fn socket(row: Row<'_>) -> Result<Option<Socket>, String> {
    let Some(direction) = row.text(Column::Direction) else { return Ok(None) };
    let protocol = json!(row.text(Column::Protocol).unwrap_or_default());
    let source = end(row, Column::SrcIp, Column::SrcPort)?;
    let destination = end(row, Column::DstIp, Column::DstPort)?;
    let (role, local, remote) = match direction {
        "inbound" => (Role::Server, destination, source),
        "outbound" => (Role::Client, source, destination),
        _ => (Role::Unknown, source, destination),
    };
    Ok(Some(Socket {
        protocol: serde_json::from_value(protocol).map_err(|error| error.to_string())?,
        role,
        local,
        remote,
        connected: row.bool(Column::Connected),
        name_changed: row.bool(Column::NameChanged),
    }))
}

fn end(row: Row<'_>, ip: Column, port: Column) -> Result<Option<std::net::SocketAddr>, String> {
    let Some(text) = row.text(ip) else { return Ok(None) };
    let ip: IpAddr = text.parse().map_err(|_| format!("`{text}` is no address"))?;
    let port = u16::try_from(row.int(port).unwrap_or_default()).map_err(|error| error.to_string())?;
    Ok(Some((ip, port).into()))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

// The arguments in the order they were written in; a map would sort them.
fn args(text: &str) -> Result<SmallVec<[Arg; 6]>, String> {
    struct Args;

    impl<'de> Visitor<'de> for Args {
        type Value = SmallVec<[Arg; 6]>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("an object of arguments")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut args = SmallVec::new();
            while let Some(name) = map.next_key::<String>()? {
                match ArgName::from_name(&name) {
                    Some(name) => args.push(Arg { name, value: map.next_value::<ArgValue>()? }),
                    None => drop(map.next_value::<IgnoredAny>()?),
                }
            }
            Ok(args)
        }
    }

    serde_json::Deserializer::from_str(text).deserialize_map(Args).map_err(|error| error.to_string())
}

impl<'a> Row<'a> {
    pub(crate) fn new(batch: &'a RecordBatch, row: usize) -> Self {
        Self { batch, row }
    }

    pub(crate) fn text(self, column: Column) -> Option<&'a str> {
        let array = self.batch.column(column.index());
        if array.is_null(self.row) {
            return None;
        }
        match array.as_dictionary_opt::<Int32Type>() {
            Some(words) => words.values().as_string_opt::<i32>()?.value(words.key(self.row)?).into(),
            None => array.as_string_opt::<i32>().map(|texts| texts.value(self.row)),
        }
    }

    pub(crate) fn texts(self, column: Column) -> Vec<String> {
        let array = self.batch.column(column.index());
        if array.is_null(self.row) {
            return Vec::new();
        }
        let list = array.as_list_opt::<i32>().map(|list| list.value(self.row));
        let texts = list.as_ref().and_then(|list| list.as_string_opt::<i32>());
        texts.map(|texts| texts.iter().flatten().map(str::to_owned).collect()).unwrap_or_default()
    }

    fn int(self, column: Column) -> Option<i64> {
        let array = self.batch.column(column.index()).as_primitive_opt::<Int64Type>()?;
        array.is_valid(self.row).then(|| array.value(self.row))
    }

    fn small(self, column: Column) -> u32 {
        self.int(column).and_then(|value| u32::try_from(value).ok()).unwrap_or_default()
    }

    fn uint(self, column: Column) -> Option<u64> {
        let array = self.batch.column(column.index()).as_primitive_opt::<UInt64Type>()?;
        array.is_valid(self.row).then(|| array.value(self.row))
    }

    fn bool(self, column: Column) -> bool {
        self.batch
            .column(column.index())
            .as_boolean_opt()
            .is_some_and(|array| array.is_valid(self.row) && array.value(self.row))
    }

    fn time(self, column: Column) -> Timestamp {
        let array = self.batch.column(column.index()).as_primitive_opt::<TimestampNanosecondType>();
        Timestamp::from_nanos(array.map(|array| array.value(self.row)).unwrap_or_default())
    }

    fn bytes(self, column: Column) -> Option<&'a [u8]> {
        let array = self.batch.column(column.index()).as_binary_opt::<i32>()?;
        array.is_valid(self.row).then(|| array.value(self.row))
    }
}
