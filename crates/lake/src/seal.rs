//! Sealing: the rows of one segment become Parquet files, one a class and hour; and how such a file is written.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use datafusion::{
    arrow::{
        array::{AsArray, RecordBatch, UInt32Array},
        compute::take_record_batch,
        datatypes::{Int64Type, TimestampNanosecondType},
        error::ArrowError,
    },
    parquet::{
        arrow::ArrowWriter,
        basic::{Compression, Encoding, ZstdLevel},
        errors::ParquetError,
        file::{
            metadata::SortingColumn,
            properties::{EnabledStatistics, WriterProperties},
        },
        schema::types::ColumnPath,
    },
};
use yagura_event::OcsfClass;

use crate::{
    LakeError,
    column::{Column, SCHEMA},
    file::{DataFile, FileName, Hour, Partition, TEMPORARY},
    limits::{BLOOM_ROWS_MIN, BLOOM_VALUES, MERGE_BATCH_ROWS, PAGE_ROWS, ROW_GROUP_ROWS},
    memory::Segment,
    words::merge,
};

// A detail of a process is long and repeats; its dictionary may be large before it is given up.
const DICTIONARY_BYTES_MAX: usize = 4 << 20;
const DETAIL_PAGE_BYTES: usize = 1 << 20;

/// Writes the files of a segment. They count once the segment's log is gone; until then a second try may write them
/// again.
pub(crate) fn seal(events: &Path, segment: &Segment) -> Result<Vec<DataFile>, LakeError> {
    let batches: Vec<&RecordBatch> = segment.batches.iter().map(|batch| &batch.batch).collect();
    let mut files: Vec<DataFile> = Vec::new();
    for (partition, order) in partitions(&batches) {
        let name = FileName { first: segment.id, last: segment.id, rows: order.len() as u64 };
        let parts = order
            .chunks(MERGE_BATCH_ROWS)
            .map(|rows| gather(&batches, rows).map_err(|error| corrupt(segment, &error)));
        match write(events, partition, name, RowOrder::ByTime, parts) {
            Ok(file) => files.push(file),
            Err(error) => {
                // Gives the space back: a full disk is the likely reason.
                files.iter().for_each(DataFile::doom);
                return Err(error);
            }
        }
    }
    Ok(files)
}

fn corrupt(segment: &Segment, error: &ArrowError) -> LakeError {
    LakeError::Corrupt { path: segment.path.clone().unwrap_or_default(), reason: error.to_string() }
}

/// A row: which batch, and where in it.
type Place = (u32, u32);

// For each partition its rows, ordered by time.
fn partitions(batches: &[&RecordBatch]) -> BTreeMap<Partition, Vec<Place>> {
    let mut partitions: BTreeMap<Partition, Vec<(i64, Place)>> = BTreeMap::new();
    for (batch, rows) in (0_u32..).zip(batches) {
        let times = rows.column(Column::Time.index()).as_primitive::<TimestampNanosecondType>();
        let classes = rows.column(Column::ClassUid.index()).as_primitive::<Int64Type>();
        for (row, (time, class)) in (0_u32..).zip(times.values().iter().zip(classes.values())) {
            let class = OcsfClass::ALL.into_iter().find(|known| i64::from(known.uid()) == *class);
            let class = class.unwrap_or(OcsfClass::KernelActivity);
            let partition = Partition { hour: Hour::of(*time), class };
            partitions.entry(partition).or_default().push((*time, (batch, row)));
        }
    }
    let sorted = |mut order: Vec<(i64, Place)>| {
        // Stable: rows of the same time keep the order they were captured in.
        order.sort_by_key(|(time, _)| *time);
        order.into_iter().map(|(_, place)| place).collect()
    };
    partitions.into_iter().map(|(partition, order)| (partition, sorted(order))).collect()
}

// These rows as one batch, in their order. A part of the segment at a time, so that sealing needs little memory.
fn gather(batches: &[&RecordBatch], places: &[Place]) -> Result<RecordBatch, ArrowError> {
    let mut wanted: BTreeMap<u32, Vec<(u32, u32)>> = BTreeMap::new();
    for (position, (batch, row)) in (0_u32..).zip(places) {
        wanted.entry(*batch).or_default().push((*row, position));
    }
    let mut parts = Vec::with_capacity(wanted.len());
    let mut order = vec![0_u32; places.len()];
    let mut taken = 0;
    for (batch, rows) in wanted {
        let indices: UInt32Array = rows.iter().map(|(row, _)| *row).collect();
        parts.push(take_record_batch(batches[batch as usize], &indices)?);
        for (_, position) in rows {
            order[position as usize] = taken;
            taken += 1;
        }
    }
    let merged = merge(&parts.iter().collect::<Vec<_>>())?;
    drop(parts);
    take_record_batch(&merged, &UInt32Array::from(order))
}

