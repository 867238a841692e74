//! Listing and counting findings.

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite};
use yagura_event::{Finding, FindingKind, FindingStatus, Severity, Timestamp};

use crate::{
    State, StateError,
    finding::finding,
    limits::{PAGE_MAX, REASON_BYTES_MAX},
};

/// Which findings are listed. What is `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Of this kind. Left out: of every kind that happened; what lies in an asset has lists of its own.
    pub kind: Option<FindingKind>,
    /// With this status.
    pub status: Option<FindingStatus>,
    /// At least this severe.
    pub severity_min: Option<Severity>,
    /// Found by this rule.
    pub rule: Option<String>,
    /// On this asset.
    pub asset_id: Option<String>,
    /// In this container (short id).
    pub container_id: Option<String>,
    /// With this ATT&CK technique or one of its sub-techniques.
    pub technique: Option<String>,
    /// With this text in title, message, rule, program or asset, without regard to case.
    pub text: Option<String>,
    /// That happened at this time or later.
    pub since: Option<Timestamp>,
    /// That happened before this time.
    pub until: Option<Timestamp>,
    /// In this order.
    pub order: FindingOrder,
}

/// In which order findings are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingOrder {
    /// What happened last comes first.
    #[default]
    Newest,
    /// The most severe first, among equals what happened last.
    Severity,
    /// What happened most often first.
    Count,
}

/// One page of findings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingPage {
    /// The findings, without their evidence: ask for one of them to get it.
    pub items: Vec<Finding>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// How many findings there are of what happened; vulnerabilities and secrets are counted apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FindingCounts {
    /// By status; every status is there.
    pub by_status: Vec<StatusCount>,
    /// The open ones by severity, worst first; every severity is there.
    pub open_by_severity: Vec<SeverityCount>,
    /// How often something happened in each hour that was asked for, and how severe it was; hours without are left out.
    pub by_hour: Vec<HourCount>,
    /// Rules with the most open findings.
    pub top_rules: Vec<RuleCount>,
}

/// Findings with one status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusCount {
    /// The status.
    pub status: FindingStatus,
    /// How many.
    pub count: u64,
}

/// Findings of one severity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeverityCount {
    /// The severity.
    pub severity: Severity,
    /// How many.
    pub count: u64,
}

/// What happened in one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HourCount {
    /// When the hour began.
    pub hour: Timestamp,
    /// How severe it was.
    pub severity: Severity,
    /// How often.
    pub count: u64,
}

/// Open findings of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleCount {
    /// The rule.
    pub rule: String,
    /// Severity of the worst of them.
    pub severity: Severity,
    /// How many findings are open.
    pub findings: u64,
    /// How often they happened.
    pub occurrences: u64,
}

const TOP_RULES: i64 = 10;

/// Findings that happened: all but those that lie in an asset ([`FindingKind::is_standing`]).
pub(crate) const HAPPENED: &str = "kind NOT IN ('vulnerability', 'secret')";

/// Everything but evidence, which can be large and which a list does not show.
pub(crate) const LIST_COLUMNS_OF: &str = "SELECT id, kind, severity, confidence, title, message, rule, rule_source, techniques, \
     tags, asset_id, asset_name, container_id, process_path, user_name, first_seen, last_seen, occurrences, status, \
     status_reason, accepted_until, remediation, '[]' AS evidence FROM findings";

impl State {
    /// One page of findings. A page costs the same wherever it lies, because it begins at a key and not at an offset.
    ///
    /// # Errors
    /// [`StateError::Invalid`] when the cursor is not one that was given out for this order, or when the database fails.
    pub async fn finding_list(
        &self,
        filter: &FindingFilter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FindingPage, StateError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let after = cursor.map(|text| Cursor::parse(text, filter.order)).transpose()?;
        let mut query = QueryBuilder::<Sqlite>::new(LIST_COLUMNS_OF);
        query.push(" WHERE 1 = 1");
        push_filter(&mut query, filter)?;
        if let Some(after) = after {
            after.push(&mut query);
        }
        query.push(match filter.order {
            FindingOrder::Newest => " ORDER BY last_seen DESC, id DESC",
            FindingOrder::Severity => " ORDER BY severity DESC, last_seen DESC, id DESC",
            FindingOrder::Count => " ORDER BY occurrences DESC, id DESC",
        });
        query.push(" LIMIT ").push_bind(limit as i64 + 1);
        let rows = query.build().fetch_all(self.reader()).await?;
        let items = rows.iter().take(limit).map(finding).collect::<Result<Vec<_>, _>>()?;
        let last = items.last().filter(|_| rows.len() > limit);
        let next = last.map(|last| Cursor::of(last, filter.order).to_string());
        Ok(FindingPage { items, next })
    }

