//! A report in the formats people and programs read, one file each.

pub mod json;
