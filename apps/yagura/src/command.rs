//! The commands, one file each.

pub mod config;
pub mod db;
pub mod hunt;
pub mod prevent;
pub mod replay;
pub mod rules;
pub mod scan;
pub mod sensor;
pub mod up;
pub mod user;
pub mod verify;