    /// How many findings there are, and what happened since `hours_since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finding_counts(&self, hours_since: Timestamp) -> Result<FindingCounts, StateError> {
        let mut transaction = self.reader().begin().await?;
        let statuses: Vec<(String, i64)> = sqlx::query_as(
            "SELECT status, COUNT(*) FROM findings WHERE kind NOT IN ('vulnerability', 'secret') GROUP BY status",
        )
        .fetch_all(&mut *transaction)
        .await?;
        let severities: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT severity, COUNT(*) FROM findings WHERE status = 'open' \
             AND kind NOT IN ('vulnerability', 'secret') GROUP BY severity",
        )
        .fetch_all(&mut *transaction)
        .await?;
        let hours: Vec<(i64, i64, i64)> = sqlx::query_as(
            "SELECT hour, severity, occurrences FROM finding_hours WHERE hour >= $1 ORDER BY hour, severity",
        )
        .bind(hours_since.nanos())
        .fetch_all(&mut *transaction)
        .await?;
        let rules = sqlx::query(
            "SELECT rule, MAX(severity) AS severity, COUNT(*) AS findings, SUM(occurrences) AS occurrences \
             FROM findings WHERE status = 'open' AND kind NOT IN ('vulnerability', 'secret') GROUP BY rule ORDER BY 3 DESC, 4 DESC, 1 LIMIT $1",
        )
        .bind(TOP_RULES)
        .fetch_all(&mut *transaction)
        .await?;
        let count = |rows: &[(i64, i64)], id: u8| {
            rows.iter().find(|row| row.0 == i64::from(id)).map_or(0, |row| unsigned(row.1))
        };
        let by_status = FindingStatus::ALL.iter().map(|status| StatusCount {
            status: *status,
            count: statuses.iter().find(|row| row.0 == status.name()).map_or(0, |row| unsigned(row.1)),
        });
        let open_by_severity = Severity::ALL
            .into_iter()
            .rev()
            .map(|severity| SeverityCount { severity, count: count(&severities, severity.id()) });
        let by_hour = hours.iter().map(|(hour, id, count)| HourCount {
            hour: Timestamp::from_nanos(*hour),
            severity: severity(*id),
            count: unsigned(*count),
        });
        let top_rules = rules.iter().map(|row| {
            Ok(RuleCount {
                rule: row.try_get("rule")?,
                severity: severity(row.try_get("severity")?),
                findings: unsigned(row.try_get("findings")?),
                occurrences: unsigned(row.try_get("occurrences")?),
            })
        });
        Ok(FindingCounts {
            by_status: by_status.collect(),
            open_by_severity: open_by_severity.collect(),
            by_hour: by_hour.collect(),
            top_rules: top_rules.collect::<Result<_, StateError>>()?,
        })
    }
}

