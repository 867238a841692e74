//! What the loader takes, refuses and says, as `testdata/falco/loader.txt` lists it.
//!
//! A case is `=== what it shows`, a rule file, `~~~`, and what must come of it: `codes` (all diagnostics' codes in order),
//! `rules` (names of the rules taken; a `-` before a name: switched off), `fires` (names of those that match a standard
//! event, switched-off ones too), `says` (place and a part of a diagnostic), `condition`, `output`, `desc`, `tags`,
//! `priority` and `capture` of the first rule, `expects` (a code of an error). What is not listed is not looked at, but an error nobody expects is a failure.

use std::sync::Arc;

use yagura_detect::{
    Diagnostic, DiagnosticSeverity, Engine, EngineOptions, Loaded, RuleMatching, SourceFile, case, falco,
};

const CASES: &str = include_str!("../../testdata/falco/loader.txt");
/// Fewer cases than this means that cases were lost.
const CASES_MIN: usize = 100;
const EVENT: &str = "{kind: openat, process: {name: cat, args: [-n, x], parent: {name: bash}}, fd: {name: /etc/shadow}, \
    args: {flags: O_RDONLY}}";

fn fires(loaded: &Loaded) -> String {
    let rules = loaded.rules.rules();
    let options = EngineOptions {
        rule_matching: RuleMatching::All,
        enabled: rules.iter().map(|rule| (rule.name.clone(), true)).collect(),
        ..EngineOptions::default()
    };
    let engine = Arc::new(Engine::compile(&loaded.rules, &options));
    let event = case::event(EVENT).expect("an event");
    let mut matcher = engine.matcher();
    let names = matcher.matches(&event).iter().map(|index| engine.rule(*index).name.clone());
    names.collect::<Vec<_>>().join(" ")
}

fn says(loaded: &Loaded, wanted: &str) -> bool {
    let (place, part) = wanted.split_once(' ').unwrap_or((wanted, ""));
    let text = |it: &Diagnostic| format!("{} {}", it.message, it.help.as_deref().unwrap_or(""));
    loaded.diagnostics.iter().any(|it| {
        let at = format!("{}:{}", it.line, it.column);
        (place == "*" || at == place) && text(it).contains(part)
    })
}

fn found(loaded: &Loaded, key: &str) -> Option<String> {
    let list = |parts: Vec<&str>| parts.join(" ");
    let rule = loaded.rules.rules().first();
    Some(match key {
        "codes" => list(loaded.diagnostics.iter().map(|it| it.code.as_str()).collect()),
        "rules" => {
            let name =
                |rule: &yagura_detect::Rule| format!("{}{}", if rule.enabled { "" } else { "-" }, rule.name);
            loaded.rules.rules().iter().map(name).collect::<Vec<_>>().join(" ")
        }
        "fires" => fires(loaded),
        "condition" => rule?.condition.trim().to_owned(),
        "output" => rule?.output.clone(),
        "desc" => rule?.description.clone(),
        "tags" => list(rule?.tags.iter().map(String::as_str).collect()),
        "priority" => rule?.priority.name().to_owned(),
        "capture" => format!("{} {:?}", rule?.capture, rule?.capture_duration_ms),
        _ => return None,
    })
}

fn check(text: &str, wanted: &str) -> Result<(), String> {
    let loaded = falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default());
    let shown = || loaded.diagnostics.iter().map(|it| it.render(text)).collect::<String>();
    let mut expects_errors = false;
    for line in wanted.lines().filter(|line| !line.trim().is_empty()) {
        let (key, value) = line.split_once(':').ok_or_else(|| format!("no key: {line}"))?;
        let value = value.trim();
        expects_errors |= value.contains("LOAD_ERR");
        if key == "expects" {
            continue;
        }
        if key == "says" {
            if !says(&loaded, value) {
                return Err(format!("does not say {value}\n{}", shown()));
            }
            continue;
        }
        let have = found(&loaded, key).ok_or_else(|| format!("nothing to find for {line}"))?;
        if have != value {
            return Err(format!("{key} is `{have}`, not `{value}`\n{}", shown()));
        }
    }
    let errors = loaded.diagnostics.iter().any(|it| it.severity == DiagnosticSeverity::Error);
    if errors && !expects_errors { Err(format!("errors:\n{}", shown())) } else { Ok(()) }
}

#[test]
fn files_load_as_they_do_in_falco() {
    let mut failures = Vec::new();
    let cases: Vec<&str> = CASES.split("\n=== ").skip(1).collect();
    for case in &cases {
        let (title, rest) = case.split_once('\n').unwrap_or((case, ""));
        let result = match rest.split_once("\n~~~\n") {
            Some((file, wanted)) => check(&format!("{file}\n"), wanted),
            None => Err("no `~~~`".to_owned()),
        };
        if let Err(reason) = result {
            failures.push(format!("{title}: {reason}"));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.len() >= CASES_MIN, "only {} cases", cases.len());
    eprintln!("{} cases of the loader", cases.len());
}
