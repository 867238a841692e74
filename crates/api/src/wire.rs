//! The words that travel over HTTP and are not words of `yagura-event` or `yagura-state`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yagura_event::{Asset, FindingStatus, Loss, RuleInfo, SensorMode, Severity, Timestamp};
use yagura_state::{ApiToken, FindingCounts, ProofSummary, Role, Verdict, VulnerabilityCounts, WebhookShape};

/// Whether the first administrator is still to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SetupWire {
    /// True while nobody may sign in.
    pub needed: bool,
    /// Shortest password that is accepted, in characters.
    pub password_chars_min: usize,
}

/// Makes the first administrator.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    /// The one-time token that `yagura up` printed.
    pub token: String,
    /// Name to sign in with.
    pub name: String,
    /// Password, at least 12 characters.
    pub password: String,
}

/// Signs in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
}

/// Changes one's own password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// The present password.
    pub current: String,
    /// The new one, at least 12 characters.
    pub new: String,
}

/// Who is asking, and what they may do.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SessionWire {
    /// Name of the user or token; `local` on the local socket.
    pub name: String,
    /// How they proved who they are.
    pub kind: CallerKind,
    /// What they may do.
    pub role: Role,
    /// When the session ends at the latest.
    pub expires: Option<Timestamp>,
}

/// How a caller proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// A person with a session cookie.
    Session,
    /// A program with an API token.
    Token,
    /// Whoever may open the local socket.
    Local,
}

/// How things stand, on one page.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OverviewWire {
    /// The protected host.
    pub host: Asset,
    /// Version of Yagura.
    pub version: String,
    /// When this server started.
    pub started: Timestamp,
    /// How long it has been running.
    pub uptime_ms: u64,
    /// The sensor in short.
    pub sensor: SensorSummary,
    /// The rules in short.
    pub rules: RuleCounts,
    /// The findings of what happened, in numbers; hours cover the last 24.
    pub findings: FindingCounts,
    /// What scans found in the assets, in numbers.
    pub vulnerabilities: VulnerabilityCounts,
    /// The proofs in short.
    pub proofs: ProofSummary,
    /// What would improve protection, the most important first.
    pub next_steps: Vec<NextStep>,
}

/// The sensor in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SensorSummary {
    /// How it listens.
    pub mode: SensorMode,
    /// Why it does not listen in a better way.
    pub mode_reasons: Vec<String>,
    /// Events since start.
    pub events: u64,
    /// Events per second over the last seconds.
    pub events_per_second: f64,
    /// Events lost since start.
    pub lost: u64,
    /// Losses by place; places without a loss are left out.
    pub losses: Vec<Loss>,
    /// How many things it cannot see.
    pub blind_spots: usize,
}

/// The rules in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleCounts {
    /// Rules loaded.
    pub total: usize,
    /// Of those, switched on.
    pub enabled: usize,
    /// Of those, blind to some kind of event they ask for.
    pub blind: usize,
    /// Rules and files that could not be loaded.
    pub errors: usize,
    /// When they were loaded.
    pub loaded: Timestamp,
}

/// Something that would improve protection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextStep {
    /// What to do; the console words it.
    pub code: NextStepCode,
    /// How many things it is about, where that can be said.
    pub count: Option<u64>,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextStepCode {
    /// The sensor does not run: start it.
    StartSensor,
    /// The sensor listens in a lesser way than it could: see why.
    ImproveSensor,
    /// No rule is on: load some.
    LoadRules,
    /// Some rules could not be loaded: repair them.
    FixRules,
    /// No emulation was run yet, or not for 30 days: prove that attacks are seen.
    RunVerify,
    /// An emulation was not seen in its latest run: find out why.
    FixProofs,
    /// Severe findings are open: decide about them.
    ReviewFindings,
    /// There is no API token yet: add one for your programs.
    AddToken,
}

/// Decides about a finding.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingPatch {
    /// The decision.
    pub status: FindingStatus,
    /// Why. Needed for everything but `open`.
    pub reason: Option<String>,
    /// Until when it is accepted; only with `accepted`. Left out, it is accepted for good.
    pub accepted_until: Option<Timestamp>,
}

/// Decides about many findings.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingsPatch {
    /// Which: at most 500.
    pub ids: Vec<String>,
    /// The decision.
    pub status: FindingStatus,
    /// Why. Needed for everything but `open`.
    pub reason: Option<String>,
    /// Until when they are accepted; only with `accepted`. Left out, they are accepted for good.
    pub accepted_until: Option<Timestamp>,
}

/// Findings that were decided about.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FindingsDecided {
    /// Their ids.
    pub ids: Vec<String>,
}

/// What is done with an incident.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum IncidentPatch {
    /// The caller works on it from now on.
    Take,
    /// Somebody works on it from now on.
    Assign {
        /// Who: a user that can work on incidents.
        name: String,
    },
    /// Nobody works on it.
    Release,
    /// It is decided about.
    Close {
        /// What it turned out to be.
        verdict: Verdict,
        /// Why.
        reason: String,
        /// Until when, where it is accepted.
        accepted_until: Option<Timestamp>,
    },
    /// The decision no longer holds.
    Reopen,
    /// Something elsewhere has to do with it: a ticket, a report.
    Link {
        /// What it is.
        title: String,
        /// Where: an address with `https://` or `http://`.
        url: String,
    },
    /// A link is taken away.
    Unlink {
        /// Its id.
        id: String,
    },
}

