//! Ceilings of a scan.

use std::time::Duration;

/// Problems kept in a report; the rest is counted.
pub const PROBLEMS_MAX: usize = 1_000;
/// Entries of upper layers that are remembered to tell what they hide (8 bytes each).
pub const MARKS_MAX: usize = 4_000_000;
/// Bytes of a file that is read whole although it is large: one at a time, over all threads.
pub const LARGE_FILE_BYTES_MAX: u64 = 512 << 20;
/// Bytes of a file that secrets are looked for in.
pub const SECRET_FILE_BYTES_MAX: u64 = 8 << 20;
/// Secrets kept over all layers.
pub const SECRETS_MAX: usize = 20_000;
/// Malware findings kept over all layers.
pub const MALWARE_MAX: usize = 5_000;
/// Bytes of a file that is searched for malware.
pub const MALWARE_FILE_BYTES: usize = 32 << 20;
/// Bytes that are with the searchers for malware at once.
pub const MALWARE_BYTES_WAITING_MAX: u64 = 48 << 20;
/// Time for one file.
pub const MALWARE_FILE_TIME_MAX: Duration = Duration::from_secs(10);
/// Time of all searchers for all files.
pub const MALWARE_TIME_MAX_MS: u64 = 60 * 60 * 1_000;
/// Searchers.
pub const MALWARE_THREADS_MAX: usize = 4;
/// Places told of one finding.
pub const MALWARE_STRINGS_MAX: usize = 10;
/// Bytes of an exceptions file, an earlier report or an SBOM.
pub const INPUT_BYTES_MAX: u64 = 256 << 20;
/// Entries of an exceptions file.
pub const EXCEPTIONS_MAX: usize = 10_000;
/// Patterns of files and folders to leave out.
pub const PATTERNS_MAX: usize = 1_000;
/// Results in a SARIF run: what GitHub takes.
pub const SARIF_RESULTS_MAX: usize = 25_000;
/// Rules in a SARIF run: what GitHub takes.
pub const SARIF_RULES_MAX: usize = 25_000;
/// Rows of a table on a terminal and of a Markdown page; a report in JSON has all.
pub const TABLE_ROWS_MAX: usize = 2_000;
/// Sections of an executable that are looked at.
pub const ELF_SECTIONS_MAX: u64 = 4_096;
/// Bytes of one section of an executable that is kept.
pub const ELF_SECTION_BYTES_MAX: u64 = 16 << 20;
/// Rows of a table in an HTML report.
pub const HTML_ROWS_MAX: usize = 20_000;
