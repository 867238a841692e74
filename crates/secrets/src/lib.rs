//! Secrets in bytes: rules, checksums, entropy, redaction.
//!
//! Knows no file system and no clock: it is given a path, bytes and, if expiry dates are to count, the time. What leaves
//! it is redacted: a [`Secret`] tells the rule, the place, the first and last few characters and a fingerprint, never the
//! secret.
//!
//! The way of a file: [`Scanner::want`] says from path and size whether it is worth reading; the keywords of all rules
//! are looked for in one pass; around a hit a rule's expression is tried, or the value assigned to the name is read;
//! what was caught meets placeholders, allow patterns, entropy and the rule's validator; of several rules that caught
//! the same bytes the most specific stays.
//!
//! Rules are data: one YAML file each, with cases ([`case`]). Other people's gitleaks configurations are read as they
//! are ([`Rules::load`]).
//!
//! ```
//! use yagura_secrets::{Rules, Scanner};
//!
//! let rule = "id: tower-token\ntitle: Tower token\nseverity: high\nkeywords: [tow_]\nregex: 'tow_[a-z0-9]{12}'\n";
//! let (rules, problems) = Rules::load([("tower.yaml", rule)]);
//! assert!(problems.is_empty());
//! let found = Scanner::new(&rules).scan("app/settings.py", b"key = 'tow_8f3k1zq0v5yd'\n");
//! assert_eq!((found[0].line, found[0].column), (1, 8));
//! assert!(!found[0].redacted.contains("8f3k1zq0v5yd"));
//! ```

pub mod case;
pub mod limits;

mod allow;
mod assignment;
mod context;
mod diagnostic;
mod encoding;
mod entropy;
mod gitleaks;
mod go_regex;
mod load;
mod pattern;
mod placeholder;
mod redact;
mod rule;
mod rules;
mod scanner;
mod secret;
mod validate;
mod yaml;

pub use diagnostic::{Diagnostic, DiagnosticSeverity};
pub use rule::{Rule, Severity};
pub use rules::Rules;
pub use scanner::{Scanner, Want};
pub use secret::{Confidence, Secret};
