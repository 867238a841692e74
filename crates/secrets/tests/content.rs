//! The rules we ship: each loads, has cases, and its cases hold among all the others.

use std::{fs, path::Path};

use yagura_secrets::{DiagnosticSeverity, Rules, case};

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/secrets");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("content/secrets is there")
        .map(|entry| entry.expect("a file of rules").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a file of rules is text"))
        })
        .collect();
    files.sort();
    files
}

fn pairs(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

#[test]
fn every_rule_loads_without_a_word() {
    let (rules, problems) = Rules::load(files());
    let bad: Vec<_> = problems
        .iter()
        .filter(|problem| problem.severity > DiagnosticSeverity::Note)
        .map(ToString::to_string)
        .collect();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(rules.len() >= 200, "{} rules", rules.len());
    for rule in rules.iter() {
        let told = [&rule.title, &rule.gives, &rule.revoke];
        assert!(
            told.iter().all(|text| !text.is_empty()),
            "{}: title, gives and revoke are for people",
            rule.id
        );
    }
}

#[test]
fn a_file_is_named_like_its_rule() {
    for (name, text) in files().iter().filter(|(name, _)| !name.starts_with('_')) {
        let id = name.trim_end_matches(".yaml");
        assert!(text.starts_with(&format!("id: {id}\n")), "{name}");
    }
}

#[test]
fn every_case_holds_among_all_rules() {
    let files = files();
    let rules = Rules::builtin(pairs(&files));
    let outcome = case::run(&rules, pairs(&files));
    let failures: Vec<_> = outcome
        .failures
        .iter()
        .map(|failure| format!("{}:{}: {}", failure.file, failure.line, failure.message))
        .collect();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), outcome.cases, failures.join("\n"));
    assert!(outcome.without.is_empty(), "without cases that fire and must not: {:?}", outcome.without);
}

// Not every tool that looks for secrets knows ours: what is committed must hold none that it could take for a live one.
#[test]
fn no_file_holds_what_its_own_rules_find() {
    let files = files();
    let rules = Rules::builtin(pairs(&files));
    for (name, text) in &files {
        let found =
            yagura_secrets::Scanner::new(&rules).scan(&format!("content/secrets/{name}"), text.as_bytes());
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}
