//! [`EventsTable`]: a snapshot of the lake as DataFusion sees it.
//!
//! Time and class in the filters decide which files are opened at all; inside a file, Parquet's statistics, page index
//! and bloom filters decide what is read.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::{
    arrow::{
        array::{BooleanArray, RecordBatch, Scalar, StringArray},
        compute::{filter_record_batch, kernels::cmp},
        datatypes::SchemaRef,
    },
    catalog::{Session, TableProvider},
    common::{DFSchema, Result},
    datasource::{
        TableType,
        listing::PartitionedFile,
        memory::MemorySourceConfig,
        physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource},
        source::DataSourceExec,
    },
    execution::object_store::ObjectStoreUrl,
    logical_expr::{Expr, TableProviderFilterPushDown, utils::conjunction},
    physical_plan::{ExecutionPlan, empty::EmptyExec, union::UnionExec},
};
use yagura_event::OcsfClass;

use crate::{
    column::{Column, SCHEMA},
    file::DataFile,
    owner::Snapshot,
    prune::{Wanted, wanted},
};

/// The table `events`, or the table of one class.
#[derive(Debug)]
pub(crate) struct EventsTable {
    snapshot: Arc<Snapshot>,
    class: Option<OcsfClass>,
}

impl EventsTable {
    pub(crate) fn new(snapshot: Arc<Snapshot>, class: Option<OcsfClass>) -> Self {
        Self { snapshot, class }
    }

    // Newest first: who asks for the latest rows then reads little.
    fn files(&self, wanted: &Wanted) -> Vec<&Arc<DataFile>> {
        let files = self.snapshot.files.iter().rev();
        let is_wanted = |file: &&Arc<DataFile>| {
            let hour = file.partition.hour;
            self.class.is_none_or(|class| class == file.partition.class)
                && wanted.has_class(file.partition.class)
                && wanted.overlaps(hour.start_nanos(), hour.end_nanos())
        };
        files.filter(is_wanted).collect()
    }

    fn batches(&self, wanted: &Wanted) -> Result<Vec<RecordBatch>> {
        let batches = self.snapshot.batches.iter().rev();
        batches
            .filter(|batch| wanted.overlaps(batch.time_min, batch.time_max))
            .map(|batch| match self.class {
                Some(class) => only_class(&batch.batch, class),
                None => Ok(batch.batch.clone()),
            })
            .collect()
    }

    fn scan_files(
        &self,
        state: &dyn Session,
        files: &[&Arc<DataFile>],
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut source = ParquetSource::new(Arc::clone(&SCHEMA))
            .with_pushdown_filters(true)
            .with_reorder_filters(true)
            .with_enable_page_index(true)
            .with_bloom_filter_on_read(true);
        if let Some(filter) = conjunction(filters.iter().cloned()) {
            let schema = DFSchema::try_from(Arc::clone(&SCHEMA))?;
            source = source.with_predicate(state.create_physical_expr(filter, &schema)?);
        }
        let groups = state.config_options().execution.target_partitions.clamp(1, files.len());
        let mut groups: Vec<FileGroup> = (0..groups).map(|_| FileGroup::default()).collect();
        let count = groups.len();
        for (index, file) in files.iter().enumerate() {
            groups[index % count].push(PartitionedFile::new(file.path.to_string_lossy(), file.bytes));
        }
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

#[async_trait]
impl TableProvider for EventsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&SCHEMA)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let wanted = wanted(filters);
        let files = self.files(&wanted);
        let batches = self.batches(&wanted)?;
        let mut inputs: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        if !batches.is_empty() {
            inputs.push(MemorySourceConfig::try_new_exec(
                &[batches],
                Arc::clone(&SCHEMA),
                projection.cloned(),
            )?);
        }
        if !files.is_empty() {
            self.snapshot.touch(&files);
            inputs.push(self.scan_files(state, &files, projection, filters, limit)?);
        }
        match inputs.len() {
            0 => {
                let schema = match projection {
                    Some(columns) => Arc::new(SCHEMA.project(columns)?),
                    None => Arc::clone(&SCHEMA),
                };
                Ok(Arc::new(EmptyExec::new(schema)))
            }
            1 => Ok(inputs.remove(0)),
            _ => UnionExec::try_new(inputs),
        }
    }
}

fn only_class(batch: &RecordBatch, class: OcsfClass) -> Result<RecordBatch> {
    let name = Scalar::new(StringArray::from(vec![class.table()]));
    let column = batch.column(Column::ClassName.index());
    let is_class: BooleanArray = cmp::eq(column, &name)?;
    Ok(filter_record_batch(batch, &is_class)?)
}
