//! Black-box tests of the lake. What needs a file system of its own says so when it skips.

mod crash;
mod disk;
mod make;
mod query;
mod round_trip;
mod upkeep;
