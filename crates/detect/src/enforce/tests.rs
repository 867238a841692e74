//! Answers before the act agree with the matcher's after it: over every case of the rules that come with Yagura.

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use proptest::prelude::*;

use super::*;
use crate::{Engine, EngineOptions, RuleMatching, RuleSet, SourceFile, case, falco};

// The rules that come with Yagura, and the events of their cases.
fn content() -> (RuleSet, Vec<Event>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/rules");
    let mut names: Vec<_> =
        fs::read_dir(folder).expect("our rules").map(|entry| entry.expect("a file").path()).collect();
    names.sort();
    let file = |path: &Path| SourceFile {
        name: path.display().to_string(),
        text: fs::read_to_string(path).expect("text"),
    };
    let is_case = |path: &Path| path.to_string_lossy().ends_with(".cases.yaml");
    let is_rule = |path: &Path| path.extension().is_some_and(|end| end == "yaml") && !is_case(path);
    let rules: Vec<SourceFile> = names.iter().filter(|path| is_rule(path)).map(|path| file(path)).collect();
    let rules = falco::load(&rules, &falco::LoadOptions::default()).rules;
    let cases = names.iter().filter(|path| is_case(path));
    let events = cases.flat_map(|path| case::events(&rules, &file(path))).collect();
    (rules, events)
}

fn engine(rules: &RuleSet) -> Arc<Engine> {
    let enabled = rules.rules().iter().map(|rule| (rule.name.clone(), true)).collect();
    let options = EngineOptions { rule_matching: RuleMatching::All, enabled, ..EngineOptions::default() };
    Arc::new(Engine::compile(rules, &options))
}

/// The rules that come with Yagura, an event of their cases, and whether each rule fires on it.
struct Sample {
    rules: RuleSet,
    // Each with the rules that fire on it.
    events: Vec<(Event, Vec<bool>)>,
    // By rule and kind of event.
    conditions: HashMap<(usize, EventKind), Condition>,
}

fn sample() -> &'static Sample {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let (rules, events) = content();
        let engine = engine(&rules);
        let mut matcher = engine.matcher();
        let mut fired = |event: &Event| {
            // Each file of cases numbers its processes anew.
            matcher.forget();
            let matched = matcher.matches(event);
            (0..rules.rules().len()).map(|index| matched.iter().any(|it| it.0 as usize == index)).collect()
        };
        let events: Vec<(Event, Vec<bool>)> =
            events.into_iter().map(|event| (event.clone(), fired(&event))).collect();
        let mut conditions = HashMap::new();
        for kind in events.iter().map(|(event, _)| event.kind).collect::<BTreeSet<_>>() {
            for (index, rule) in rules.rules().iter().enumerate() {
                conditions.extend(Condition::new(rule, kind).map(|it| ((index, kind), it)));
            }
        }
        Sample { rules, events, conditions }
    })
}

// Every rule on every event, with some fields known; says how often the answer was yes.
fn check(seed: u64, known_of_ten: u64, alternatives: bool) -> usize {
    let sample = sample();
    let is_known = |field: &FieldRef| {
        let hash = field.name().bytes().fold(seed | 1, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(7)
        });
        hash % 10 < known_of_ten
    };
    let knows = |predicate: &Predicate| all_fields(predicate, &is_known);
    let mut decided = 0;
    for (event, fired) in &sample.events {
        for (index, rule) in sample.rules.rules().iter().enumerate() {
            let fires = fired[index];
            let Some(condition) = sample.conditions.get(&(index, event.kind)) else {
                assert!(!fires, "{} fires on {} though it never concerns it", rule.name, event.kind);
                continue;
            };
            let answer = condition.answer(event, &knows);
            assert!(answer != of(!fires), "{}: {answer:?} though fired is {fires}", rule.name);
            decided += usize::from(answer == Answer::Yes);
            // Half a million lists of alternatives are too many: those of the event's own rules and a few others.
            if alternatives && (fires || (index as u64).wrapping_add(seed).is_multiple_of(16)) {
                check_alternatives(rule, condition, event, fires, &knows);
            }
        }
    }
    decided
}