/// Writes something down.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentRequest {
    /// What.
    pub text: String,
}

/// The incident a finding belongs to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FindingIncident {
    /// The incident; `None` where it belongs to none.
    pub incident: Option<yagura_state::Incident>,
}

/// One page of assets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AssetPage {
    /// The assets.
    pub items: Vec<yagura_state::AssetSummary>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// Every rule, and what could not be loaded.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RulesView {
    /// The rules.
    pub rules: Vec<RuleInfo>,
    /// What is wrong with rules and files.
    pub diagnostics: Vec<DiagnosticWire>,
    /// When they were loaded.
    pub loaded: Timestamp,
}

/// One rule with its text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RuleWire {
    /// What is told about it.
    pub rule: RuleInfo,
    /// Its text as it stands in its file, where it is at hand.
    pub source: Option<String>,
    /// What is wrong with it.
    pub diagnostics: Vec<DiagnosticWire>,
}

/// Switches a rule.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePatch {
    /// Whether it is on.
    pub enabled: bool,
}

/// Rules to be checked.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LintRequest {
    /// Text of a rule file.
    pub text: String,
    /// The rule file it is a new version of, where it is one.
    pub file: Option<String>,
}

/// Something that is wrong with a rule or its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiagnosticWire {
    /// How bad it is.
    pub level: DiagnosticLevel,
    /// Stable short code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// In which file.
    pub file: Option<String>,
    /// On which line, from 1.
    pub line: Option<u32>,
    /// In which column, from 1.
    pub column: Option<u32>,
    /// In which rule, list or macro.
    pub rule: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
}

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticLevel {
    /// It was not loaded.
    Error,
    /// It was loaded and may not do what it looks like.
    Warning,
    /// Worth knowing.
    Info,
}

/// A table that can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TableWire {
    /// Its name in SQL.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// Its columns.
    pub columns: Vec<ColumnWire>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnWire {
    /// Its name in SQL.
    pub name: String,
    /// Its type.
    pub data_type: String,
    /// What is in it.
    pub description: String,
}

/// A question in SQL.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HuntRequest {
    /// One SELECT statement.
    pub sql: String,
    /// Most rows to return: 1 to 10,000, 1,000 when left out.
    pub limit: Option<usize>,
}

/// The answer to a question in SQL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryWire {
    /// Its columns.
    pub columns: Vec<QueryColumn>,
    /// Its rows: one value a column, in their order.
    pub rows: Vec<Vec<serde_json::Value>>,
    /// Whether there are more rows than were asked for.
    pub truncated: bool,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueryColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: String,
}

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryErrorWire {
    /// What kind of failure.
    pub kind: QueryErrorKind,
    /// What was tried and why it failed.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What kind of failure a question met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryErrorKind {
    /// The SQL is not understood, or is no question.
    Invalid,
    /// It took longer or more memory than one question may.
    TooLarge,
    /// The store cannot be asked at present.
    Unavailable,
    /// It failed inside.
    Failed,
}

/// Saves a query.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedQueryRequest {
    /// What it asks.
    pub name: String,
    /// The SQL.
    pub sql: String,
}

/// Makes an API token.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it ends; left out, never.
    pub expires: Option<Timestamp>,
}

/// A new API token with its secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenCreated {
    /// The secret, for `Authorization: Bearer`.
    pub secret: String,
    /// The token.
    pub token: ApiToken,
}

/// Invites someone.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRequest {
    /// Name they sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// Changes something about someone. What is left out stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they are kept from signing in; ends their sessions.
    pub disabled: Option<bool>,
}

/// Someone who is invited, and the token with which they choose their password, which is shown this once.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct InvitationWire {
    /// The token: the console takes it at `/invitation?token=…`.
    pub token: String,
    /// Until when it works.
    pub expires: Timestamp,
    /// For whom.
    pub user: yagura_state::User,
}

/// Asks for whom an invitation is.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationQuestion {
    /// The token of the invitation.
    pub token: String,
}

/// For whom an invitation is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct InvitedWire {
    /// Name they sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Shortest password that is accepted, in characters.
    pub password_chars_min: usize,
}

/// Takes an invitation.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// The token of the invitation.
    pub token: String,
    /// Password, at least 12 characters.
    pub password: String,
}

/// Sets everything about a webhook.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// What people call it.
    pub name: String,
    /// Where it is called: `https://…`, or `http://…` inside one's own network.
    pub url: String,
    /// In which form it is told.
    pub shape: WebhookShape,
    /// It is told of findings at least this severe.
    pub severity_min: Severity,
    /// Whether it is told.
    pub enabled: bool,
    /// The secret with which messages are signed; PagerDuty's routing key. Left out, the one there is stays; empty, it is
    /// taken away.
    pub secret: Option<String>,
}

/// How a try went.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookTested {
    /// Whether the other side took it.
    pub delivered: bool,
    /// Why it did not.
    pub reason: Option<String>,
}

/// One page of the audit trail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The rows, latest first.
    pub items: Vec<yagura_state::AuditEntry>,
    /// `before` of the next page; `None` on the last one.
    pub next: Option<i64>,
}

/// What `GET /v1/stream` tells a client that was too slow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamMissed {
    /// Of which topic.
    pub topic: String,
    /// How many it missed since it was last told.
    pub count: u64,
}
