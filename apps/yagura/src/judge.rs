//! The way of one event through this process: rules, then findings, store and live view.
//!
//! INVARIANT: nothing here waits. A full queue drops and counts; a rule that panics is counted and the rest goes on.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError},
    },
};

use yagura_api::Live;
use yagura_detect::{Alert, Explainer, Matcher, RuleIndex};
use yagura_event::{
    Asset, AssetKind, Container, Event, EventKind, Evidence, Explanation, Finding, FindingId, FindingKind,
    FindingStatus, Role, Technique, Timestamp, to_ocsf,
};

use crate::{prevention::Containment, rulebook::Rulebook, store::Stored};

/// The same cause is written down at most this often; in between it is only counted.
const REPEAT_NANOS: i64 = 1_000_000_000;
/// Causes remembered at once; the oldest second of them is forgotten when there are more.
const CAUSES_MAX: usize = 10_000;
/// Different subjects one rule may have in an hour; what comes beyond is joined into one finding a program.
const SUBJECTS_PER_RULE_MAX: usize = 200;
const HOUR_NANOS: i64 = 3_600_000_000_000;
/// Findings explained in a second; in a flood of them the rest goes without.
const EXPLAINED_PER_SECOND_MAX: u32 = 100;
const SECOND_NANOS: i64 = 1_000_000_000;
/// A container is told of at most this often.
const TELL_NANOS: i64 = 60_000_000_000;
/// Containers remembered at once.
const CONTAINERS_MAX: usize = 4_096;

/// What was counted on the way.
#[derive(Default)]
pub struct Counters {
    /// Events judged.
    pub events: AtomicU64,
    /// Matches of rules.
    pub matches: AtomicU64,
    /// Events that the store's queue had no room for.
    pub store_dropped: AtomicU64,
    /// Findings that the finding queue had no room for.
    pub finding_dropped: AtomicU64,
    /// Judgements that panicked.
    pub panics: AtomicU64,
    /// Events by kind.
    pub kinds: Kinds,
}

/// A counter for each kind of event.
pub struct Kinds([AtomicU64; EventKind::COUNT]);

impl Default for Kinds {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Kinds {
    /// Events of this kind so far.
    pub fn get(&self, kind: EventKind) -> u64 {
        self.0[kind.index()].load(Ordering::Relaxed)
    }
}

/// What the judge came upon, on its way to the state.
pub enum Hit {
    /// A finding; `count` says how often since it was last sent.
    Finding(Box<Finding>),
    /// A container in which something happened.
    Asset(Asset),
    /// Something for the audit trail that this program did by itself.
    Audit {
        /// What was done.
        action: &'static str,
        /// To what.
        object: String,
        /// Further words.
        detail: String,
    },
}

/// Causes that were seen lately. Shared with the writer of findings, which asks for what was only counted.
#[derive(Default)]
pub struct Causes {
    recent: Mutex<HashMap<u64, Cause>>,
}

struct Cause {
    finding: Finding,
    sent: Timestamp,
    pending: u64,
}

impl Causes {
    /// What was counted since it was last sent, for causes last sent before `before`; forgets what came to rest.
    pub fn drain(&self, before: Timestamp) -> Vec<Finding> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        recent.retain(|_, cause| {
            if cause.sent > before {
                return true;
            }
            if cause.pending == 0 {
                return false;
            }
            cause.finding.count = std::mem::take(&mut cause.pending);
            cause.sent = before;
            due.push(Finding { evidence: Vec::new(), ..cause.finding.clone() });
            true
        });
        due
    }
}

