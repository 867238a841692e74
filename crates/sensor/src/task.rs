//! The processes there are at start, from the kernel's own list (`iter/task`): exact start times, whatever pid namespace
//! this process lives in, and one system call for hundreds of them. Nothing stays loaded.

use std::{io::Read, mem::MaybeUninit};

use libbpf_rs::{
    Iter, OpenObject,
    skel::{OpenSkel, SkelBuilder},
};

use crate::{
    limits::{PROCESS_RECORD_BYTES, TASKS_BYTES_MAX},
    record::Record,
    skeleton::types,
    skeleton_table::TableSkelBuilder,
};

/// Reads the record of every process.
pub(crate) struct Tasks {
    bytes: Vec<u8>,
}

impl Tasks {
    /// Asks the kernel.
    ///
    /// # Errors
    /// Where the kernel has no iterator over tasks that may read their memory (before 5.18), or refuses it.
    pub(crate) fn read() -> Result<Self, String> {
        let mut object: MaybeUninit<OpenObject> = MaybeUninit::uninit();
        let open = TableSkelBuilder::default().open(&mut object).map_err(|error| error.to_string())?;
        let skeleton = open.load().map_err(|error| error.to_string())?;
        let link = skeleton.progs.list_tasks.attach_trace().map_err(|error| error.to_string())?;
        let mut iter = Iter::new(&link).map_err(|error| error.to_string())?;
        let mut bytes = Vec::with_capacity(PROCESS_RECORD_BYTES * 256);
        // The kernel tells whole records, as many as fit; it says the end by telling nothing.
        let mut chunk = vec![0; CHUNK_BYTES];
        while bytes.len() < TASKS_BYTES_MAX {
            match iter.read(&mut chunk) {
                Ok(0) => break,
                Ok(length) => bytes.extend_from_slice(&chunk[..length]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(Self { bytes })
    }

    /// The records, parents before their children as far as their start tells.
    pub(crate) fn records(&self) -> Vec<Record<'_>> {
        let mut records = Vec::new();
        let mut rest = self.bytes.as_slice();
        while let Some(record) = Record::parse(rest) {
            let length = size_of::<types::head>() + record.head.size as usize;
            rest = rest.get(length..).unwrap_or_default();
            records.push(record);
        }
        records.sort_by_key(|record| (record.head.start, record.head.pid));
        records
    }
}

const CHUNK_BYTES: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_among_them_and_parents_come_first() {
        let tasks = match Tasks::read() {
            Ok(tasks) => tasks,
            Err(error) => return println!("SKIPPED: needs root and a kernel with task iterators: {error}"),
        };
        let records = tasks.records();
        let place = |pid: u32| records.iter().position(|record| record.head.pid == pid);
        let this = place(std::process::id()).expect("this process lives");
        let parent = place(records[this].head.ppid).expect("its parent lives");
        assert!(parent < this);
        let argv = records[this].field(crate::record::ARGV).expect("it has arguments");
        let first = std::env::args_os().next().expect("a name");
        assert!(argv.starts_with(first.as_encoded_bytes()));
        assert!(records[this].path(crate::record::CWD).is_some_and(|cwd| cwd.starts_with('/')));
    }

    #[test]
    fn damaged_bytes_end_the_list() {
        let tasks = Tasks { bytes: vec![0; size_of::<types::head>() + 7] };
        assert_eq!(tasks.records().len(), 1);
    }
}