/// Whether the rows of a file are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowOrder {
    /// By time, throughout.
    ByTime,
    /// By time, but for rows of neighbouring segments.
    Roughly,
}

/// Writes one file: under another name first, made safe, then renamed.
pub(crate) fn write(
    events: &Path,
    partition: Partition,
    name: FileName,
    order: RowOrder,
    parts: impl Iterator<Item = Result<RecordBatch, LakeError>>,
) -> Result<DataFile, LakeError> {
    let folder = partition.folder(events);
    fs::create_dir_all(&folder).map_err(LakeError::io("make the folder", &folder))?;
    let path = folder.join(name.to_string());
    let temporary = PathBuf::from(format!("{}{TEMPORARY}", path.display()));
    let properties = properties(partition.class, name.rows, order);
    let written = write_rows(&temporary, properties, parts).and_then(|bytes| {
        fs::rename(&temporary, &path).map_err(LakeError::io("rename", &temporary))?;
        sync_dir(&folder)?;
        Ok(bytes)
    });
    match written {
        Ok(bytes) => Ok(DataFile::new(partition, path, name, bytes)),
        Err(error) => {
            let _ = fs::remove_file(&temporary);
            Err(error)
        }
    }
}

/// Makes the entries of a folder safe against a loss of power.
pub(crate) fn sync_dir(folder: &Path) -> Result<(), LakeError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(LakeError::io("sync", folder))
}

fn write_rows(
    path: &Path,
    properties: WriterProperties,
    parts: impl Iterator<Item = Result<RecordBatch, LakeError>>,
) -> Result<u64, LakeError> {
    let file = File::create(path).map_err(LakeError::io("create", path))?;
    let failed = |error: ParquetError| match error {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(source) => LakeError::io("write", path)(*source),
            Err(cause) => LakeError::Corrupt { path: path.to_owned(), reason: cause.to_string() },
        },
        error => LakeError::Corrupt { path: path.to_owned(), reason: error.to_string() },
    };
    let mut writer = ArrowWriter::try_new(&file, Arc::clone(&SCHEMA), Some(properties)).map_err(failed)?;
    for part in parts {
        writer.write(&part?).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    file.sync_all().map_err(LakeError::io("sync", path))?;
    Ok(file.metadata().map_err(LakeError::io("read the size of", path))?.len())
}

// The first column, by which rows are sorted, is `time`.
fn properties(class: OcsfClass, rows: u64, order: RowOrder) -> WriterProperties {
    let path = |column: Column| ColumnPath::from(column.name());
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES_MAX)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(
            (order == RowOrder::ByTime)
                .then(|| vec![SortingColumn { column_idx: 0, descending: false, nulls_first: false }]),
        )
        .set_column_dictionary_enabled(path(Column::Time), false)
        .set_column_encoding(path(Column::Time), Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled(path(Column::Number), false)
        .set_column_encoding(path(Column::Number), Encoding::DELTA_BINARY_PACKED);
    for column in [Column::ProcessDetail, Column::ParentDetail, Column::ContainerDetail, Column::Data] {
        builder = builder
            .set_column_statistics_enabled(path(column), EnabledStatistics::None)
            .set_column_dictionary_page_size_limit(path(column), DETAIL_PAGE_BYTES);
    }
    if rows >= BLOOM_ROWS_MIN as u64 {
        for column in bloom_columns(class) {
            builder = builder
                .set_column_bloom_filter_enabled(path(*column), true)
                .set_column_bloom_filter_max_ndv(path(*column), BLOOM_VALUES);
        }
    }
    builder.build()
}

fn bloom_columns(class: OcsfClass) -> &'static [Column] {
    match class {
        OcsfClass::FileSystemActivity => &[Column::ProcessName, Column::ContainerId, Column::FilePath],
        OcsfClass::NetworkActivity => &[Column::ProcessName, Column::ContainerId, Column::DstIp],
        _ => &[Column::ProcessName, Column::ContainerId],
    }
}
