//! Ceilings for rules and for what they are run on.

use std::time::Duration;

/// Bytes of one file of rules.
pub const RULE_FILE_BYTES_MAX: usize = 8 << 20;
/// Bytes of all files of rules together.
pub const RULE_BYTES_MAX: usize = 64 << 20;
/// Rules of all files together.
pub const RULES_MAX: usize = 50_000;
/// Files of rules.
pub const RULE_FILES_MAX: usize = 10_000;
/// Bytes of one expression between slashes in a rule.
pub const REGEX_BYTES_MAX: usize = 8_000;
/// Depth to which brackets may be nested in one line of a rule.
pub const NESTING_MAX: usize = 200;
/// Diagnostics of one compilation.
pub const DIAGNOSTICS_MAX: usize = 1_000;
/// Bytes of a file that is scanned, unless the caller says otherwise.
pub const FILE_BYTES_MAX: usize = 64 << 20;
/// Time for one file, unless the caller says otherwise.
pub const SCAN_TIME_MAX: Duration = Duration::from_secs(10);
/// Matches of one pattern in one file.
pub const PATTERN_MATCHES_MAX: usize = 1_000;
/// Rules reported for one file.
pub const MATCHES_MAX: usize = 500;
/// Places of patterns reported for one rule.
pub const STRINGS_MAX: usize = 100;
/// Bytes of one value of a rule's metadata.
pub const META_BYTES_MAX: usize = 2_000;
