//! [`LossWatch`]: where the sensor lost events, a finding says how many and which rules were blind.

use std::collections::{BTreeMap, BTreeSet};

use yagura_detect::Engine;
use yagura_event::{
    Asset, EventKind, Evidence, Finding, FindingId, FindingKind, FindingStatus, Loss, Severity, Timestamp,
};
use yagura_sensor::RescanReport;

/// The rule that such findings bear.
pub const RULE: &str = "Events lost";
/// Rules that the message names; the evidence has all of them.
const NAMED_MAX: usize = 10;

/// Remembers what was lost, to tell what is new.
#[derive(Default)]
pub struct LossWatch {
    known: BTreeMap<String, u64>,
    searched: RescanReport,
}

impl LossWatch {
    /// A finding where the machine was searched again after a loss since this was last asked.
    pub fn look_again(&mut self, sum: RescanReport, host: &Asset, now: Timestamp) -> Option<Finding> {
        let before = std::mem::replace(&mut self.searched, sum);
        if sum.searches == before.searches {
            return None;
        }
        let [programs, sockets, modules] = [
            sum.programs.saturating_sub(before.programs),
            sum.sockets.saturating_sub(before.sockets),
            sum.modules.saturating_sub(before.modules),
        ];
        let message = format!(
            "after events were lost, what is still there was looked for: {programs} programs, {sockets} sockets and \
             {modules} kernel modules had not been told and were judged late"
        );
        let fields = serde_json::json!({ "programs": programs, "sockets": sockets, "modules": modules });
        let severity =
            if programs + sockets + modules == 0 { Severity::Informational } else { Severity::Low };
        Some(told("rescan", severity, message, fields, host, now))
    }

    /// A finding for each place where more was lost than when this was last asked.
    pub fn look(&mut self, losses: &[Loss], engine: &Engine, host: &Asset, now: Timestamp) -> Vec<Finding> {
        let mut findings = Vec::new();
        for loss in losses {
            let kinds = yagura_sensor::kinds_of_loss(&loss.place);
            let before = self.known.insert(loss.place.clone(), loss.count).unwrap_or(0);
            let new = loss.count.saturating_sub(before);
            if new > 0 && !kinds.is_empty() {
                findings.push(finding(loss, new, &kinds, engine, host, now));
            }
        }
        findings
    }
}

fn finding(
    loss: &Loss,
    new: u64,
    kinds: &BTreeSet<EventKind>,
    engine: &Engine,
    host: &Asset,
    now: Timestamp,
) -> Finding {
    let wanted: BTreeSet<EventKind> = engine.kinds().intersection(kinds).copied().collect();
    let rules = engine.rules_of_kinds(kinds);
    let named: Vec<&str> = rules.iter().take(NAMED_MAX).copied().collect();
    let more = rules.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let what: Vec<&str> = wanted.iter().map(|kind| kind.name()).collect();
    let message = if rules.is_empty() {
        format!("{new} events were lost in {}; no rule in force needed them", loss.place)
    } else {
        let names = named.join(", ");
        format!(
            "{new} events were lost in {} (of {}); rules that may have missed something: {names}{more}",
            loss.place,
            what.join(", ")
        )
    };
    let fields = serde_json::json!({
        "place": loss.place, "lost": new, "detail": loss.detail, "kinds": what, "rules": rules,
    });
    let severity = if rules.is_empty() { Severity::Informational } else { Severity::Medium };
    told(&loss.place, severity, message, fields, host, now)
}

fn told(
    place: &str,
    severity: Severity,
    message: String,
    fields: serde_json::Value,
    host: &Asset,
    now: Timestamp,
) -> Finding {
    let serde_json::Value::Object(fields) = fields else { unreachable!("an object was written") };
    Finding {
        id: FindingId::from_cause(&["yagura", RULE, &host.id, place]),
        kind: FindingKind::Runtime,
        severity,
        confidence: 100,
        title: RULE.to_owned(),
        message: message.clone(),
        rule: RULE.to_owned(),
        rule_source: "the sensor's own counters".to_owned(),
        techniques: Vec::new(),
        tags: vec!["host".to_owned(), "sensor".to_owned()],
        asset_id: host.id.clone(),
        asset_name: host.name.clone(),
        container_id: None,
        process_path: None,
        user_name: None,
        first_seen: now,
        last_seen: now,
        count: 1,
        status: FindingStatus::Open,
        status_reason: None,
        accepted_until: None,
        remediation: Some(
            "Look for what flooded this machine at that time; a larger `sensor.ring_bytes` takes longer floods."
                .to_owned(),
        ),
        evidence: vec![Evidence { time: now, message, fields, event: serde_json::json!({}), explanation: None }],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use yagura_detect::{EngineOptions, SourceFile, falco};
    use yagura_event::AssetKind;

    use super::*;

    fn engine() -> Arc<Engine> {
        let rule = |name: &str, kind: &str| {
            format!(
                "- rule: {name}\n  desc: d\n  condition: evt.type = {kind}\n  output: o\n  priority: INFO\n"
            )
        };
        let text = format!("{}{}", rule("Program", "execve"), rule("Connection", "connect"));
        let loaded = falco::load(&[SourceFile::new("r", text)], &falco::LoadOptions::default());
        Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()))
    }

    fn lost(place: &str, count: u64) -> Loss {
        Loss { place: place.to_owned(), count, detail: String::new() }
    }

    #[test]
    fn what_is_newly_lost_names_the_rules_that_were_blind() {
        let host = Asset {
            id: "h".to_owned(),
            kind: AssetKind::Host,
            name: "h".to_owned(),
            facts: BTreeMap::new(),
            first_seen: Timestamp::default(),
            last_seen: Timestamp::default(),
        };
        let mut watch = LossWatch::default();
        let mut look = |losses: &[Loss]| watch.look(losses, &engine(), &host, Timestamp::default());
        assert!(look(&[lost("ring_buffer.process", 0), lost("store_queue", 5)]).is_empty());
        let found = look(&[lost("ring_buffer.process", 3), lost("store_queue", 9)]);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("3 events") && found[0].message.contains(": Program"));
        assert!(!found[0].message.contains("Connection"), "{}", found[0].message);
        assert_eq!(found[0].evidence[0].fields["kinds"], serde_json::json!(["execve"]));
        assert!(look(&[lost("ring_buffer.process", 3)]).is_empty(), "it is told once");
        assert!(look(&[lost("ring_buffer.process", 4)])[0].message.starts_with("1 events"));
    }

    #[test]
    fn a_search_after_a_loss_is_told_once_with_what_it_found() {
        let host = Asset {
            id: "h".to_owned(),
            kind: AssetKind::Host,
            name: "h".to_owned(),
            facts: BTreeMap::new(),
            first_seen: Timestamp::default(),
            last_seen: Timestamp::default(),
        };
        let mut watch = LossWatch::default();
        let mut look = |sum| watch.look_again(sum, &host, Timestamp::default());
        assert!(look(RescanReport::default()).is_none());
        let first = RescanReport { searches: 1, programs: 2, sockets: 0, modules: 0 };
        let found = look(first).expect("it is told");
        assert!(found.message.contains(": 2 programs, 0 sockets"), "{}", found.message);
        assert!(look(first).is_none(), "it is told once");
        let found = look(RescanReport { searches: 2, ..first }).expect("another search");
        assert_eq!(found.severity, Severity::Informational);
    }
}
