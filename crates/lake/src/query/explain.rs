//! Errors of a query in words its author can act on.

use std::io;

use datafusion::{
    arrow::error::ArrowError,
    common::{DataFusionError, SchemaError},
    object_store,
};

use crate::{LakeError, QueryLimits, column::Column, schema};

/// The error as the lake reports it.
pub(crate) fn explain(error: &DataFusionError, limits: QueryLimits) -> LakeError {
    match error.find_root() {
        DataFusionError::SchemaError(error, _) => schema_error(error),
        DataFusionError::SQL(error, _) => {
            LakeError::Sql { message: error.to_string().replace("sql parser error: ", ""), hint: None }
        }
        DataFusionError::Plan(message) => plan_error(message),
        DataFusionError::NotImplemented(message) => {
            LakeError::Sql { message: format!("not supported: {message}"), hint: None }
        }
        DataFusionError::ResourcesExhausted(_) => {
            LakeError::TooMuchMemory { bytes_max: limits.memory_bytes_max }
        }
        root => LakeError::Query(root.strip_backtrace()),
    }
}

/// Whether a file was gone when the query came to it.
pub(crate) fn is_vanished_file(error: &DataFusionError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let is_gone = error
            .downcast_ref::<object_store::Error>()
            .is_some_and(|error| matches!(error, object_store::Error::NotFound { .. }))
            || error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound);
        if is_gone {
            return true;
        }
        cause = error.source();
    }
    // DataFusion keeps some causes as text only.
    let text = error.to_string();
    text.contains("Object at location") && text.contains("not found")
}

/// Whether the cause may be the content of a file.
pub(crate) fn is_damage(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::ParquetError(_)
        | DataFusionError::ObjectStore(_)
        | DataFusionError::IoError(_)
        | DataFusionError::External(_)
        | DataFusionError::Internal(_) => true,
        DataFusionError::ArrowError(error, _) => matches!(
            **error,
            ArrowError::ParquetError(_)
                | ArrowError::IoError(..)
                | ArrowError::ExternalError(_)
                | ArrowError::SchemaError(_)
                | ArrowError::InvalidArgumentError(_)
        ),
        _ => false,
    }
}

fn schema_error(error: &SchemaError) -> LakeError {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let known: Vec<&str> = if valid_fields.is_empty() {
                Column::ALL.iter().map(|column| column.name()).collect()
            } else {
                valid_fields.iter().map(|field| field.name.as_str()).collect()
            };
            LakeError::Sql {
                message: format!("there is no column `{}`", field.name),
                hint: Some(suggest(&field.name, &known, "columns")),
            }
        }
        other => LakeError::Sql { message: other.to_string(), hint: None },
    }
}

fn plan_error(message: &str) -> LakeError {
    for refused in ["DDL not supported: ", "DML not supported: ", "Statement not supported: "] {
        if let Some(statement) = message.strip_prefix(refused) {
            return LakeError::NotAllowed(statement.to_owned());
        }
    }
    let table = message.strip_prefix("table '").and_then(|rest| rest.split_once("' not found"));
    let Some((table, _)) = table else {
        return LakeError::Sql { message: message.to_owned(), hint: None };
    };
    let table = table.rsplit('.').next().unwrap_or(table);
    let known: Vec<&str> = schema::tables().iter().map(|table| table.name).collect();
    LakeError::Sql {
        message: format!("there is no table `{table}`"),
        hint: Some(suggest(table, &known, "tables")),
    }
}

// The nearest name, and all of them.
fn suggest(name: &str, known: &[&str], noun: &str) -> String {
    let nearest = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    let all = format!("{noun}: {}", known.join(", "));
    match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`? {all}"),
        None => all,
    }
}
