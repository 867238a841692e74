//! Exceptions: what they suppress, what they leave alone, and what their reader says about bad ones.

use std::sync::Arc;

use yagura_detect::{
    Engine, EngineOptions, ExceptionSet, FileReport, RuleMatching, RuleSet, SourceFile, case, falco,
    load_exceptions,
};
use yagura_event::{Event, Timestamp};

const RULES: &str = r#"
- rule: Hashes read
  desc: d
  condition: evt.type in (open, openat) and fd.name = /etc/shadow
  output: o
  priority: CRITICAL
- rule: Anything read by a script
  desc: d
  condition: evt.type = openat and proc.name in (sh, backup)
  output: o
  priority: NOTICE
"#;

fn rules() -> RuleSet {
    let loaded = falco::load(&[SourceFile::new("rules.yaml", RULES)], &falco::LoadOptions::default());
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.rules
}

fn day(text: &str) -> Timestamp {
    Timestamp::parse_day(text).expect("a day")
}

fn read(text: &str) -> (ExceptionSet, FileReport) {
    let file = SourceFile::new("exceptions.yaml", text);
    let (set, mut reports) = load_exceptions(&[file], &rules(), day("2026-06-01"));
    (set, reports.remove(0))
}

fn good(text: &str) -> ExceptionSet {
    let (set, report) = read(text);
    assert_eq!((report.errors, report.warnings), (0, 0), "{:?}", report.diagnostics);
    set
}

fn event(name: &str, parent: &str, time: &str) -> Event {
    let text = format!(
        "{{kind: openat, process: {{name: {name}, parent: {{name: {parent}}}}}, fd: {{name: /etc/shadow}}}}"
    );
    Event { time: day(time), ..case::event(&text).expect("an event") }
}

/// Which rules match, and which exceptions suppressed others.
fn judge(set: &ExceptionSet, matching: RuleMatching, event: &Event) -> (Vec<String>, Vec<String>) {
    let options = EngineOptions { rule_matching: matching, ..EngineOptions::default() };
    let engine = Arc::new(Engine::compile_with(&rules(), set, &options));
    let mut matcher = engine.matcher();
    let matched = matcher.matches(event).iter().map(|index| engine.rule(*index).name.clone()).collect();
    let suppressed = matcher.suppressed().iter().map(|(rule, exception)| {
        format!("{} by {}", engine.rule(*rule).name, engine.exception(*exception).name)
    });
    (matched, suppressed.collect())
}

const BACKUP: &str = r#"
- exception: backup
  rule: Hashes read
  condition: proc.name = backup and proc.pname = cron
  reason: It copies all of /etc.
  owner: ops
  created: 2026-01-15
  expires: 2026-07-15
"#;

#[test]
fn what_an_exception_suppresses_is_counted_and_the_next_rule_is_tried() {
    let set = good(BACKUP);
    let (matched, suppressed) = judge(&set, RuleMatching::First, &event("backup", "cron", "2026-06-01"));
    assert_eq!(matched, ["Anything read by a script"]);
    assert_eq!(suppressed, ["Hashes read by backup"]);
}

#[test]
fn what_it_does_not_describe_is_told_as_before() {
    let set = good(BACKUP);
    for (name, parent) in [("backup", "bash"), ("cat", "cron")] {
        let (matched, suppressed) = judge(&set, RuleMatching::First, &event(name, parent, "2026-06-01"));
        assert_eq!((matched.as_slice(), suppressed.len()), (["Hashes read".to_owned()].as_slice(), 0));
    }
}

#[test]
fn it_counts_through_its_last_day_and_not_after() {
    let set = good(BACKUP);
    let matched = |time| judge(&set, RuleMatching::First, &event("backup", "cron", time)).0;
    assert_eq!(matched("2026-07-15"), ["Anything read by a script"]);
    assert_eq!(matched("2026-07-16"), ["Hashes read"]);
}

#[test]
fn patterns_and_lists_name_several_rules() {
    for rule in ["\"*read*\"", "[Hashes read, Anything read by a script]", "\"?*\""] {
        let set = good(&BACKUP.replace("Hashes read", rule));
        let (matched, suppressed) = judge(&set, RuleMatching::All, &event("backup", "cron", "2026-06-01"));
        assert_eq!((matched.len(), suppressed.len()), (0, 2), "{rule}");
    }
}

