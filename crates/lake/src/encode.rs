//! [`Encoder`]: events to rows. Decides which value goes to which column; what has no column goes to a detail column
//! as JSON, so that `rebuild` can make the event again.

mod event;
mod process;

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{
            ArrayRef, BinaryBuilder, BooleanBuilder, Int64Builder, ListBuilder, RecordBatch, StringBuilder,
            TimestampNanosecondBuilder, UInt64Builder,
        },
        error::ArrowError,
    },
    common::HashMap,
};
use yagura_event::{Event, EventKind, Process};

use self::process::{Cells, ancestor_json};
use crate::{
    column::{Column, Kind, SCHEMA},
    words::Words,
};

/// An event on its way into the lake.
#[derive(Debug, Clone, Copy)]
pub struct StoredEvent<'a> {
    /// The event.
    pub event: &'a Event,
    /// Names of the rules that matched it.
    pub rules: &'a [&'a str],
}

/// Collects rows. The cells of a process are worked out once a batch, however many events it has.
pub(crate) struct Encoder {
    host: Box<str>,
    rows: usize,
    text_bytes: usize,
    columns: Vec<Builder>,
    processes: HashMap<(usize, bool), (Arc<Process>, Cells)>,
    // JSON of single ancestors: many processes share them.
    ancestors: HashMap<usize, (Arc<Process>, Arc<str>)>,
    kinds: Vec<Option<Cells>>,
}

enum Builder {
    Time(TimestampNanosecondBuilder),
    Int(Int64Builder),
    Uint(UInt64Builder),
    Bool(BooleanBuilder),
    Word(Words),
    Text(StringBuilder),
    Texts(ListBuilder<StringBuilder>),
    Bytes(BinaryBuilder),
}

/// A value that may be kept for the next row of the same process or kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell {
    Int(i64),
    Time(i64),
    Key(i32),
}

