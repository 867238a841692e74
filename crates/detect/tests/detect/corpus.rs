//! The community's rule files, loaded as they are. Skips, and says so, where they are not beside the checkout.

use std::{path::PathBuf, sync::Arc};

use yagura_detect::{Engine, EngineOptions, SourceFile, case, falco};

const FILES: [&str; 3] = ["falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml"];

fn corpus() -> Option<Vec<SourceFile>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("YAGURA_CORPORA").map_or(beside, PathBuf::from).join("falco-rules");
    let files: Option<Vec<_>> = FILES
        .iter()
        .map(|name| Some(SourceFile::new(*name, std::fs::read_to_string(folder.join(name)).ok()?)))
        .collect();
    if files.is_none() {
        eprintln!("skipped: no community rules in {} (set YAGURA_CORPORA)", folder.display());
    }
    files
}

fn check_load(files: &[SourceFile], rules: usize, enabled: usize) {
    let loaded = falco::load(files, &falco::LoadOptions::default());
    for diagnostic in &loaded.diagnostics {
        let source = files.iter().find(|file| file.name == diagnostic.file).map_or("", |file| &file.text);
        eprintln!("{}", diagnostic.render(source));
    }
    assert!(loaded.diagnostics.is_empty(), "{} diagnostics", loaded.diagnostics.len());
    let have = loaded.rules.rules();
    assert_eq!((have.len(), have.iter().filter(|rule| rule.enabled).count()), (rules, enabled));
}

#[test]
fn community_rules_load_without_a_word() {
    let Some(files) = corpus() else { return };
    check_load(&files[..1], 25, 25);
    check_load(&files[1..2], 31, 31);
    check_load(&files[2..], 37, 25);
    check_load(&files, 93, 81);
}

#[test]
fn community_rules_fire_where_they_should_and_nowhere_else() {
    let Some(files) = corpus() else { return };
    let loaded = falco::load(&files, &falco::LoadOptions::default());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/community.cases.yaml");
    let cases =
        SourceFile::new("community.cases.yaml", std::fs::read_to_string(path).expect("in the repository"));
    let (results, diagnostics) = case::run(&loaded.rules, &cases);
    let texts: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.render(&cases.text)).collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
    let failed: Vec<_> = results.iter().filter(|result| !result.passed()).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for fires in [true, false] {
        let missing: Vec<&str> = loaded
            .rules
            .rules()
            .iter()
            .map(|rule| rule.name.as_str())
            .filter(|name| !results.iter().any(|result| result.rule == *name && result.expected == fires))
            .collect();
        eprintln!("rules without a case that fires={fires}: {missing:?}");
    }
}

#[test]
fn kinds_of_community_rules_are_those_they_name() {
    let Some(files) = corpus() else { return };
    let loaded = falco::load(&files, &falco::LoadOptions::default());
    let engine = Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
    let infos = engine.rule_infos(&engine.kinds());
    let kinds = |name: &str| infos.iter().find(|info| info.name == name).expect(name).event_kinds.join(" ");
    assert_eq!(kinds("Terminal shell in container"), "execve execveat");
    assert_eq!(kinds("Change thread namespace"), "setns");
    assert_eq!(kinds("Schedule Cron Jobs"), "open openat openat2 execve execveat");
    assert!(infos.iter().all(|info| info.blind_kinds.is_empty() || !info.enabled));
}
