//! Merging small neighbouring files of one class and hour into one.

use std::{fs::File, path::Path, sync::Arc};

use datafusion::{arrow::array::RecordBatch, parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder};

use crate::{
    LakeError,
    column::fit,
    file::{DataFile, FileName},
    limits::{COMPACT_BYTES_MAX, COMPACT_FILES_MIN, COMPACT_ROWS_MAX, MERGE_BATCH_ROWS},
    seal::{RowOrder, write},
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

/// Writes the merged file. It counts, and its parts do not, from the moment it has its name. A part at a time is read,
/// so that a merge needs little memory.
///
/// # Errors
/// [`LakeError::Corrupt`] names the part that cannot be read.
pub(crate) fn merge_files(events: &Path, run: &[Arc<DataFile>]) -> Result<DataFile, LakeError> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return Err(LakeError::Corrupt { path: events.to_owned(), reason: "no files to merge".to_owned() });
    };
    let parts = run.iter().map(|file| open(&file.path)).collect::<Result<Vec<_>, _>>()?;
    let rows = run.iter().map(|file| file.rows).sum();
    let name = FileName { first: first.first, last: last.last, rows };
    write(events, first.partition, name, RowOrder::Roughly, parts.into_iter().flatten())
}

// The rows of one file. The footer is read now, the rows when they are asked for.
fn open(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch, LakeError>> + use<>, LakeError> {
    let corrupt = |path: &Path, reason: String| LakeError::Corrupt { path: path.to_owned(), reason };
    let file = File::open(path).map_err(|error| corrupt(path, error.to_string()))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(MERGE_BATCH_ROWS).build())
        .map_err(|error| corrupt(path, error.to_string()))?;
    let path = path.to_owned();
    Ok(reader.map(move |batch| {
        batch.and_then(|batch| fit(&batch)).map_err(|error| corrupt(&path, error.to_string()))
    }))
}
