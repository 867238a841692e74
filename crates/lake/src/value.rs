//! Cells of a result as JSON.

use std::sync::Arc;

use datafusion::arrow::{
    array::{Array, ArrayRef, AsArray},
    compute::cast,
    datatypes::{
        DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
        TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
    error::ArrowError,
    util::display::array_value_to_string,
};
use serde_json::Value;
use yagura_event::Timestamp;

/// Every cell of a column. Times are RFC 3339 text in UTC; what JSON has no form for is its text.
pub(crate) fn column_values(array: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    let plain = match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values)?,
        DataType::LargeUtf8 | DataType::Utf8View => cast(array, &DataType::Utf8)?,
        DataType::LargeBinary | DataType::BinaryView => cast(array, &DataType::Binary)?,
        DataType::Timestamp(..) => cast(array, &DataType::Timestamp(TimeUnit::Nanosecond, None))?,
        _ => Arc::clone(array),
    };
    (0..plain.len()).map(|row| value(&plain, row)).collect()
}

fn value(array: &ArrayRef, row: usize) -> Result<Value, ArrowError> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float32 => f64::from(array.as_primitive::<Float32Type>().value(row)).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Utf8 => array.as_string::<i32>().value(row).into(),
        DataType::Binary => String::from_utf8_lossy(array.as_binary::<i32>().value(row)).into(),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            let nanos = array.as_primitive::<TimestampNanosecondType>().value(row);
            Timestamp::from_nanos(nanos).to_rfc3339().into()
        }
        DataType::List(_) => column_values(&array.as_list::<i32>().value(row))?.into(),
        _ => array_value_to_string(array, row)?.into(),
    })
}

/// The type as a person reads it.
pub(crate) fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Dictionary(_, values) => type_name(values),
        DataType::Boolean => "boolean",
        DataType::Timestamp(..) => "timestamp",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "bytes",
        DataType::List(_) | DataType::LargeList(_) => "list",
        DataType::Interval(_) | DataType::Duration(_) => "interval",
        DataType::Date32 | DataType::Date64 => "date",
        other if other.is_integer() => "integer",
        other if other.is_numeric() => "number",
        _ => "other",
    }
}

/// Bytes a value takes in memory, roughly.
pub(crate) fn value_bytes(value: &Value) -> usize {
    let inner = match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(value_bytes).sum(),
        _ => 0,
    };
    inner + size_of::<Value>()
}
