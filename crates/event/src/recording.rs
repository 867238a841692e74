//! Recordings: events written down to be judged again, one JSON value a line.
//!
//! A process is written once, before the first event that names it; events and children name it by its id. So a
//! recording of a million events stays small, and what is read back shares its processes as the original did. The
//! caller brings the file; this module only reads and writes what it is given.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    io::{self, BufRead, Write},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{Arg, Event, EventKind, Fd, Parent, Process, Timestamp};

/// Longest line that is read, in bytes.
pub(crate) const LINE_BYTES_MAX: usize = 1 << 20;
/// Most processes a reader keeps in memory; the oldest are forgotten first.
pub(crate) const PROCESSES_MAX: usize = 1 << 18;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<P, E> {
    Process(P),
    Event(E),
}

/// An event that names its process instead of holding it; otherwise as [`Event`] is written.
#[derive(Serialize)]
struct EventLine<'a> {
    number: u64,
    time: Timestamp,
    kind: EventKind,
    result: i64,
    cpu: u32,
    tid: u32,
    process: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fd: Option<&'a Fd>,
    #[serde(skip_serializing_if = "<[Arg]>::is_empty")]
    args: &'a [Arg],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a [u8]>,
}

impl<'a> EventLine<'a> {
    fn of(event: &'a Event) -> Self {
        // Named one by one, so that a new field cannot be forgotten here.
        let Event { number, time, kind, result, cpu, tid, process, fd, args, data } = event;
        Self {
            number: *number,
            time: *time,
            kind: *kind,
            result: *result,
            cpu: *cpu,
            tid: *tid,
            process: process.id,
            fd: fd.as_ref(),
            args,
            data: data.as_deref(),
        }
    }
}

/// A line that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file could not be read or written.
    #[error("recording: {0}")]
    Io(#[from] io::Error),
    /// A line is not what it should be; reading can go on with the next one.
    #[error("recording, line {line}: {reason}")]
    Line {
        /// The line's number, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// Writes a recording.
pub struct Writer<W> {
    out: W,
    written: HashSet<u64>,
    order: VecDeque<u64>,
}

impl<W: Write> Writer<W> {
    /// A recording that goes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, written: HashSet::new(), order: VecDeque::new() }
    }

    /// Writes one event and the processes it needs that were not written yet.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&mut self, event: &Event) -> Result<(), RecordingError> {
        let mut needed: Vec<&Process> = std::iter::once(&*event.process)
            .chain(event.process.ancestors())
            .take_while(|process| !self.written.contains(&process.id))
            .collect();
        while let Some(process) = needed.pop() {
            // Without its parents: they have lines of their own.
            let alone = Process { parent: Parent::NONE, ..process.clone() };
            let mut value = serde_json::to_value(alone).map_err(io::Error::from)?;
            if let Some(parent) = process.parent.get() {
                value["parent"] = parent.id.into();
            }
            self.line(&Line::<_, ()>::Process(value))?;
            self.written.insert(process.id);
            self.order.push_back(process.id);
            if self.order.len() > PROCESSES_MAX / 2
                && let Some(oldest) = self.order.pop_front()
            {
                self.written.remove(&oldest);
            }
        }
        self.line(&Line::<(), _>::Event(EventLine::of(event)))
    }

    /// Writes out what is buffered and hands the file back.
    ///
    /// # Errors
    /// When `out` cannot be flushed.
    pub fn finish(mut self) -> Result<W, RecordingError> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), RecordingError> {
        serde_json::to_writer(&mut self.out, line).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}

/// Reads a recording: an iterator over its events. A bad line is an error of its own; the next call goes on after it.
pub struct Reader<R> {
    input: R,
    line: u64,
    processes: HashMap<u64, Arc<Process>>,
    order: VecDeque<u64>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Reader<R> {
    /// A recording that comes from `input`.
    pub fn new(input: R) -> Self {
        Self { input, line: 0, processes: HashMap::new(), order: VecDeque::new(), buffer: Vec::new() }
    }

    // One line without its end; `None` at the end of the input.
    fn next_line(&mut self) -> Result<Option<()>, RecordingError> {
        self.buffer.clear();
        self.line += 1;
        let mut too_long = false;
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                return if self.buffer.is_empty() && !too_long { Ok(None) } else { Ok(Some(())) };
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            too_long |= self.buffer.len() + part.len() > LINE_BYTES_MAX;
            if !too_long {
                self.buffer.extend_from_slice(part);
            }
            let used = end.map_or(available.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                return if too_long {
                    Err(self.bad(format!("longer than {LINE_BYTES_MAX} bytes")))
                } else {
                    Ok(Some(()))
                };
            }
        }
    }