fn check_alternatives(
    rule: &Rule,
    condition: &Condition,
    event: &Event,
    fires: bool,
    knows: &dyn Fn(&Predicate) -> bool,
) {
    let found = condition.alternatives(&|predicate| {
        if knows(predicate) { Support::Tests } else { Support::Unknown }
    });
    let any = found
        .list
        .iter()
        .any(|parts| parts.iter().all(|literal| holds(&literal.predicate, event) == literal.holds));
    assert!(fires || !any, "{}: an alternative holds though the rule does not fire", rule.name);
    assert!(any == fires || !found.is_complete(), "{}: complete alternatives miss it", rule.name);
}

#[test]
fn with_everything_known_the_answer_is_the_matchers() {
    let decided = check(8, 10, true);
    assert!(decided > 150, "every rule has a case that fires: {decided}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    // Whoever refuses at `Yes` never refuses what the rule would not have found, whatever is known.
    #[test]
    fn what_is_decided_with_some_fields_unknown_is_what_the_rule_finds(seed: u64, known_of_ten in 1..10_u64) {
        check(seed, known_of_ten, seed.is_multiple_of(3));
    }
}

#[test]
fn a_macro_used_exponentially_often_is_walked_once() {
    let mut text = String::from("- macro: m0\n  condition: (proc.name = a or proc.pname = b)\n");
    for level in 1..17 {
        let below = level - 1;
        text.push_str(&format!(
            "- macro: m{level}\n  condition: (m{below} and (m{below} or proc.exepath = /{level}))\n"
        ));
    }
    text.push_str(
        "- rule: r\n  desc: d\n  condition: evt.type = execve and m16\n  output: o\n  priority: INFO\n",
    );
    let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
    let rule = loaded.rules.find("r").unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let condition = Condition::new(rule, EventKind::Execve).expect("it concerns programs");
    let found = condition.alternatives(&|_| Support::Tests);
    assert!(found.list.len() <= ALTERNATIVES_MAX + 1);
    let event = case::event("{kind: execve, process: {name: a}}").expect("an event");
    assert_eq!(condition.answer(&event, &|_| true), Answer::Yes);
    assert_eq!(condition.answer(&event, &|_| false), Answer::Unknown);
}

#[test]
fn fields_of_another_kind_of_event_are_not_asked_for() {
    let text = "- rule: r\n  desc: d\n  condition: (evt.type = execve and proc.name = a) or (evt.type = connect and \
                fd.sport = 1)\n  output: o\n  priority: INFO\n";
    let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
    let rule = loaded.rules.find("r").expect("a good rule");
    let fields = |kind| {
        Condition::new(rule, kind)
            .map(|condition| condition.fields().iter().map(FieldRef::name).collect::<Vec<_>>())
    };
    assert_eq!(fields(EventKind::Execve), Some(vec!["proc.name".to_owned()]));
    assert_eq!(fields(EventKind::Connect), Some(vec!["fd.sport".to_owned()]));
    assert_eq!(fields(EventKind::Openat), None);
}

#[test]
fn what_an_exception_takes_out_is_not_refused() {
    let text = "- rule: r\n  desc: d\n  condition: evt.type = execve and proc.name = a\n  output: o\n  priority: INFO\n";
    let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
    let file = SourceFile::new(
        "e.yaml",
        "- exception: e\n  rule: r\n  condition: proc.pname = b\n  reason: it does that\n  expires: 2026-01-01\n",
    );
    let (exceptions, _) = crate::load_exceptions(&[file], &loaded.rules, Timestamp::default());
    let event = |parent: &str| {
        case::event(&format!("{{kind: execve, process: {{name: a, parent: {{name: {parent}}}}}}}"))
            .expect("an event")
    };
    let answer = |now: &str, parent: &str, knows: bool| {
        let now = Timestamp::parse_rfc3339(now).expect("a time");
        let rule = excepted(loaded.rules.find("r").expect("a good rule"), exceptions.exceptions(), now);
        let condition = Condition::new(&rule, EventKind::Execve).expect("it concerns programs");
        let is_name = |predicate: &Predicate| all_fields(predicate, &|field| field.name() == "proc.name");
        condition.answer(&event(parent), &|predicate| knows || is_name(predicate))
    };
    assert_eq!(answer("2025-06-01T00:00:00Z", "b", true), Answer::No);
    assert_eq!(answer("2025-06-01T00:00:00Z", "c", true), Answer::Yes);
    assert_eq!(
        answer("2025-06-01T00:00:00Z", "c", false),
        Answer::Unknown,
        "it may be the exception's parent"
    );
    assert_eq!(answer("2027-06-01T00:00:00Z", "b", true), Answer::Yes, "it has run out");
}
