//! Merging small neighbouring files of one class and hour into one.

use std::{fs::File, path::Path, sync::Arc};

use datafusion::{
    arrow::{
        array::{AsArray, RecordBatch, UInt32Array},
        compute::take_record_batch,
        datatypes::TimestampNanosecondType,
    },
    parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder,
};

use crate::{
    LakeError,
    column::{Column, fit},
    file::{DataFile, FileName},
    limits::{COMPACT_BYTES_MAX, COMPACT_FILES_MIN, COMPACT_ROWS_MAX, ROW_GROUP_ROWS},
    seal::write,
    words::merge,
};

/// The next files to merge. `files` is ordered by partition and segment; only neighbours are merged, so that the
/// segments of a file are a range that no other file of the folder reaches into.
pub(crate) fn next_run(files: &[Arc<DataFile>]) -> Option<Vec<Arc<DataFile>>> {
    let mut run: Vec<Arc<DataFile>> = Vec::new();
    let (mut rows, mut bytes) = (0, 0);
    for file in files {
        let is_small = file.rows < COMPACT_ROWS_MAX / 4 && file.bytes < COMPACT_BYTES_MAX / 4;
        let continues = run.last().is_some_and(|last| last.partition == file.partition);
        let fits = rows + file.rows <= COMPACT_ROWS_MAX && bytes + file.bytes <= COMPACT_BYTES_MAX;
        if !is_small || !continues || !fits {
            if run.len() >= COMPACT_FILES_MIN {
                return Some(run);
            }
            run.clear();
            (rows, bytes) = (0, 0);
        }
        if is_small {
            rows += file.rows;
            bytes += file.bytes;
            run.push(Arc::clone(file));
        }
    }
    (run.len() >= COMPACT_FILES_MIN).then_some(run)
}

/// Writes the merged file. It counts, and its parts do not, from the moment it has its name.
pub(crate) fn merge_files(events: &Path, run: &[Arc<DataFile>]) -> Result<DataFile, LakeError> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return Err(LakeError::Corrupt { path: events.to_owned(), reason: "no files to merge".to_owned() });
    };
    let mut batches = Vec::new();
    for file in run {
        batches.extend(read(&file.path)?);
    }
    let corrupt = |reason: String| LakeError::Corrupt { path: first.path.clone(), reason };
    let rows = merge(&batches.iter().collect::<Vec<_>>()).map_err(|error| corrupt(error.to_string()))?;
    drop(batches);
    let rows = sort(&rows).map_err(|error| corrupt(error.to_string()))?;
    let name = FileName { first: first.first, last: last.last, rows: rows.num_rows() as u64 };
    write(events, first.partition, name, &rows)
}

fn sort(rows: &RecordBatch) -> Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let times = rows.column(Column::Time.index()).as_primitive::<TimestampNanosecondType>().values();
    let mut order: Vec<u32> = (0..).take(rows.num_rows()).collect();
    order.sort_by_key(|row| times[*row as usize]);
    take_record_batch(rows, &UInt32Array::from(order))
}

fn read(path: &Path) -> Result<Vec<RecordBatch>, LakeError> {
    let corrupt = |reason: String| LakeError::Corrupt { path: path.to_owned(), reason };
    let file = File::open(path).map_err(LakeError::io("open", path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(ROW_GROUP_ROWS).build())
        .map_err(|error| corrupt(error.to_string()))?;
    reader
        .map(|batch| batch.and_then(|batch| fit(&batch)).map_err(|error| corrupt(error.to_string())))
        .collect()
}
