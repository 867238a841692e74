//! [`Engine`]: all rules compiled together.
//!
//! Phases, one file each: `graph` turns conditions into one graph in which equal parts exist once; `shape` says what
//! is known of an event beforehand; `plan` says, for each shape, which rules to look at when; `group` puts the predicates of one term
//! together so that one look-up answers them all. [`crate::matcher`] runs the result.

pub(crate) mod graph;
pub(crate) mod group;
pub(crate) mod plan;
pub(crate) mod shape;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use yagura_event::{Event, EventKind, ExceptionInfo, Priority, RuleInfo, Timestamp};

use self::{
    graph::{Graph, NodeId},
    group::Groups,
    plan::{Hopeless, Plan},
    shape::Shape,
};
use crate::{
    exception::{Exception, ExceptionIndex, ExceptionSet},
    field::Field,
    ir::Expr,
    matcher::Matcher,
    output::Alert,
    rule::{Rule, RuleIndex, RuleSet},
};

/// Which of several matching rules count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RuleMatching {
    /// Only the first in load order, as in Falco's default.
    #[default]
    First,
    /// All of them.
    All,
}

/// How rules are put to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// Which of several matching rules count.
    pub rule_matching: RuleMatching,
    /// Rules less urgent than this are left out.
    pub priority_min: Priority,
    /// Rules switched on or off by name, whatever their author chose.
    pub enabled: BTreeMap<String, bool>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { rule_matching: RuleMatching::First, priority_min: Priority::Debug, enabled: BTreeMap::new() }
    }
}

/// All rules compiled together. Immutable; any number of [`Matcher`]s, each on its own thread, share one.
///
/// Compiling takes some milliseconds per hundred rules. An event that concerns no rule costs some tens of nanoseconds,
/// however many rules there are.
///
/// ```
/// use std::sync::Arc;
/// use yagura_detect::{Engine, EngineOptions, SourceFile, case, falco};
///
/// let file = SourceFile::new("shadow.yaml", r#"
/// - rule: Shadow read
///   desc: Somebody reads the password hashes.
///   condition: evt.type in (open, openat) and fd.name = /etc/shadow
///   output: Shadow read by %proc.name
///   priority: WARNING
/// "#);
/// let loaded = falco::load(&[file], &falco::LoadOptions::default());
/// let engine = Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
/// let event = case::event("{kind: openat, process: {name: cat}, fd: {name: /etc/shadow}}").expect("an event");
///
/// let mut matcher = engine.matcher();
/// let matched = matcher.matches(&event)[0];
/// assert_eq!(engine.alert(matched, &event, "here").output, "Shadow read by cat container_id=host container_name=host");
/// ```
#[derive(Debug)]
pub struct Engine {
    pub(crate) rules: Vec<Rule>,
    pub(crate) enabled: Vec<bool>,
    pub(crate) rule_matching: RuleMatching,
    pub(crate) graph: Graph,
    pub(crate) groups: Groups,
    pub(crate) plans: Vec<Plan>,
    kinds: Vec<BTreeSet<EventKind>>,
    pub(crate) exceptions: Vec<Exception>,
    // Of each rule: its exceptions and their conditions. Empty where there are none at all.
    excepted: Vec<Box<[(ExceptionIndex, NodeId)]>>,
}

impl Engine {
    /// Compiles the rules. Every rule of a [`RuleSet`] compiles: what could go wrong was reported at loading.
    pub fn compile(rules: &RuleSet, options: &EngineOptions) -> Self {
        Self::compile_with(rules, &ExceptionSet::default(), options)
    }

