//! The things an incident is about and how they hang together, as a graph; and how long incidents took.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sqlx::Row;
use yagura_event::{Finding, Severity, Timestamp};

use crate::{
    State, StateError,
    entity::{EntityKind, entities},
    finding::finding,
    limits::{GRAPH_FINDINGS_MAX, GRAPH_NODES_MAX},
};

const DAY_NANOS: i64 = 24 * 3_600 * 1_000_000_000;

/// What an incident is about, and how it hangs together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentGraph {
    /// The things.
    pub nodes: Vec<GraphNode>,
    /// What they have to do with each other.
    pub edges: Vec<GraphEdge>,
    /// Findings and things that there was no room for.
    pub left_out: u64,
}

/// A thing that an incident is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GraphNode {
    /// Names it within the graph.
    pub id: String,
    /// What it is.
    pub kind: EntityKind,
    /// As a person reads it.
    pub label: String,
    /// Severity of the worst finding about it itself; none where findings are only about what it started.
    pub severity: Option<Severity>,
    /// Titles of the findings about it itself.
    pub titles: Vec<String>,
}

/// What one thing has to do with another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GraphEdge {
    /// Id of the node it begins at.
    pub from: String,
    /// Id of the node it leads to.
    pub to: String,
    /// What it says.
    pub relation: GraphRelation,
}

/// What one thing does to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GraphRelation {
    /// A process started a process.
    Started,
    /// A process talked to an address.
    ConnectedTo,
    /// A process is a run of a program.
    Ran,
    /// A process runs as a user.
    RanAs,
    /// A process runs in a container.
    RanIn,
    /// Something is on a host.
    On,
}

/// How incidents went in a time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentMetrics {
    /// Each day, the earliest first; the last one ends now.
    pub days: Vec<IncidentDay>,
    /// Half of the incidents were detected within so many milliseconds of their first finding.
    pub detect_ms: Option<u64>,
    /// Half of those that were taken up were so within so many milliseconds of their detection.
    pub acknowledge_ms: Option<u64>,
    /// Half of those that were closed were so within so many milliseconds of their detection.
    pub recover_ms: Option<u64>,
    /// Incidents that were detected.
    pub detected: u64,
    /// Incidents that were closed as real.
    pub real: u64,
    /// Incidents that were closed as false alarms.
    pub false_alarms: u64,
}

/// One day of incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentDay {
    /// When it begins.
    pub begin: Timestamp,
    /// Incidents that were detected.
    pub detected: u64,
    /// Incidents that were closed.
    pub closed: u64,
    /// Median time from detection until somebody took it up, of those that were detected on this day.
    pub acknowledge_ms: Option<u64>,
    /// Median time from detection until it was closed, of those that were detected on this day.
    pub recover_ms: Option<u64>,
}

impl State {
    /// The graph of an incident, made from the evidence of its findings, the worst and latest first.
    ///
    /// # Errors
    /// [`StateError::NotFound`], or when the database fails.
    pub async fn incident_graph(&self, id: &str) -> Result<IncidentGraph, StateError> {
        let total: i64 = sqlx::query_scalar("SELECT findings FROM incidents WHERE id = $1")
            .bind(id)
            .fetch_optional(self.reader())
            .await?
            .ok_or_else(|| StateError::not_found("incident", id))?;
        let rows = sqlx::query(
            "SELECT findings.* FROM findings JOIN incident_findings ON incident_findings.finding_id = findings.id \
             WHERE incident_findings.incident_id = $1 ORDER BY findings.severity DESC, findings.last_seen DESC, findings.id LIMIT $2",
        )
        .bind(id)
        .bind(GRAPH_FINDINGS_MAX)
        .fetch_all(self.reader())
        .await?;
        let findings: Vec<Finding> = rows.iter().map(finding).collect::<Result<_, _>>()?;
        let mut graph = graph(&findings);
        graph.left_out += u64::try_from(total).unwrap_or_default().saturating_sub(findings.len() as u64);
        Ok(graph)
    }

    /// How the incidents that were detected in the last `days` days went.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn incident_metrics(&self, days: u32, now: Timestamp) -> Result<IncidentMetrics, StateError> {
        let begin = now.nanos() - i64::from(days) * DAY_NANOS;
        let rows = sqlx::query(
            "SELECT first_seen, detected, acknowledged, closed, verdict FROM incidents WHERE detected >= $1 OR closed >= $1",
        )
        .bind(begin)
        .fetch_all(self.reader())
        .await?;
        let mut went = Vec::with_capacity(rows.len());
        for row in &rows {
            went.push(Went {
                first_seen: row.try_get("first_seen")?,
                detected: row.try_get("detected")?,
                acknowledged: row.try_get("acknowledged")?,
                closed: row.try_get("closed")?,
                verdict: row.try_get("verdict")?,
            });
        }
        Ok(metrics(&went, begin, days))
    }
}

