//! The rules in `content/rules/`: they load, their cases hold, and every emulation has one that should see it.

use std::{collections::BTreeSet, fs, path::PathBuf};

use yagura_detect::{RuleSet, SourceFile, case, falco};
use yagura_verify::catalogue;

pub(crate) fn our_rules_load_without_a_word() {
    let loaded = falco::load(&files(|name| !name.ends_with(".cases.yaml")), &falco::LoadOptions::default());
    for diagnostic in &loaded.diagnostics {
        println!("  {}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.message);
    }
    assert!(loaded.diagnostics.is_empty(), "see above");
    assert!(loaded.rules.rules().len() >= 110);
    for report in &loaded.files {
        let rules = if report.file.starts_with('_') { 0 } else { 1 };
        assert_eq!(report.rules, rules, "{} holds one rule", report.file);
    }
}

pub(crate) fn every_rule_fires_where_it_should_and_only_there() {
    let rules = rules();
    let (mut fired, mut quiet) = (BTreeSet::new(), BTreeSet::new());
    let mut failed = 0;
    for file in files(|name| name.ends_with(".cases.yaml")) {
        let (results, diagnostics) = case::run(&rules, &file);
        for diagnostic in &diagnostics {
            println!("  {}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.message);
        }
        assert!(diagnostics.is_empty(), "see above");
        for result in results {
            if !result.passed() {
                println!(
                    "  {}:{}: {}: should fire: {}",
                    result.file, result.line, result.case, result.expected
                );
                failed += 1;
            }
            if result.expected { &mut fired } else { &mut quiet }.insert(result.rule);
        }
    }
    assert_eq!(failed, 0, "cases failed, see above");
    for rule in rules.rules() {
        assert!(fired.contains(&rule.name), "{} has no case that fires", rule.name);
        assert!(quiet.contains(&rule.name), "{} has no case that must not fire", rule.name);
    }
}

pub(crate) fn every_emulation_expects_a_rule_of_ours() {
    let rules = rules();
    for emulation in catalogue() {
        let ours = emulation.rules.first().and_then(|name| rules.find(name));
        assert!(ours.is_some(), "{}: {:?} is no rule of ours", emulation.id, emulation.rules.first());
    }
}

fn rules() -> RuleSet {
    falco::load(&files(|name| !name.ends_with(".cases.yaml")), &falco::LoadOptions::default()).rules
}

/// The chosen files of `content/rules/`, in the order of their names: `_macros.yaml` comes first.
fn files(choose: impl Fn(&str) -> bool) -> Vec<SourceFile> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content/rules");
    let mut files: Vec<SourceFile> = fs::read_dir(dir)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?.to_owned();
            (name.ends_with(".yaml") && choose(&name))
                .then(|| SourceFile { name, text: fs::read_to_string(path).expect("readable") })
        })
        .collect();
    files.sort_by(|left, right| left.name.cmp(&right.name));
    files
}