fn push_filter(query: &mut QueryBuilder<Sqlite>, filter: &FindingFilter) -> Result<(), StateError> {
    match filter.kind {
        Some(kind) => query.push(" AND kind = ").push_bind(kind.name()),
        None => query.push(format!(" AND {HAPPENED}")),
    };
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.name());
    }
    if let Some(severity) = filter.severity_min {
        query.push(" AND severity >= ").push_bind(i64::from(severity.id()));
    }
    let equals = [
        (" AND rule = ", &filter.rule),
        (" AND asset_id = ", &filter.asset_id),
        (" AND container_id = ", &filter.container_id),
    ];
    for (condition, value) in equals {
        if let Some(value) = value {
            query.push(condition).push_bind(value.clone());
        }
    }
    if let Some(technique) = &filter.technique {
        query
            .push(" AND EXISTS (SELECT 1 FROM finding_techniques WHERE finding_id = findings.id AND (technique = ")
            .push_bind(technique.clone())
            .push(" OR (technique > ")
            .push_bind(format!("{technique}."))
            .push(" AND technique < ")
            .push_bind(format!("{technique}/"))
            .push(")))");
    }
    if let Some(text) = filter.text.as_deref().filter(|text| !text.is_empty()) {
        if text.len() > REASON_BYTES_MAX {
            return Err(StateError::invalid(
                "text",
                format!("at most {REASON_BYTES_MAX} bytes are accepted"),
            ));
        }
        let pattern = format!("%{}%", escape_like(text));
        for (index, column) in ["title", "message", "rule", "process_path", "asset_name"].iter().enumerate() {
            query.push(if index == 0 { " AND (" } else { " OR " });
            query.push(column).push(" LIKE ").push_bind(pattern.clone()).push(" ESCAPE '\\'");
        }
        query.push(")");
    }
    if let Some(since) = filter.since {
        query.push(" AND last_seen >= ").push_bind(since.nanos());
    }
    if let Some(until) = filter.until {
        query.push(" AND first_seen < ").push_bind(until.nanos());
    }
    Ok(())
}

/// The text as a pattern of LIKE that matches only itself.
pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

// The key of the last row of a page: `n_LAST-SEEN_ID`, `s_SEVERITY_LAST-SEEN_ID` or `c_COUNT_ID`.
enum Cursor {
    Newest { last_seen: i64, id: String },
    Severity { severity: i64, last_seen: i64, id: String },
    Count { count: i64, id: String },
}

impl Cursor {
    fn of(finding: &Finding, order: FindingOrder) -> Self {
        let id = finding.id.as_str().to_owned();
        let last_seen = finding.last_seen.nanos();
        match order {
            FindingOrder::Newest => Self::Newest { last_seen, id },
            FindingOrder::Severity => {
                Self::Severity { severity: i64::from(finding.severity.id()), last_seen, id }
            }
            FindingOrder::Count => {
                Self::Count { count: i64::try_from(finding.count).unwrap_or(i64::MAX), id }
            }
        }
    }

    fn parse(text: &str, order: FindingOrder) -> Result<Self, StateError> {
        let parts: Vec<&str> = text.split('_').collect();
        let number = |text: &str| text.parse::<i64>().ok();
        let cursor = match (order, parts.as_slice()) {
            (FindingOrder::Newest, ["n", last_seen, id]) => {
                number(last_seen).map(|last_seen| Self::Newest { last_seen, id: (*id).to_owned() })
            }
            (FindingOrder::Severity, ["s", severity, last_seen, id]) => number(severity)
                .zip(number(last_seen))
                .map(|(severity, last_seen)| Self::Severity { severity, last_seen, id: (*id).to_owned() }),
            (FindingOrder::Count, ["c", count, id]) => {
                number(count).map(|count| Self::Count { count, id: (*id).to_owned() })
            }
            _ => None,
        };
        cursor.ok_or_else(|| {
            StateError::invalid(
                "cursor",
                "is not one that was given out for this order; leave it out to start",
            )
        })
    }

    // Row values compare part by part, which both SQLite and PostgreSQL answer from an index.
    fn push(self, query: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Newest { last_seen, id } => {
                query.push(" AND (last_seen, id) < (").push_bind(last_seen).push(", ").push_bind(id);
            }
            Self::Severity { severity, last_seen, id } => {
                query.push(" AND (severity, last_seen, id) < (").push_bind(severity).push(", ");
                query.push_bind(last_seen).push(", ").push_bind(id);
            }
            Self::Count { count, id } => {
                query.push(" AND (occurrences, id) < (").push_bind(count).push(", ").push_bind(id);
            }
        }
        query.push(")");
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Newest { last_seen, id } => write!(formatter, "n_{last_seen}_{id}"),
            Self::Severity { severity, last_seen, id } => write!(formatter, "s_{severity}_{last_seen}_{id}"),
            Self::Count { count, id } => write!(formatter, "c_{count}_{id}"),
        }
    }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

fn severity(id: i64) -> Severity {
    u8::try_from(id).ok().and_then(Severity::from_id).unwrap_or(Severity::Informational)
}
