//! The API as its callers see it.

mod access;
mod console;
mod document;
mod harness;
mod hostile;
mod operations;
mod scans;
mod server;
mod sign_in;
mod stream;