    fn bad(&self, reason: String) -> RecordingError {
        RecordingError::Line { line: self.line, reason }
    }

    fn process(&mut self, mut value: serde_json::Value) -> Result<(), RecordingError> {
        let parent =
            value.as_object_mut().and_then(|fields| fields.remove("parent")).and_then(|id| id.as_u64());
        let mut process: Process =
            serde_json::from_value(value).map_err(|error| self.bad(error.to_string()))?;
        process.parent = parent.and_then(|id| self.processes.get(&id).cloned()).into();
        let id = process.id;
        if self.processes.insert(id, Arc::new(process)).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > PROCESSES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.processes.remove(&oldest);
        }
        Ok(())
    }

    fn event(&self, mut value: serde_json::Value) -> Result<Event, RecordingError> {
        let id =
            value["process"].as_u64().ok_or_else(|| self.bad("the event names no process".to_owned()))?;
        let process = self
            .processes
            .get(&id)
            .ok_or_else(|| self.bad(format!("process {id} was not described before")))?;
        value["process"] =
            serde_json::to_value(Process::default()).map_err(|error| self.bad(error.to_string()))?;
        let mut event: Event = serde_json::from_value(value).map_err(|error| self.bad(error.to_string()))?;
        event.process = Arc::clone(process);
        Ok(event)
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, RecordingError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.next_line() {
                Ok(Some(())) if self.buffer.iter().all(u8::is_ascii_whitespace) => {}
                Ok(Some(())) => {
                    let parsed: Result<Line<serde_json::Value, serde_json::Value>, _> =
                        serde_json::from_slice(&self.buffer);
                    match parsed {
                        Ok(Line::Process(value)) => {
                            if let Err(error) = self.process(value) {
                                return Some(Err(error));
                            }
                        }
                        Ok(Line::Event(value)) => return Some(self.event(value)),
                        Err(error) => return Some(Err(self.bad(error.to_string()))),
                    }
                }
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: u64, process: &Arc<Process>) -> Event {
        Event {
            number,
            time: Timestamp::from_nanos(5),
            kind: EventKind::Execve,
            result: 0,
            cpu: 1,
            tid: process.pid,
            process: Arc::clone(process),
            fd: None,
            args: smallvec::SmallVec::new(),
            data: None,
        }
    }

    #[test]
    fn what_was_written_is_read_back_and_shares_its_processes() {
        let parent = Arc::new(Process { id: 1, pid: 10, name: "bash".into(), ..Process::default() });
        let child =
            Arc::new(Process { id: 2, pid: 11, parent: Arc::clone(&parent).into(), ..Process::default() });
        let events = [event(1, &parent), event(2, &child), event(3, &child)];
        let mut writer = Writer::new(Vec::new());
        for event in &events {
            writer.write(event).expect("a vector takes everything");
        }
        let bytes = writer.finish().expect("a vector takes everything");
        assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 5);
        let read: Vec<Event> = Reader::new(&bytes[..]).map(|event| event.expect("our own line")).collect();
        assert_eq!(read, events);
        assert!(Arc::ptr_eq(&read[1].process, &read[2].process));
    }

    #[test]
    fn a_bad_line_is_reported_with_its_number_and_the_rest_is_read() {
        let process = Arc::new(Process { id: 1, ..Process::default() });
        let mut writer = Writer::new(b"{broken\n".to_vec());
        writer.write(&event(1, &process)).expect("a vector takes everything");
        let mut bytes = writer.finish().expect("a vector takes everything");
        bytes.extend(vec![b'x'; LINE_BYTES_MAX + 1]);
        bytes.extend(b"\n{\"event\":{\"process\":99}}\n");
        let results: Vec<_> = Reader::new(&bytes[..]).collect();
        let text: Vec<String> = results
            .iter()
            .map(|result| {
                result.as_ref().map_or_else(|error| error.to_string(), |event| event.number.to_string())
            })
            .collect();
        assert!(text[0].starts_with("recording, line 1:"), "{text:?}");
        assert_eq!(text[1], "1");
        assert!(text[2].contains("line 4: longer than"), "{text:?}");
        assert!(text[3].contains("process 99 was not described"), "{text:?}");
    }
}
