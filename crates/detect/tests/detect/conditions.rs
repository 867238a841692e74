//! What conditions mean, as `testdata/falco/conditions.txt` lists it.
//!
//! A line is one behaviour: `event NAME {…}` names an event, `on NAME` takes one, then `+ condition` is true of it and
//! `- condition` is not; `! part of the message :: condition` is refused, `? part of the message :: condition` is taken
//! with a warning.

use std::{collections::HashMap, sync::Arc};

use yagura_detect::{Diagnostic, DiagnosticSeverity, Engine, EngineOptions, Loaded, SourceFile, case, falco};
use yagura_event::Event;

const CONDITIONS: &str = include_str!("../../testdata/falco/conditions.txt");
/// Fewer lines than this means that lines were lost.
const BEHAVIOURS_MIN: usize = 400;

fn load(condition: &str) -> Loaded {
    let condition = serde_json::to_string(condition).expect("a text");
    let text = format!(
        "- rule: r\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n  warn_evttypes: false\n"
    );
    falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default())
}

fn fires(loaded: &Loaded, event: &Event) -> bool {
    let engine = Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
    let mut matcher = engine.matcher();
    let first = !matcher.matches(event).is_empty();
    // What is remembered of the process must not change the answer.
    assert_eq!(!matcher.matches(event).is_empty(), first, "the second time differs");
    first
}

fn says(loaded: &Loaded, severity: DiagnosticSeverity, part: &str) -> bool {
    let text = |it: &Diagnostic| format!("{} {} {}", it.code, it.message, it.help.as_deref().unwrap_or(""));
    loaded.diagnostics.iter().any(|it| it.severity == severity && text(it).contains(part))
}

// What is wrong with one line, if anything is.
fn check(sign: &str, rest: &str, event: &Event) -> Result<(), String> {
    let (part, condition) = match sign {
        "!" | "?" => rest.split_once(" :: ").ok_or("no ` :: `")?,
        _ => ("", rest),
    };
    let loaded = load(condition.trim());
    let errors: Vec<&str> = loaded
        .diagnostics
        .iter()
        .filter(|it| it.severity == DiagnosticSeverity::Error)
        .map(|it| it.message.as_str())
        .collect();
    match sign {
        "!" if says(&loaded, DiagnosticSeverity::Error, part.trim()) => Ok(()),
        "!" => Err(format!("not refused so, but {:?}", loaded.diagnostics)),
        _ if !errors.is_empty() => Err(format!("refused: {errors:?}")),
        "?" if says(&loaded, DiagnosticSeverity::Warning, part.trim()) => Ok(()),
        "?" => Err(format!("no such warning, but {:?}", loaded.diagnostics)),
        "+" if fires(&loaded, event) => Ok(()),
        "-" if !fires(&loaded, event) => Ok(()),
        _ => Err("the other way round".to_owned()),
    }
}

#[test]
fn conditions_mean_what_they_mean_in_falco() {
    let mut events: HashMap<&str, Event> = HashMap::new();
    let mut event = case::event("{kind: open}").expect("an event");
    let (mut behaviours, mut failures) = (0, Vec::new());
    for (index, line) in CONDITIONS.lines().enumerate() {
        let line = line.trim();
        let (sign, rest) = line.split_once(' ').unwrap_or((line, ""));
        let result = match sign {
            "" | "#" => Ok(()),
            "event" => rest
                .split_once(' ')
                .ok_or("no event".to_owned())
                .and_then(|(name, text)| case::event(text).map(|event| drop(events.insert(name, event)))),
            "on" => match events.get(rest) {
                Some(named) => {
                    event = named.clone();
                    Ok(())
                }
                None => Err("no such event".to_owned()),
            },
            "+" | "-" | "!" | "?" => {
                behaviours += 1;
                check(sign, rest, &event)
            }
            _ => Err("no such line".to_owned()),
        };
        if let Err(reason) = result {
            failures.push(format!("conditions.txt:{}: {line}\n    {reason}", index + 1));
        }
    }
    assert!(failures.is_empty(), "{} of {behaviours}:\n{}", failures.len(), failures.join("\n"));
    assert!(behaviours >= BEHAVIOURS_MIN, "only {behaviours} behaviours");
    eprintln!("{behaviours} behaviours of conditions");
}