#[test]
fn fields_all_hold_together_and_lists_of_values_are_alternatives() {
    for (fields, suppresses) in [
        ("{proc.name: backup}", true),
        ("{proc.name: [restore, backup], proc.pname: cron}", true),
        ("{proc.name: backup, proc.pname: systemd}", false),
        ("{fd.name startswith: /etc/}", true),
        ("{fd.name startswith: [/var/, /etc/]}", true),
        ("{fd.name endswith: [/passwd, /group]}", false),
        ("{fd.name pmatch: [/etc]}", true),
        ("{proc.name glob: 'back*'}", true),
        (r#"{proc.name: 'a "quoted" \ name', proc.pname: "it's"}"#, false),
    ] {
        let set = good(
            &BACKUP
                .replace("condition: proc.name = backup and proc.pname = cron", &format!("fields: {fields}")),
        );
        let (_, suppressed) = judge(&set, RuleMatching::All, &event("backup", "cron", "2026-06-01"));
        assert_eq!(!suppressed.is_empty(), suppresses, "{fields}: {}", set.exceptions()[0].condition);
    }
}

#[test]
fn macros_and_lists_of_the_same_files_may_be_used() {
    let text = format!(
        "- list: nightly\n  items: [backup, restore]\n- macro: by_cron\n  condition: proc.pname = cron\n{}",
        BACKUP.replace("proc.name = backup and proc.pname = cron", "by_cron and proc.name in (nightly)")
    );
    let (_, suppressed) = judge(&good(&text), RuleMatching::First, &event("backup", "cron", "2026-06-01"));
    assert_eq!(suppressed, ["Hashes read by backup"]);
}

/// What is said about a bad file: code, place, a part of message or help; whether an exception is left.
#[test]
fn bad_exceptions_are_told_with_place_and_help_and_the_others_are_read() {
    let change = |from: &str, to: &str| BACKUP.replace(from, to);
    for (text, code, place, said, kept) in [
        (
            change("Hashes read", "Hashes raed"),
            "EXCEPTION_UNKNOWN_RULE",
            (3, 9),
            "did you mean `Hashes read`?",
            1,
        ),
        (change("Hashes read", "\"SSH *\""), "EXCEPTION_UNKNOWN_RULE", (3, 9), "no rule is called like", 1),
        (change("2026-07-15", "2026-05-31"), "EXCEPTION_EXPIRED", (8, 12), "has run out", 1),
        (change("2026-07-15", "next week"), "EXCEPTION_INVALID", (8, 12), "2027-06-30", 0),
        (change("  expires: 2026-07-15\n", ""), "EXCEPTION_INVALID", (2, 3), "or `never`", 0),
        (change("  reason: It copies all of /etc.\n", ""), "LOAD_ERR_YAML_VALIDATE", (2, 3), "say why", 0),
        (change("  rule: Hashes read\n", ""), "LOAD_ERR_YAML_VALIDATE", (2, 3), "SSH *", 0),
        (
            change("  condition: proc.name = backup and proc.pname = cron\n", ""),
            "EXCEPTION_INVALID",
            (2, 3),
            "switch it off instead",
            0,
        ),
        (change("proc.pname", "proc.pnaem"), "LOAD_ERR_COMPILE_CONDITION", (4, 37), "`proc.pname`", 0),
        (change("owner", "onwer"), "LOAD_UNKNOWN_KEY", (6, 3), "`owner`", 1),
        (
            change("condition: proc.name = backup and proc.pname = cron", "fields: {proc.nmae: x}"),
            "LOAD_ERR_COMPILE_CONDITION",
            (4, 12),
            "`proc.name`",
            0,
        ),
        (
            change(
                "condition: proc.name = backup and proc.pname = cron",
                "fields: {proc.name beginswith: x}",
            ),
            "EXCEPTION_INVALID",
            (4, 12),
            "startswith",
            0,
        ),
        (change("- exception: backup", "- exeption: backup"), "EXCEPTION_INVALID", (2, 3), "- exception:", 0),
        (format!("{BACKUP}{BACKUP}"), "EXCEPTION_INVALID", (10, 3), "already", 1),
        (format!("{BACKUP}- exception: [\n"), "LOAD_ERR_YAML_PARSE", (10, 1), "", 1),
        ("exception: x\n".to_owned(), "EXCEPTION_INVALID", (1, 1), "YAML list", 0),
    ] {
        let (set, report) = read(&text);
        let found = report.diagnostics.iter().find(|one| one.code == code);
        let found = found.unwrap_or_else(|| panic!("{code} for {text}: {:?}", report.diagnostics));
        assert_eq!((found.line, found.column), place, "{text}: {found:?}");
        let shown = found.render(&text);
        assert!(shown.contains(said), "{shown}");
        assert_eq!(set.exceptions().len(), kept, "{text}");
    }
}

#[test]
fn names_and_counts_of_files_are_reported() {
    let (_, report) =
        read(&format!("{BACKUP}{}", BACKUP.replace("backup", "old").replace("2026-07-15", "2026-02-01")));
    assert_eq!((report.rules, report.enabled, report.warnings), (2, 1, 1));
}

#[test]
fn hostile_files_end_in_a_diagnostic() {
    let deep = format!("- exception: x\n  rule: {}a{}\n", "[".repeat(500), "]".repeat(500));
    let long = BACKUP.replace("It copies", &"x".repeat(100_000));
    let many = "- exception: x\n  rule: r\n".repeat(20_000);
    for text in [deep, long, many, "\0\u{1}- : : :".to_owned(), "- 5\n- [x]\n- {}\n".to_owned()] {
        let (set, report) = read(&text);
        assert!(report.errors > 0 && set.exceptions().is_empty());
    }
}
