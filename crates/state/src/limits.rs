//! Ceilings on what is stored. Findings are cut to fit, because losing one is worse than losing its tail; what a person
//! types is refused instead.

/// Longest name: of a user, a token, a query, a rule.
pub const NAME_BYTES_MAX: usize = 256;
/// Longest text of a finding: title, message, path, remediation.
pub const TEXT_BYTES_MAX: usize = 16 << 10;
/// Largest single piece of evidence, as JSON. A larger one keeps its time and message only.
pub const EVIDENCE_BYTES_MAX: usize = 128 << 10;
/// Most tags, and most techniques, of one finding.
pub const TAGS_MAX: usize = 64;
/// Most facts of one asset.
pub const FACTS_MAX: usize = 256;
/// Longest reason for a decision.
pub const REASON_BYTES_MAX: usize = 4 << 10;
/// Most findings that are decided about at once.
pub const DECISIONS_MAX: usize = 500;
/// Longest saved query.
pub const QUERY_BYTES_MAX: usize = 64 << 10;
/// Longest value of a setting.
pub const SETTING_BYTES_MAX: usize = 64 << 10;
/// Most rows one page holds.
pub const PAGE_MAX: usize = 1000;
/// Most saved queries.
pub const QUERIES_MAX: i64 = 1000;
/// Most rule files that are kept here.
pub const RULE_FILES_MAX: i64 = 200;
/// Longest rule file.
pub const RULE_FILE_BYTES_MAX: usize = 512 << 10;
/// Longest name of a rule file.
pub const RULE_FILE_NAME_BYTES_MAX: usize = 100;
/// Versions of a rule file that are kept; the oldest go first.
pub const RULE_FILE_VERSIONS_MAX: i64 = 100;
/// Most API tokens.
pub const TOKENS_MAX: i64 = 1000;
/// Longest address of a webhook.
pub const URL_BYTES_MAX: usize = 2 << 10;
/// Most webhooks.
pub const WEBHOOKS_MAX: i64 = 50;
/// Most deliveries that wait for one webhook; what comes beyond is counted.
pub const DELIVERIES_PENDING_MAX: i64 = 1000;
/// Most deliveries that are settled and kept for looking at.
pub const DELIVERIES_KEPT_MAX: i64 = 2000;
/// Most findings of one incident; the next ones begin another.
pub const INCIDENT_FINDINGS_MAX: i64 = 500;
/// Most things an incident is remembered to be about; those that were seen longest ago go first.
pub const INCIDENT_ENTITIES_MAX: i64 = 200;
/// Most links of one incident.
pub const LINKS_MAX: i64 = 100;
/// Most findings whose evidence makes the graph of an incident.
pub const GRAPH_FINDINGS_MAX: i64 = 60;
/// Most things in the graph of an incident.
pub const GRAPH_NODES_MAX: usize = 150;
/// Most comments of one incident.
pub const COMMENTS_MAX: i64 = 500;
/// Most sessions of one user; the oldest ends when one more begins.
pub const SESSIONS_MAX: i64 = 50;
/// Most proofs kept; the oldest go first.
pub const PROOFS_MAX: i64 = 10_000;
/// Most scans kept; the oldest go first.
pub const SCANS_MAX: i64 = 10_000;
/// Most schedules.
pub const SCHEDULES_MAX: i64 = 1000;
/// Most packages of one asset that are kept.
pub const PACKAGES_MAX: usize = 200_000;
/// Most findings of one scan that are kept, the riskiest first.
pub const SCAN_FINDINGS_MAX: usize = 100_000;
/// Shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// The text, cut at a character boundary to at most `bytes_max`.
pub(crate) fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}