fn graph(findings: &[Finding]) -> IncidentGraph {
    let mut nodes: BTreeMap<(EntityKind, String), GraphNode> = BTreeMap::new();
    let mut edges = BTreeSet::new();
    let mut left_out = 0;
    for finding in findings {
        // The process that acted comes first, then what started it.
        let about = entities(finding);
        let of = |kind| about.iter().filter(move |entity| entity.kind == kind);
        for entity in &about {
            let key = (entity.kind, entity.value.clone());
            if nodes.contains_key(&key) {
                continue;
            }
            if nodes.len() >= GRAPH_NODES_MAX {
                left_out += 1;
                continue;
            }
            let id = format!("{}:{}", entity.kind.name(), entity.value);
            let label = entity.label.clone();
            let node = GraphNode { id, kind: entity.kind, label, severity: None, titles: Vec::new() };
            nodes.insert(key, node);
        }
        let chains =
            finding.evidence.iter().map(|evidence| crate::entity::chain(&finding.asset_id, &evidence.event));
        let mut acted = BTreeSet::new();
        for chain in chains {
            let ids: Vec<String> = chain.iter().map(|value| format!("process:{value}")).collect();
            for pair in ids.windows(2) {
                edges.insert(edge(&pair[1], &pair[0], GraphRelation::Started));
            }
            acted.extend(chain.into_iter().next());
        }
        let relations = [
            (EntityKind::Address, GraphRelation::ConnectedTo),
            (EntityKind::File, GraphRelation::Ran),
            (EntityKind::User, GraphRelation::RanAs),
            (EntityKind::Container, GraphRelation::RanIn),
        ];
        for process in &acted {
            let from = format!("process:{process}");
            if let Some(node) = nodes.get_mut(&(EntityKind::Process, process.clone())) {
                node.severity = node.severity.max(Some(finding.severity));
                if !node.titles.contains(&finding.title) {
                    node.titles.push(finding.title.clone());
                }
            }
            for (kind, relation) in relations {
                for other in of(kind) {
                    edges.insert(edge(&from, &format!("{}:{}", kind.name(), other.value), relation));
                }
            }
        }
        // Where no process is known the rest still hangs on the host.
        for host in of(EntityKind::Host) {
            let to = format!("host:{}", host.value);
            let lowest = [EntityKind::Container, EntityKind::User].into_iter().flat_map(of);
            for other in lowest {
                edges.insert(edge(&format!("{}:{}", other.kind.name(), other.value), &to, GraphRelation::On));
            }
        }
    }
    let nodes: Vec<GraphNode> = nodes.into_values().collect();
    let known: BTreeSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
    let edges: Vec<GraphEdge> = edges
        .into_iter()
        .filter(|edge| known.contains(edge.from.as_str()) && known.contains(edge.to.as_str()))
        .collect();
    IncidentGraph { nodes, edges, left_out }
}

fn edge(from: &str, to: &str, relation: GraphRelation) -> GraphEdge {
    GraphEdge { from: from.to_owned(), to: to.to_owned(), relation }
}

/// When an incident came to which point.
struct Went {
    first_seen: i64,
    detected: i64,
    acknowledged: Option<i64>,
    closed: Option<i64>,
    verdict: Option<String>,
}

impl Went {
    fn until(&self, point: Option<i64>) -> Option<u64> {
        Some(u64::try_from((point? - self.detected) / 1_000_000).unwrap_or_default())
    }
}

fn metrics(all: &[Went], begin: i64, days: u32) -> IncidentMetrics {
    let detected = || all.iter().filter(|one| one.detected >= begin);
    let closed_as = |verdict: &str| {
        let closed = all.iter().filter(|one| one.closed.is_some_and(|closed| closed >= begin));
        closed.filter(|one| one.verdict.as_deref() == Some(verdict)).count() as u64
    };
    let day = |number: u32| {
        let (from, to) = (begin + i64::from(number) * DAY_NANOS, begin + i64::from(number + 1) * DAY_NANOS);
        let within = |time: i64| time >= from && (time < to || number + 1 == days);
        let of_day = || all.iter().filter(|one| within(one.detected));
        IncidentDay {
            begin: Timestamp::from_nanos(from),
            detected: of_day().count() as u64,
            closed: all.iter().filter(|one| one.closed.is_some_and(within)).count() as u64,
            acknowledge_ms: median(of_day().filter_map(|one| one.until(one.acknowledged))),
            recover_ms: median(of_day().filter_map(|one| one.until(one.closed))),
        }
    };
    let to_detect =
        detected().map(|one| u64::try_from((one.detected - one.first_seen) / 1_000_000).unwrap_or_default());
    IncidentMetrics {
        days: (0..days).map(day).collect(),
        detect_ms: median(to_detect),
        acknowledge_ms: median(detected().filter_map(|one| one.until(one.acknowledged))),
        recover_ms: median(detected().filter_map(|one| one.until(one.closed))),
        detected: detected().count() as u64,
        real: closed_as("real"),
        false_alarms: closed_as("false"),
    }
}

// Of an even number the lower of the two in the middle.
fn median(values: impl Iterator<Item = u64>) -> Option<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.get(values.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_incidents_were_as_fast_as_the_median() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([7].into_iter()), Some(7));
        assert_eq!(median([9, 1, 5].into_iter()), Some(5));
        assert_eq!(median([9, 1, 5, 3].into_iter()), Some(3));
    }

    #[test]
    fn incidents_are_counted_on_their_day() {
        let hour = DAY_NANOS / 24;
        let went = |detected: i64, acknowledged: Option<i64>, closed: Option<i64>, verdict: &str| Went {
            first_seen: detected - 2_000_000,
            detected,
            acknowledged,
            closed,
            verdict: closed.map(|_| verdict.to_owned()),
        };
        let all = [
            went(hour, Some(2 * hour), Some(3 * hour), "real"),
            went(DAY_NANOS + hour, Some(DAY_NANOS + 3 * hour), None, ""),
            // Detected before, closed within.
            went(-hour, Some(0), Some(DAY_NANOS + hour), "false"),
        ];
        let metrics = metrics(&all, 0, 2);
        let days: Vec<_> =
            metrics.days.iter().map(|day| (day.detected, day.closed, day.acknowledge_ms)).collect();
        assert_eq!(days, [(1, 1, Some(3_600_000)), (1, 1, Some(7_200_000))]);
        assert_eq!((metrics.detected, metrics.real, metrics.false_alarms), (2, 1, 1));
        assert_eq!((metrics.detect_ms, metrics.recover_ms), (Some(2), Some(7_200_000)));
    }
}