impl Encoder {
    pub(crate) fn new(host: &str) -> Self {
        let columns = Column::ALL.iter().map(|column| Builder::new(column.kind())).collect();
        Self {
            host: host.into(),
            rows: 0,
            text_bytes: 0,
            columns,
            processes: HashMap::new(),
            ancestors: HashMap::new(),
            kinds: vec![None; EventKind::COUNT],
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes the collected rows take, roughly.
    pub(crate) fn bytes(&self) -> usize {
        let words: usize = self
            .columns
            .iter()
            .map(|column| if let Builder::Word(words) = column { words.value_bytes() } else { 0 })
            .sum();
        words + self.text_bytes + self.rows * 6 * Column::ALL.len()
    }

    pub(crate) fn push(&mut self, stored: StoredEvent<'_>) {
        let event = stored.event;
        self.push_kind(event.kind);
        let is_evidence =
            !stored.rules.is_empty() || matches!(event.kind, EventKind::Execve | EventKind::Execveat);
        self.push_process(&event.process, is_evidence);
        self.push_event(event);
        if !stored.rules.is_empty()
            && let Builder::Texts(texts) = &mut self.columns[Column::Rules.index()]
        {
            stored.rules.iter().for_each(|rule| texts.values().append_value(rule));
            texts.append(true);
        }
        self.rows += 1;
        self.columns.iter_mut().for_each(|column| column.fill(self.rows));
    }

    /// The collected rows; the encoder is empty afterwards.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        self.text_bytes = 0;
        self.processes.clear();
        self.ancestors.clear();
        self.kinds.fill(None);
        let columns = self.columns.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(Arc::clone(&SCHEMA), columns)
    }

    fn push_kind(&mut self, kind: EventKind) {
        if self.kinds[kind.index()].is_none() {
            let class = kind.class();
            let host = std::mem::take(&mut self.host);
            self.kinds[kind.index()] = Some(vec![
                (Column::ClassUid, Cell::Int(i64::from(class.uid()))),
                (Column::ClassName, self.word(Column::ClassName, class.table())),
                (Column::ActivityId, Cell::Int(i64::from(kind.activity_id()))),
                (Column::Type, self.word(Column::Type, kind.name())),
                (Column::Host, self.word(Column::Host, &host)),
            ]);
            self.host = host;
        }
        if let Some(cells) = &self.kinds[kind.index()] {
            push_cells(&mut self.columns, cells);
        }
    }

    // The environment is most of a process, and stays what it was at the exec: only that and what a rule matched keep it.
    fn push_process(&mut self, process: &Arc<Process>, with_env: bool) {
        // The Arc is held as long as its address is the key, so no other process can have that address.
        let key = (Arc::as_ptr(process).addr(), with_env);
        if !self.processes.contains_key(&key) {
            let cells = self.process_cells(process, with_env);
            self.processes.insert(key, (Arc::clone(process), cells));
        }
        if let Some((_, cells)) = self.processes.get(&key) {
            push_cells(&mut self.columns, cells);
        }
    }

    fn ancestor_json(&mut self, process: &Arc<Process>) -> Arc<str> {
        let address = Arc::as_ptr(process).addr();
        let (_, json) = self
            .ancestors
            .entry(address)
            .or_insert_with(|| (Arc::clone(process), ancestor_json(process).into()));
        Arc::clone(json)
    }

    fn word(&mut self, column: Column, text: &str) -> Cell {
        match &mut self.columns[column.index()] {
            Builder::Word(words) => Cell::Key(words.key(text)),
            _ => Cell::Key(Words::NULL),
        }
    }

    fn set_int(&mut self, column: Column, value: i64) {
        if let Builder::Int(builder) = &mut self.columns[column.index()] {
            builder.append_value(value);
        }
    }

    fn set_uint(&mut self, column: Column, value: u64) {
        if let Builder::Uint(builder) = &mut self.columns[column.index()] {
            builder.append_value(value);
        }
    }

    fn set_bool(&mut self, column: Column, value: bool) {
        if let Builder::Bool(builder) = &mut self.columns[column.index()] {
            builder.append_value(value);
        }
    }

    fn set_time(&mut self, column: Column, nanos: i64) {
        if let Builder::Time(builder) = &mut self.columns[column.index()] {
            builder.append_value(nanos);
        }
    }

    fn set_text(&mut self, column: Column, text: &str) {
        match &mut self.columns[column.index()] {
            Builder::Word(words) => {
                words.push(text);
            }
            Builder::Text(builder) => {
                self.text_bytes += text.len();
                builder.append_value(text);
            }
            _ => {}
        }
    }

    fn set_bytes(&mut self, column: Column, bytes: &[u8]) {
        if let Builder::Bytes(builder) = &mut self.columns[column.index()] {
            self.text_bytes += bytes.len();
            builder.append_value(bytes);
        }
    }
}

fn push_cells(columns: &mut [Builder], cells: &Cells) {
    for (column, cell) in cells {
        match (&mut columns[column.index()], cell) {
            (Builder::Int(builder), Cell::Int(value)) => builder.append_value(*value),
            (Builder::Time(builder), Cell::Time(value)) => builder.append_value(*value),
            (Builder::Word(words), Cell::Key(key)) => words.push_key(*key),
            _ => {}
        }
    }
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Time => Self::Time(TimestampNanosecondBuilder::new().with_timezone("UTC")),
            Kind::Int => Self::Int(Int64Builder::new()),
            Kind::Uint => Self::Uint(UInt64Builder::new()),
            Kind::Bool => Self::Bool(BooleanBuilder::new()),
            Kind::Word => Self::Word(Words::default()),
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Texts => Self::Texts(ListBuilder::new(StringBuilder::new())),
            Kind::Bytes => Self::Bytes(BinaryBuilder::new()),
        }
    }

    // Every column has a cell in every row; what nobody set is null.
    fn fill(&mut self, rows: usize) {
        use datafusion::arrow::array::ArrayBuilder;
        match self {
            Self::Time(builder) if builder.len() < rows => builder.append_null(),
            Self::Int(builder) if builder.len() < rows => builder.append_null(),
            Self::Uint(builder) if builder.len() < rows => builder.append_null(),
            Self::Bool(builder) if builder.len() < rows => builder.append_null(),
            Self::Word(words) if words.len() < rows => words.push_key(Words::NULL),
            Self::Text(builder) if builder.len() < rows => builder.append_null(),
            Self::Texts(builder) if builder.len() < rows => builder.append_null(),
            Self::Bytes(builder) if builder.len() < rows => builder.append_null(),
            _ => {}
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Time(builder) => Arc::new(builder.finish()),
            Self::Int(builder) => Arc::new(builder.finish()),
            Self::Uint(builder) => Arc::new(builder.finish()),
            Self::Bool(builder) => Arc::new(builder.finish()),
            Self::Word(words) => words.finish(),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Texts(builder) => Arc::new(builder.finish()),
            Self::Bytes(builder) => Arc::new(builder.finish()),
        }
    }
}