    /// Compiles the rules and the exceptions from them.
    pub fn compile_with(rules: &RuleSet, exceptions: &ExceptionSet, options: &EngineOptions) -> Self {
        let rules = rules.rules.clone();
        let enabled: Vec<bool> = rules
            .iter()
            .map(|rule| {
                let on = options.enabled.get(&rule.name).copied().unwrap_or(rule.enabled);
                on && rule.priority <= options.priority_min
            })
            .collect();
        let mut graph = Graph::default();
        let roots: Vec<NodeId> = rules.iter().map(|rule| graph.add(&rule.expression)).collect();
        let mut kinds = vec![BTreeSet::new(); rules.len()];
        let mut folded: Vec<Vec<(RuleIndex, NodeId)>> = Vec::new();
        for shape in Shape::all() {
            let mut of_shape = Vec::new();
            let mut folding = graph::Folding::new(shape);
            for (index, root) in roots.iter().enumerate() {
                let node = folding.fold(&mut graph, *root);
                if graph.is_false(node) {
                    continue;
                }
                kinds[index].insert(shape.kind);
                if enabled[index] {
                    of_shape
                        .push((RuleIndex(u32::try_from(index).expect("limits.rs bounds the rules")), node));
                }
            }
            folded.push(of_shape);
        }
        let excepted = excepted(&mut graph, &rules, &exceptions.exceptions);
        graph.finish();
        let roots = folded.iter().flatten().map(|(_, node)| *node);
        let roots = roots.chain(excepted.iter().flatten().map(|(_, node)| *node));
        let groups = Groups::new(&graph, roots);
        let mut hopeless = Hopeless::default();
        let plans = folded.iter().map(|rules| Plan::new(rules, &mut graph, &groups, &mut hopeless)).collect();
        graph.finish();
        graph.order();
        let exceptions = exceptions.exceptions.clone();
        let rule_matching = options.rule_matching;
        Self { rules, enabled, rule_matching, graph, groups, plans, kinds, exceptions, excepted }
    }

    /// The exceptions, in load order.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// One exception.
    ///
    /// # Panics
    /// When the index is of another engine.
    pub fn exception(&self, index: ExceptionIndex) -> &Exception {
        &self.exceptions[index.0 as usize]
    }

    /// A rule's exceptions and the nodes of their conditions.
    pub(crate) fn exceptions_of(&self, rule: RuleIndex) -> &[(ExceptionIndex, NodeId)] {
        self.excepted.get(rule.0 as usize).map_or(&[], |exceptions| exceptions)
    }

    /// Kinds of event that enabled rules need. An event of another kind never matches.
    pub fn kinds(&self) -> BTreeSet<EventKind> {
        let enabled = self.kinds.iter().zip(&self.enabled).filter(|(_, enabled)| **enabled);
        enabled.flat_map(|(kinds, _)| kinds).copied().collect()
    }

    /// Something to put events through. It keeps what it learns about processes; one thread uses it.
    pub fn matcher(self: &Arc<Self>) -> Matcher {
        Matcher::new(Arc::clone(self))
    }

    /// The rules, in load order, disabled ones included.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// One rule.
    ///
    /// # Panics
    /// When the index is of another engine.
    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.rules[index.0 as usize]
    }

    /// Whether a rule is on, all things considered.
    pub fn is_enabled(&self, index: RuleIndex) -> bool {
        self.enabled[index.0 as usize]
    }

    /// What is told about the rules. `captured` are the kinds of event that the sensor delivers.
    pub fn rule_infos(&self, captured: &BTreeSet<EventKind>) -> Vec<RuleInfo> {
        let names =
            |kinds: &mut dyn Iterator<Item = &EventKind>| kinds.map(|kind| kind.name().to_owned()).collect();
        self.rules
            .iter()
            .enumerate()
            .map(|(index, rule)| RuleInfo {
                name: rule.name.clone(),
                language: rule.language,
                file: rule.file.clone(),
                line: rule.line,
                description: rule.description.clone(),
                severity: rule.priority.severity(),
                priority: rule.priority.name().to_owned(),
                condition: rule.condition.clone(),
                output: rule.output.clone(),
                tags: rule.tags.iter().cloned().collect(),
                techniques: rule.techniques(),
                enabled: self.enabled[index],
                event_kinds: names(&mut self.kinds[index].iter()),
                blind_kinds: names(&mut self.kinds[index].difference(captured)),
                blind_fields: rule.fields_missing.iter().cloned().collect(),
                blind_types: rule.event_types_missing.iter().cloned().collect(),
                exceptions: self
                    .exceptions
                    .iter()
                    .filter(|exception| exception.covers(&rule.name))
                    .map(|exception| exception.name.clone())
                    .collect(),
                matches: 0,
                suppressed: 0,
            })
            .collect()
    }

    /// What is told about the exceptions; `now` decides which have run out.
    pub fn exception_infos(&self, now: Timestamp) -> Vec<ExceptionInfo> {
        let covered = |exception: &Exception| {
            let names = self.rules.iter().map(|rule| &rule.name).filter(|name| exception.covers(name));
            names.cloned().collect()
        };
        // A time that is no longer covered, less a moment, lies on the last day that is.
        let last_day = |end: Timestamp| Timestamp::from_nanos(end.nanos().saturating_sub(1)).day();
        let info = |exception: &Exception| ExceptionInfo {
            name: exception.name.clone(),
            file: exception.file.clone(),
            line: exception.line,
            rules: exception.rules.clone(),
            covers: covered(exception),
            condition: exception.condition.clone(),
            reason: exception.reason.clone(),
            owner: exception.owner.clone(),
            created: exception.created.map(Timestamp::day),
            expires: exception.expires.map(last_day),
            expired: exception.is_expired(now),
            suppressed: 0,
            last_suppressed: None,
        };
        self.exceptions.iter().map(info).collect()
    }

    /// Kinds of event whose first bytes (`evt.buffer`) enabled rules ask for: nothing else needs them captured.
    pub fn data_kinds(&self) -> BTreeSet<EventKind> {
        let wants = |rule: &Rule| asks_for_data(&rule.expression) || rule.output.contains("evt.buffer");
        let asking = self.rules.iter().zip(&self.enabled).zip(&self.kinds);
        let asking = asking.filter(|((rule, enabled), _)| **enabled && wants(rule));
        asking.flat_map(|(_, kinds)| kinds).copied().collect()
    }

    /// Names of the enabled rules that events of one of these kinds can trigger.
    pub fn rules_of_kinds(&self, kinds: &BTreeSet<EventKind>) -> Vec<&str> {
        let enabled = self.rules.iter().zip(&self.enabled).zip(&self.kinds);
        let blind = enabled.filter(|((_, enabled), of_rule)| **enabled && !of_rule.is_disjoint(kinds));
        blind.map(|((rule, _), _)| rule.name.as_str()).collect()
    }

    /// The alert that a match of this rule on this event makes.
    ///
    /// # Panics
    /// When the index is of another engine.
    pub fn alert(&self, index: RuleIndex, event: &Event, hostname: &str) -> Alert {
        Alert::new(self.rule(index), event, hostname)
    }
}

