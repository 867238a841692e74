//! [`tables`]: what can be asked, for people and for completion.

use serde::Serialize;
use yagura_event::OcsfClass;

use crate::column::Column;

/// Name of the table that has every event.
pub(crate) const EVENTS: &str = "events";

/// A table of the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableSchema {
    /// Its name in SQL.
    pub name: &'static str,
    /// What it holds.
    pub description: &'static str,
    /// Its columns.
    pub columns: Vec<ColumnSchema>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnSchema {
    /// Its name in SQL.
    pub name: &'static str,
    /// Its type, in a word a person reads.
    pub data_type: &'static str,
    /// What it means.
    pub description: &'static str,
}

/// Every table, `events` first. All have the same columns.
pub(crate) fn tables() -> Vec<TableSchema> {
    let columns: Vec<ColumnSchema> = Column::ALL
        .iter()
        .map(|column| ColumnSchema {
            name: column.name(),
            data_type: column.kind().name(),
            description: column.description(),
        })
        .collect();
    let table = |name, description| TableSchema { name, description, columns: columns.clone() };
    let classes = OcsfClass::ALL.into_iter().map(|class| table(class.table(), describe(class)));
    [table(EVENTS, "Every event")].into_iter().chain(classes).collect()
}

fn describe(class: OcsfClass) -> &'static str {
    match class {
        OcsfClass::FileSystemActivity => "Files opened, changed, renamed, removed; file systems mounted",
        OcsfClass::KernelExtensionActivity => "Kernel modules loaded and unloaded",
        OcsfClass::KernelActivity => "Use of kernel interfaces such as bpf and io_uring",
        OcsfClass::MemoryActivity => "Memory mapped and its protection changed",
        OcsfClass::ProcessActivity => "Programs started and ended, users changed, processes traced",
        OcsfClass::NetworkActivity => "Sockets opened, bound, connected, accepted",
    }
}
