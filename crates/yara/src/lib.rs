//! YARA rules over bytes, behind limits of size, time and number. The only crate that names yara-x.
//!
//! Communities' rules run as they are: the variables they expect (`filename`, `filepath`, `extension`, `filetype`,
//! `owner`) are defined, each file is a namespace of its own, and what is wrong in one file never hides another. It
//! opens no file: rules and bytes are given, and `include` reaches only files that were given too.
//!
//! ```
//! use yagura_yara::{Ruleset, Scanner};
//!
//! let file = ("demo.yar", r#"rule marker { strings: $a = "watchtower" condition: $a }"#);
//! let (rules, problems) = Ruleset::compile([file]);
//! assert!(problems.is_empty());
//! let matches = Scanner::new(&rules).scan("notes.txt", b"the watchtower stands")?;
//! assert_eq!(matches[0].rule, "marker");
//! assert_eq!((matches[0].strings[0].offset, matches[0].strings[0].length), (4, 10));
//! # Ok::<(), yagura_yara::Limit>(())
//! ```

pub mod limits;

mod compile;
mod diagnostic;
mod ruleset;
mod scanner;
mod source;

pub use diagnostic::{Diagnostic, DiagnosticSeverity};
pub use ruleset::Ruleset;
pub use scanner::{Limit, MetaValue, Scanner, StringMatch, YaraMatch};