fn excepted(
    graph: &mut Graph,
    rules: &[Rule],
    exceptions: &[Exception],
) -> Vec<Box<[(ExceptionIndex, NodeId)]>> {
    if exceptions.is_empty() {
        return Vec::new();
    }
    let number = |index: usize| ExceptionIndex(u32::try_from(index).expect("limits.rs bounds exceptions"));
    let nodes: Vec<(ExceptionIndex, NodeId)> = exceptions
        .iter()
        .enumerate()
        .map(|(index, exception)| (number(index), graph.add(&exception.expression)))
        .collect();
    let of_rule = |rule: &Rule| {
        let covering = nodes.iter().zip(exceptions).filter(|(_, exception)| exception.covers(&rule.name));
        covering.map(|(node, _)| *node).collect()
    };
    rules.iter().map(of_rule).collect()
}

// Whether a condition compares the bytes that were read or written. What is shared in it is visited once.
fn asks_for_data(condition: &Arc<Expr>) -> bool {
    let mut seen = HashSet::new();
    let mut open = vec![condition];
    while let Some(next) = open.pop() {
        if !seen.insert(Arc::as_ptr(next)) {
            continue;
        }
        match &**next {
            Expr::Constant(_) => {}
            Expr::Test(predicate) if predicate.term.asks_for(Field::EvtBuffer) => return true,
            Expr::Test(_) => {}
            Expr::Not(inner) | Expr::Named(_, inner) => open.push(inner),
            Expr::And(parts) | Expr::Or(parts) => open.extend(parts),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, falco};

    #[test]
    fn bytes_are_asked_for_only_by_rules_that_are_on_and_compare_them() {
        let text = "- macro: java\n  condition: (evt.buffer bcontains cafebabe)\n\
            - rule: a\n  desc: d\n  condition: evt.type = recvfrom and java\n  output: o\n  priority: INFO\n\
            - rule: b\n  desc: d\n  condition: evt.type = sendto and evt.buffer exists\n  output: o\n  priority: INFO\n  \
              enabled: false\n\
            - rule: c\n  desc: d\n  condition: evt.type = openat\n  output: o\n  priority: INFO\n";
        let loaded = falco::load(&[SourceFile::new("r.yaml", text)], &falco::LoadOptions::default());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        let engine = Engine::compile(&loaded.rules, &EngineOptions::default());
        assert_eq!(engine.data_kinds(), [EventKind::Recvfrom].into());
        assert_eq!(engine.rules_of_kinds(&[EventKind::Openat, EventKind::Sendto].into()), ["c"]);
    }

    #[test]
    fn threads_share_an_engine() {
        fn shared<T: Send + Sync>() {}
        shared::<Engine>();
    }
}
