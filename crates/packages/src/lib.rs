//! What is installed: parsers of package databases, lock files and binaries; package URLs; SBOM in and out.
//!
//! Knows no advisory, no image and no file system: it is given paths and bytes. A [`Collector`] says which files it
//! wants, reads each once, and ends in an [`Inventory`].
//!
//! ```
//! use yagura_packages::{Collector, FileMeta, Options, Want};
//!
//! let mut collector = Collector::new(Options::default());
//! let meta = FileMeta { path: "app/package-lock.json", size: 100, mode: 0o644, layer: 0 };
//! assert_eq!(collector.want(&meta), Want::Whole);
//! collector.add(&meta, br#"{"lockfileVersion": 3, "packages": {"node_modules/ms": {"version": "2.1.3"}}}"#);
//! let inventory = collector.finish();
//! assert_eq!(inventory.packages[0].purl(), "pkg:npm/ms@2.1.3");
//! ```

mod beam;
mod binary;
mod bytes;
mod cargo;
mod collector;
mod conan;
mod dart;
mod diagnostic;
mod digest;
mod distro;
mod dotnet;
mod elf;
mod golang;
mod haskell;
mod inventory;
mod java;
mod json;
mod licence;
pub mod limits;
mod npm;
mod os;
mod package;
mod parser;
mod php;
mod purl;
mod python;
mod r;
mod ruby;
pub mod sbom;
mod swift;
mod text;
mod toml;
mod tree;
mod xml;
mod yaml;
mod zip;

pub use collector::{Collector, FileMeta, Options, Want};
pub use diagnostic::{Diagnostic, DiagnosticCode};
pub use distro::Distro;
pub use inventory::Inventory;
pub use package::{Hash, Location, Package, PackageType};
