//! Any text is a rule file that loads or is refused with places; what loads compiles and judges an event.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use yagura_detect::{Engine, EngineOptions, SourceFile, case, falco};

fuzz_target!(|text: &str| {
    let file = SourceFile::new("fuzz.yaml", text);
    let loaded = falco::load(std::slice::from_ref(&file), &falco::LoadOptions::default());
    for diagnostic in &loaded.diagnostics {
        assert!(diagnostic.line >= 1 && diagnostic.column >= 1);
        diagnostic.render(text);
    }
    let engine = Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
    let event = case::event("{kind: openat, process: {name: a}, fd: {name: /etc/x}}").expect("an event");
    for index in engine.matcher().matches(&event).to_vec() {
        engine.alert(index, &event, "here").to_falco_json();
    }
});
