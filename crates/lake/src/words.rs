//! [`Words`]: a text column that keeps each different value once, and the merge of batches that have such columns.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, StringArray, StringBuilder},
        buffer::{NullBuffer, ScalarBuffer},
        compute::concat,
        datatypes::{DataType, Int32Type},
        error::ArrowError,
    },
    common::HashMap,
};

use crate::column::SCHEMA;

/// Builds a dictionary column. A key stays valid until [`Words::finish`]; −1 is null.
#[derive(Default)]
pub(crate) struct Words {
    index: HashMap<Box<str>, i32>,
    values: StringBuilder,
    keys: Vec<i32>,
}

impl Words {
    pub(crate) const NULL: i32 = -1;

    /// The key of this text; makes one where it is new.
    pub(crate) fn key(&mut self, text: &str) -> i32 {
        if let Some(key) = self.index.get(text) {
            return *key;
        }
        // Batches are cut long before 2^31 values.
        let key = i32::try_from(self.index.len()).expect("a batch has fewer rows than i32::MAX");
        self.index.insert(text.into(), key);
        self.values.append_value(text);
        key
    }

    pub(crate) fn push_key(&mut self, key: i32) {
        self.keys.push(key);
    }

    pub(crate) fn push(&mut self, text: &str) -> i32 {
        let key = self.key(text);
        self.keys.push(key);
        key
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Bytes of the different values.
    pub(crate) fn value_bytes(&self) -> usize {
        self.values.values_slice().len()
    }

    /// The column; the builder is empty afterwards.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        self.index.clear();
        let values = self.values.finish();
        let keys = std::mem::take(&mut self.keys);
        let nulls = NullBuffer::from_iter(keys.iter().map(|key| *key >= 0));
        let keys: Vec<i32> = keys.into_iter().map(|key| key.max(0)).collect();
        let keys = datafusion::arrow::array::Int32Array::new(
            ScalarBuffer::from(keys),
            (nulls.null_count() > 0).then_some(nulls),
        );
        Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(values)))
    }
}

/// One batch of the rows of `batches`, in their order, each dictionary value once.
pub(crate) fn merge(batches: &[&RecordBatch]) -> Result<RecordBatch, ArrowError> {
    let columns = SCHEMA
        .fields()
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let parts: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(index).as_ref()).collect();
            match field.data_type() {
                DataType::Dictionary(..) => merge_words(&parts),
                _ => concat(&parts),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(&SCHEMA), columns)
}

fn merge_words(parts: &[&dyn Array]) -> Result<ArrayRef, ArrowError> {
    let mut words = Words::default();
    for part in parts {
        let Some(part) = part.as_dictionary_opt::<Int32Type>() else {
            return Err(ArrowError::SchemaError("not a dictionary of text".to_owned()));
        };
        let Some(values) = part.values().as_any().downcast_ref::<StringArray>() else {
            return Err(ArrowError::SchemaError("not a dictionary of text".to_owned()));
        };
        // Only values that a row uses: slices and filters leave others behind.
        let mut new_keys = vec![None; values.len()];
        for row in 0..part.len() {
            match part.key(row) {
                None => words.push_key(Words::NULL),
                Some(key) => {
                    let new = match new_keys[key] {
                        Some(new) => new,
                        None => {
                            let new =
                                if values.is_null(key) { Words::NULL } else { words.key(values.value(key)) };
                            new_keys[key] = Some(new);
                            new
                        }
                    };
                    words.push_key(new);
                }
            }
        }
    }
    Ok(words.finish())
}
