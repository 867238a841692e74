//! .NET: NuGet's lock files, project assets, `*.deps.json`.

pub(crate) mod assets;
pub(crate) mod config;
pub(crate) mod deps;
pub(crate) mod lock;
