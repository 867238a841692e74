//! Ceilings for everything that comes from outside.

/// Bytes of a file that is scanned; a larger one is not wanted.
pub const FILE_BYTES_MAX: u64 = 64 << 20;
/// Secrets reported for one file.
pub const SECRETS_PER_FILE_MAX: usize = 1_000;
/// Catches of expressions that are looked at in one file, before placeholders and validators.
pub const CANDIDATES_PER_FILE_MAX: usize = 50_000;
/// Bytes of one secret, a private key for instance.
pub const SECRET_BYTES_MAX: usize = 64 << 10;
/// Bytes before and after a keyword in which a rule's expression is tried, if the rule does not say.
pub const WINDOW_BYTES: usize = 400;
/// The same, at most.
pub const WINDOW_BYTES_MAX: usize = 64 << 10;
/// Bytes of one file of rules.
pub const RULE_FILE_BYTES_MAX: usize = 4 << 20;
/// Rules in one set.
pub const RULES_MAX: usize = 10_000;
/// Keywords of one rule.
pub const KEYWORDS_MAX: usize = 200;
/// Bytes of one keyword.
pub const KEYWORD_BYTES_MAX: usize = 200;
/// Bytes of one expression as it is written.
pub const REGEX_BYTES_MAX: usize = 64 << 10;
/// Memory of one compiled expression.
pub const REGEX_SIZE_MAX: usize = 8 << 20;
/// Memory of the states that one expression keeps while it searches.
pub const REGEX_DFA_SIZE_MAX: usize = 2 << 20;
/// Nesting of a YAML file.
pub const YAML_DEPTH_MAX: usize = 32;
/// Nodes of a YAML file, counting what aliases repeat.
pub const YAML_NODES_MAX: usize = 200_000;
/// Diagnostics of one load.
pub const DIAGNOSTICS_MAX: usize = 1_000;
/// Bytes that the generator of a case may make.
pub const CASE_BYTES_MAX: usize = 1 << 20;