/// Judges events, one after the other, on one thread.
pub struct Judge {
    rulebook: Arc<Rulebook>,
    rules: Arc<crate::rulebook::Rules>,
    matcher: Matcher,
    explainer: Explainer,
    // The present second, and how many findings were explained in it.
    explained: (i64, u32),
    matched: Vec<RuleIndex>,
    asset_id: String,
    asset_name: String,
    counters: Arc<Counters>,
    causes: Arc<Causes>,
    per_rule: HashMap<String, Subjects>,
    // When each container was last told of.
    containers: HashMap<String, i64>,
    live: Live,
    hits: tokio::sync::mpsc::Sender<Hit>,
    store: SyncSender<Stored>,
    store_reads: bool,
    containment: Containment,
}

/// What one rule's events were done to, in the present hour.
#[derive(Default)]
struct Subjects {
    hour: i64,
    hashes: HashSet<u64>,
}

impl Subjects {
    // False where this one is new and there are too many already.
    fn admit(&mut self, subject: &str, hour: i64) -> bool {
        if self.hour != hour {
            self.hour = hour;
            self.hashes.clear();
        }
        let mut hasher = DefaultHasher::new();
        subject.hash(&mut hasher);
        let hash = hasher.finish();
        if self.hashes.len() >= SUBJECTS_PER_RULE_MAX && !self.hashes.contains(&hash) {
            return false;
        }
        self.hashes.insert(hash);
        true
    }
}

/// Where a [`Judge`] sends what it finds.
pub struct Outlets {
    /// Findings.
    pub hits: tokio::sync::mpsc::Sender<Hit>,
    /// Events to keep.
    pub store: SyncSender<Stored>,
    /// The live view.
    pub live: Live,
    /// Whether opening a file for reading is kept too.
    pub store_reads: bool,
    /// What becomes of a process that did what could not be refused it.
    pub containment: Containment,
}

impl Judge {
    /// A judge for the events of the machine `asset`.
    pub fn new(
        rulebook: Arc<Rulebook>,
        asset: &yagura_event::Asset,
        counters: Arc<Counters>,
        causes: Arc<Causes>,
        outlets: Outlets,
    ) -> Self {
        let rules = Arc::clone(&rulebook.current());
        let matcher = rules.engine.matcher();
        let explainer = Explainer::new(&rules.engine);
        Self {
            rulebook,
            rules,
            matcher,
            explainer,
            explained: (0, 0),
            matched: Vec::new(),
            asset_id: asset.id.clone(),
            asset_name: asset.name.clone(),
            counters,
            causes,
            per_rule: HashMap::new(),
            containers: HashMap::new(),
            live: outlets.live,
            hits: outlets.hits,
            store: outlets.store,
            store_reads: outlets.store_reads,
            containment: outlets.containment,
        }
    }

    /// Judges one event and sends it on its ways.
    pub fn judge(&mut self, event: Event) {
        self.counters.events.fetch_add(1, Ordering::Relaxed);
        self.counters.kinds.0[event.kind.index()].fetch_add(1, Ordering::Relaxed);
        self.follow_rulebook();
        self.match_rules(&event);
        for index in 0..self.matched.len() {
            self.hit(self.matched[index], &event);
        }
        self.meet_container(&event);
        self.show(&event);
        self.keep(event);
    }

    // Tells of a container the first time something happens in it, and then once a minute.
    fn meet_container(&mut self, event: &Event) {
        let Some(container) = &event.process.container else { return };
        let now = event.time.nanos();
        match self.containers.get(&container.id) {
            Some(told) if now - told < TELL_NANOS => return,
            None if self.containers.len() >= CONTAINERS_MAX => self.containers.clear(),
            _ => {}
        }
        self.containers.insert(container.id.clone(), now);
        // One that finds no room is told of again with the next event after a minute.
        let _ = self.hits.try_send(Hit::Asset(container_asset(container, &self.asset_name, event.time)));
    }

    fn follow_rulebook(&mut self) {
        let current = self.rulebook.current();
        if !Arc::ptr_eq(&current, &self.rules) {
            self.rules = Arc::clone(&current);
            self.matcher = self.rules.engine.matcher();
            self.explainer = Explainer::new(&self.rules.engine);
        }
    }

