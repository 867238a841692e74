//! The cells of a process, its ancestors and its container.

use std::{fmt::Write as _, sync::Arc};

use serde_json::Value;
use yagura_event::{Container, Parent, Process};

use super::{Cell, Encoder};
use crate::column::Column;

pub(crate) type Cells = Vec<(Column, Cell)>;

// The environment, and fields of a process that have a column of their own; `rebuild` puts those back.
const LEFT_OUT: [&str; 10] =
    ["env", "pid", "vpid", "name", "exe", "cmdline", "cwd", "tty", "start_time", "container"];

impl Encoder {
    pub(super) fn process_cells(&mut self, process: &Arc<Process>, with_env: bool) -> Cells {
        let left_out = if with_env { &LEFT_OUT[1..] } else { &LEFT_OUT };
        let mut cells = Cells::with_capacity(32);
        let user = &process.credentials.user;
        cells.extend([
            (Column::ProcessPid, Cell::Int(i64::from(process.pid))),
            (Column::ProcessVpid, Cell::Int(i64::from(process.vpid))),
            (Column::ProcessTty, Cell::Int(i64::from(process.tty))),
            (Column::ProcessStartTime, Cell::Time(process.start_time.nanos())),
            (Column::UserUid, Cell::Int(i64::from(user.id))),
        ]);
        if let Some(login) = &process.credentials.login {
            cells.push((Column::LoginUid, Cell::Int(i64::from(login.id))));
        }
        let uid = format!("{}-{}", process.pid, process.start_time.nanos());
        self.words(
            &mut cells,
            &[
                (Column::ProcessName, Some(&process.name)),
                (Column::ProcessExe, Some(&process.exe)),
                (Column::ProcessPath, some_text(&process.exe_file.path)),
                (Column::ProcessCmdLine, Some(&process.cmdline)),
                (Column::ProcessCwd, Some(&process.cwd)),
                (Column::ProcessUid, Some(&uid)),
                (Column::UserName, user.name.as_deref()),
                (Column::ProcessDetail, Some(&process_json(process, left_out).to_string())),
            ],
        );
        self.ancestor_cells(&mut cells, process);
        if let Some(container) = &process.container {
            self.container_cells(&mut cells, container);
        }
        cells
    }

    fn ancestor_cells(&mut self, cells: &mut Cells, process: &Process) {
        let Some(parent) = process.parent.get() else { return };
        cells.push((Column::ParentPid, Cell::Int(i64::from(parent.pid))));
        let mut names = String::new();
        let mut detail = String::from("[");
        let mut next = Some(parent);
        let mut level = 0;
        while let Some(ancestor) = next.filter(|_| level < Process::ANCESTORS_MAX) {
            let (name_gap, detail_gap) = if level == 0 { ("", "") } else { ("<", ",") };
            let _ = write!(names, "{name_gap}{}", ancestor.name);
            let _ = write!(detail, "{detail_gap}{}", self.ancestor_json(ancestor));
            level += 1;
            next = ancestor.parent.get();
        }
        detail.push(']');
        self.words(
            cells,
            &[
                (Column::ParentName, Some(&parent.name)),
                (Column::ParentCmdLine, Some(&parent.cmdline)),
                (Column::ParentPath, some_text(&parent.exe_file.path)),
                (Column::Ancestors, Some(&names)),
                (Column::ParentDetail, Some(&detail)),
            ],
        );
    }

    fn container_cells(&mut self, cells: &mut Cells, container: &Container) {
        let detail = serde_json::to_string(container).unwrap_or_default();
        self.words(
            cells,
            &[
                (Column::ContainerId, Some(&container.id)),
                (Column::ContainerName, container.name.as_deref()),
                (Column::ContainerImage, container.image.as_deref()),
                (Column::PodNamespace, container.pod_namespace.as_deref()),
                (Column::PodName, container.pod_name.as_deref()),
                (Column::ContainerDetail, Some(&detail)),
            ],
        );
    }

    fn words(&mut self, cells: &mut Cells, words: &[(Column, Option<&str>)]) {
        for (column, text) in words {
            if let Some(text) = text {
                let cell = self.word(*column, text);
                cells.push((*column, cell));
            }
        }
    }
}

fn some_text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// An ancestor as the detail column keeps it: without its environment, its container by id only.
pub(super) fn ancestor_json(process: &Process) -> String {
    let mut value = process_json(process, &["env", "container"]);
    if let (Some(fields), Some(container)) = (value.as_object_mut(), &process.container) {
        fields.insert("container".into(), serde_json::json!({ "id": container.id }));
    }
    value.to_string()
}

// The process without its parent: a tree may be deeper than the stack.
fn process_json(process: &Process, without: &[&str]) -> Value {
    let alone = Process { container: None, parent: Parent::NONE, ..process.clone() };
    let mut value = serde_json::to_value(alone).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        for name in without {
            fields.remove(*name);
        }
    }
    value
}
