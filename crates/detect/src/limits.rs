//! Ceilings on what rule files may ask for. Each is tested just past.

/// Longest rule file, in bytes.
pub const FILE_BYTES_MAX: usize = 4 << 20;
/// Most YAML nodes in one file, counting what aliases repeat.
pub const YAML_NODES_MAX: usize = 400_000;
/// Deepest nesting of YAML collections.
pub const YAML_DEPTH_MAX: usize = 64;
/// Most rules, macros or lists of all files together, each.
pub const ITEMS_MAX: usize = 20_000;
/// Most items of one list, after the lists it names are put in.
pub const LIST_ITEMS_MAX: usize = 50_000;
/// Longest condition after lists are put in, in bytes.
pub const CONDITION_BYTES_MAX: usize = 1 << 20;
/// Longest that all conditions together may be, each with its lists put in, in bytes.
pub const CONDITIONS_BYTES_MAX: usize = 32 << 20;
/// Deepest nesting of a condition, macros included.
pub const CONDITION_DEPTH_MAX: usize = 1_000;
/// Most comparisons in a condition, macros included.
pub const CONDITION_NODES_MAX: usize = 1_000_000;
/// Longest chain of macros that name macros.
pub const MACRO_DEPTH_MAX: usize = 100;
/// Deepest nesting of transformers, as in `tolower(basename(…))`.
pub const TRANSFORMER_DEPTH_MAX: usize = 16;
/// Longest regular expression or glob, in bytes.
pub const PATTERN_BYTES_MAX: usize = 8 << 10;
/// Widest value that an output may ask for, in characters.
pub const OUTPUT_WIDTH_MAX: usize = 4_096;
/// Largest compiled regular expression, in bytes.
pub const REGEX_COMPILED_BYTES_MAX: usize = 1 << 20;
/// Most regular expressions of all rules together.
pub const PATTERNS_MAX: usize = 1_000;
/// Most doubts that are told about one condition.
pub const DOUBTS_MAX: usize = 20;
/// Largest part of a condition that is merged into what surrounds it.
pub const MERGED_PARTS_MAX: usize = 256;
/// Most look-ups that one rule hangs on.
pub const ANCHORS_MAX: usize = 4_096;
/// Most diagnostics kept for one file; the counts go on.
pub const DIAGNOSTICS_MAX: usize = 1_000;
/// Most diagnostics of the same words kept for one file; the first of them counts the others.
pub const EQUAL_DIAGNOSTICS_MAX: usize = 10;
/// Processes whose answers a matcher keeps.
pub const PROCESS_CACHE_ENTRIES: usize = 1 << 13;
/// Answers about flag values that a matcher keeps.
pub const FLAG_CACHE_ENTRIES: usize = 1 << 10;
/// Most exceptions of all files together.
pub const EXCEPTIONS_MAX: usize = 10_000;
/// Longest name, reason or owner of an exception, in bytes.
pub const EXCEPTION_TEXT_BYTES_MAX: usize = 4 << 10;
/// Most conjunctions that a condition is written as for a decider that knows no trees.
pub const ALTERNATIVES_MAX: usize = 128;
/// Most tests in one of them.
pub const ALTERNATIVE_PARTS_MAX: usize = 48;
/// Deepest nesting of an explanation of a match; what lies deeper is counted. JSON readers stop at 128 levels, two of
/// which an explanation takes for each of its own.
pub const EXPLAINED_DEPTH_MAX: usize = 40;
/// Most parts of an explanation, all levels together.
pub const EXPLAINED_NODES_MAX: usize = 250;
/// Most parts of one part of an explanation.
pub const EXPLAINED_PARTS_MAX: usize = 24;
/// Most values, and most items of a list, that are shown of one test.
pub const EXPLAINED_VALUES_MAX: usize = 8;
/// Longest value or item that is shown, in characters.
pub const EXPLAINED_TEXT_CHARS_MAX: usize = 200;
/// Tests that an explainer keeps compiled.
pub const EXPLAINER_CACHE_ENTRIES: usize = 20_000;
