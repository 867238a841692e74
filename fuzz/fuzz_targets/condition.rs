//! Any text as condition and as output of a rule.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use yagura_detect::{Engine, EngineOptions, SourceFile, case, falco};

fuzz_target!(|text: &str| {
    let (condition, output) = text.split_once('\u{1}').unwrap_or((text, "%proc.name"));
    let quoted = |text: &str| format!("\"{}\"", text.escape_debug());
    let file = format!(
        "- rule: r\n  desc: d\n  condition: {}\n  output: {}\n  priority: INFO\n",
        quoted(condition),
        quoted(output)
    );
    let loaded = falco::load(&[SourceFile::new("fuzz.yaml", file)], &falco::LoadOptions::default());
    let engine = Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
    let event = case::event("{kind: openat, process: {name: a}, fd: {name: /etc/x}}").expect("an event");
    for index in engine.matcher().matches(&event).to_vec() {
        engine.alert(index, &event, "here");
    }
});