    fn match_rules(&mut self, event: &Event) {
        self.matched.clear();
        let matcher = &mut self.matcher;
        match catch_unwind(AssertUnwindSafe(|| matcher.matches(event).to_vec())) {
            Ok(matched) => {
                self.matched = matched;
                for (rule, exception) in self.matcher.suppressed() {
                    self.rules.count_suppressed(*rule, *exception, event.time);
                }
            }
            Err(_) => {
                self.counters.panics.fetch_add(1, Ordering::Relaxed);
                self.matcher = self.rules.engine.matcher();
            }
        }
    }

    fn hit(&mut self, index: RuleIndex, event: &Event) {
        self.counters.matches.fetch_add(1, Ordering::Relaxed);
        if let Some(count) = self.rules.matches.get(index.0 as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(told) = self.containment.act(&self.rules.engine, index, event) {
            let _ = self.hits.try_send(told);
        }
        let subject = self.subject(index, event);
        let mut hasher = DefaultHasher::new();
        let rule = self.rules.engine.rule(index).name.as_str();
        let process = &*event.process;
        (rule, container_id(event), &*process.exe_file.path, process.credentials.user.id, &subject)
            .hash(&mut hasher);
        let key = hasher.finish();

        let causes = Arc::clone(&self.causes);
        let mut recent = causes.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cause) = recent.get_mut(&key)
            && event.time.nanos() - cause.sent.nanos() < REPEAT_NANOS
        {
            cause.pending += 1;
            cause.finding.last_seen = event.time;
            return;
        }
        let pending = recent.remove(&key).map_or(0, |cause| cause.pending);
        let mut finding = self.finding(index, event, &subject);
        finding.count += pending;
        if recent.len() < CAUSES_MAX {
            let kept = Finding { evidence: Vec::new(), ..finding.clone() };
            recent.insert(key, Cause { finding: kept, sent: event.time, pending: 0 });
        }
        drop(recent);
        if self.hits.try_send(Hit::Finding(Box::new(finding))).is_err() {
            self.counters.finding_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    // What the rule's event was done to. It is part of the cause, unless one rule finds too many different ones.
    fn subject(&mut self, index: RuleIndex, event: &Event) -> String {
        let Some(fd) = event.fd.as_ref().filter(|_| event.kind != EventKind::Execve) else {
            return String::new();
        };
        let subject = match &fd.socket {
            Some(socket) if socket.role == Role::Server => {
                socket.local.map(|end| end.to_string()).unwrap_or_default()
            }
            Some(socket) => socket.remote.map(|end| end.to_string()).unwrap_or_default(),
            None => fd.name.to_string(),
        };
        let rule = self.rules.engine.rule(index).name.as_str();
        if !self.per_rule.contains_key(rule) {
            self.per_rule.insert(rule.to_owned(), Subjects::default());
        }
        let hour = event.time.nanos() / HOUR_NANOS;
        let admitted = self.per_rule.get_mut(rule).is_none_or(|subjects| subjects.admit(&subject, hour));
        if admitted { subject } else { String::new() }
    }

    // Why the rule matched; none where too many were explained already in this second.
    fn explain(&mut self, index: RuleIndex, event: &Event) -> Option<Explanation> {
        let second = event.time.nanos().div_euclid(SECOND_NANOS);
        if self.explained.0 != second {
            self.explained = (second, 0);
        }
        self.explained.1 += 1;
        (self.explained.1 <= EXPLAINED_PER_SECOND_MAX).then(|| self.explainer.explain(index, event))
    }

    fn finding(&mut self, index: RuleIndex, event: &Event, subject: &str) -> Finding {
        let explanation = self.explain(index, event);
        let rule = self.rules.engine.rule(index);
        let alert: Alert = self.rules.engine.alert(index, event, &self.asset_name);
        let process = &*event.process;
        let container = container_id(event);
        let user = &process.credentials.user;
        let user_name = user.name.as_deref().map_or_else(|| user.id.to_string(), str::to_owned);
        let id = FindingId::from_cause(&[
            "falco",
            &rule.name,
            &self.asset_id,
            container,
            &process.exe_file.path,
            &user_name,
            subject,
        ]);
        let evidence = Evidence {
            time: event.time,
            message: alert.output.clone(),
            fields: alert.output_fields,
            event: to_ocsf(event, &self.asset_name),
            explanation,
        };
        Finding {
            id,
            kind: FindingKind::Runtime,
            severity: alert.priority.severity(),
            confidence: 70,
            title: rule.name.clone(),
            message: alert.output,
            rule: rule.name.clone(),
            rule_source: rule.file.clone(),
            techniques: alert.tags.iter().filter_map(|tag| Technique::parse(tag)).collect(),
            tags: alert.tags,
            asset_id: self.asset_id.clone(),
            asset_name: self.asset_name.clone(),
            container_id: process.container.as_ref().map(|container| container.short_id().to_owned()),
            process_path: (!process.exe_file.path.is_empty()).then(|| process.exe_file.path.to_string()),
            user_name: Some(user_name),
            first_seen: event.time,
            last_seen: event.time,
            count: 1,
            status: FindingStatus::Open,
            status_reason: None,
            accepted_until: None,
            remediation: None,
            evidence: vec![evidence],
        }
    }

    fn show(&self, event: &Event) {
        self.live.publish_event(|| to_ocsf(event, &self.asset_name));
    }

    fn keep(&mut self, event: Event) {
        if self.matched.is_empty()
            && (is_bookkeeping(event.kind) || !self.store_reads && is_plain_read(&event))
        {
            return;
        }
        let rules = self.matched.iter().map(|index| self.rules.engine.rule(*index).name.clone()).collect();
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.store.try_send(Stored { event, rules })
        {
            self.counters.store_dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn container_asset(container: &Container, host: &str, time: Timestamp) -> Asset {
    let facts = [
        ("host", Some(host)),
        ("image", container.image.as_deref()),
        ("pod_namespace", container.pod_namespace.as_deref()),
        ("pod_name", container.pod_name.as_deref()),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let name = container.name.clone().unwrap_or_else(|| container.short_id().to_owned());
    Asset {
        id: container.id.clone(),
        kind: AssetKind::Container,
        name,
        facts: facts.collect(),
        first_seen: time,
        last_seen: time,
    }
}

fn container_id(event: &Event) -> &str {
    event.process.container.as_ref().map_or("", |container| &container.id)
}

// Needed to judge other events, and telling nothing by themselves.
fn is_bookkeeping(kind: EventKind) -> bool {
    use EventKind::{Chdir, Dup, Dup2, Dup3, Fchdir, Setpgid};
    matches!(kind, Chdir | Dup | Dup2 | Dup3 | Fchdir | Setpgid)
}

// Opening a file for reading, which is most of what a machine does: O_WRONLY 1, O_RDWR 2, O_CREAT 0o100, O_TRUNC 0o1000.
fn is_plain_read(event: &Event) -> bool {
    const WRITES: i64 = 0o3 | 0o100 | 0o1000;
    matches!(event.kind, EventKind::Open | EventKind::Openat | EventKind::Openat2)
        && event
            .arg(yagura_event::ArgName::Flags)
            .and_then(yagura_event::ArgValue::number)
            .is_some_and(|flags| flags & WRITES == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_only_so_many_subjects_an_hour() {
        let mut subjects = Subjects::default();
        for _ in 0..2 {
            assert!((0..SUBJECTS_PER_RULE_MAX).all(|number| subjects.admit(&number.to_string(), 1)));
        }
        assert!(!subjects.admit("one more", 1));
        assert!(subjects.admit("7", 1), "a known one stays known");
        assert!(subjects.admit("one more", 2), "the next hour begins anew");
    }
}
