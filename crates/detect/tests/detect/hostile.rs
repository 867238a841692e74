//! Files that nobody writes by accident: each is answered with a place, soon, and without a panic.

use std::time::Duration;

use yagura_detect::{
    Diagnostic, DiagnosticSeverity, Engine, EngineOptions, Loaded, SourceFile, case, falco, limits,
};

/// Far above what any of these files takes on a busy machine, far below what it would take without ceilings.
const PATIENCE: Duration = Duration::from_secs(30);

// Time on a processor: what others do on the machine does not count.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

fn load(text: impl Into<String>) -> Loaded {
    let begin = cpu_time();
    let file = SourceFile::new("h.yaml", text);
    let loaded = falco::load(std::slice::from_ref(&file), &falco::LoadOptions::default());
    Engine::compile(&loaded.rules, &EngineOptions::default());
    for diagnostic in loaded.diagnostics.iter().take(20) {
        assert!(diagnostic.line >= 1 && diagnostic.column >= 1 && diagnostic.length >= 1, "{diagnostic:?}");
        diagnostic.render(&file.text);
    }
    let took = cpu_time() - begin;
    assert!(took < PATIENCE, "{took:?} for {} bytes", file.text.len());
    loaded
}

fn rule(name: &str, condition: &str) -> String {
    format!("- rule: {name}\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n")
}

fn good() -> String {
    rule("good", "evt.type = open")
}

// An error's line and a part of its message, and which rules were taken all the same.
#[track_caller]
fn check(text: &str, line: u32, message: &str, rules: &[&str]) {
    let loaded = load(text);
    let is_wanted = |it: &Diagnostic| {
        it.severity == DiagnosticSeverity::Error && it.line == line && it.message.contains(message)
    };
    let errors: Vec<_> =
        loaded.diagnostics.iter().filter(|it| it.severity == DiagnosticSeverity::Error).collect();
    assert!(
        loaded.diagnostics.iter().any(is_wanted),
        "{:?}",
        errors.iter().rev().take(3).collect::<Vec<_>>()
    );
    let taken: Vec<&str> = loaded.rules.rules().iter().map(|rule| rule.name.as_str()).collect();
    assert_eq!(taken, rules);
}

#[track_caller]
fn check_fine(text: &str, rules: usize) {
    let loaded = load(text);
    let errors = loaded.files[0].errors;
    assert_eq!((errors, loaded.rules.rules().len()), (0, rules), "{:?}", loaded.diagnostics);
}

#[test]
fn line_ends_and_marks_of_other_systems_are_read() {
    check_fine(&good().replace('\n', "\r\n"), 1);
    check_fine(&format!("\u{feff}{}", good()), 1);
    check_fine(&format!("\u{feff}---\r\n{}", good().replace('\n', "\r\n")), 1);
    check_fine(&good().replace("desc: d", "desc: 櫓 📛 \u{a0}"), 1);
    check_fine(&good().replace("evt.type = open", "evt.type\t=\topen"), 1);
}

#[test]
fn tabs_for_indentation_are_told_with_their_line() {
    let text = format!("{}- rule: b\n\tdesc: d\n", good());
    check(&text, 6, "found a tab", &["good"]);
}

#[test]
fn what_is_no_text_is_told() {
    for strange in ["\0", "\u{1}", "\u{7f}", "\u{fffe}"] {
        let loaded = load(format!("{}- list: l\n  items: [a{strange}b]\n", good()));
        assert_eq!(loaded.rules.rules().len(), 1, "{strange:?}");
        let loaded = load(rule("r", &format!("evt.type = open{strange}")));
        assert!(loaded.rules.rules().len() <= 1);
    }
    load("\0".repeat(100_000));
    load("%\u{0}");
}

#[test]
fn bombs_of_aliases_do_not_go_off() {
    let mut text = good() + "- list: a0\n  items: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for level in 1..12 {
        let aliases = format!("*a{},", level - 1).repeat(10);
        text.push_str(&format!("- list: a{level}\n  items: &a{level} [{aliases}]\n"));
    }
    check(&text, 17, "aliases counted", &["good"]);
    let itself = load("- &a [*a]\n");
    assert_eq!(itself.rules.rules().len(), 0);
}

#[test]
fn depth_has_a_floor() {
    check(&format!("{}- {}", good(), "[".repeat(10_000)), 6, "recursion limit", &["good"]);
    check(&format!("{}- {}", good(), "{a: ".repeat(10_000)), 6, "recursion limit", &["good"]);
    let steps: String = (0..200).map(|level| format!("{}- a:\n", " ".repeat(level * 2))).collect();
    check(&steps, 33, "nested deeper", &[]);
    check(&format!("- {}", "? ".repeat(5_000)), 1, "nested deeper", &[]);
}

#[test]
fn long_lines_are_cheap() {
    let long = "x".repeat(8 << 20);
    check(&format!("{}# {long}", good()), 1, "at most", &[]);
    let half = "x".repeat(3 << 20);
    check_fine(&format!("# {half}\n{}", good()), 1);
    let many = "x,".repeat(100_000);
    check(&format!("{}- list: l\n  items: [{many}]\n", good()), 7, "at most", &["good"]);
    let condition = format!("evt.type = open and proc.name = {}", "y".repeat(limits::CONDITION_BYTES_MAX));
    check(&rule("r", &condition), 3, "longer than", &[]);
    // A thousand errors far down one line.
    let one_line: String = (0..1_500).map(|n| format!("{{list: l{n}, items: 7}}, ")).collect();
    let loaded = load(format!("[{}# {half}\n]", one_line));
    assert_eq!(loaded.files[0].errors, 1_500);
    assert_eq!(loaded.files[0].diagnostics.len(), limits::EQUAL_DIAGNOSTICS_MAX);
    let different: String = (0..1_500).map(|n| format!("{{list: l{n}, items: [], k{n}: 7}}, ")).collect();
    let loaded = load(format!("[{}# {half}\n]", different));
    assert!(loaded.files[0].diagnostics.len() <= limits::DIAGNOSTICS_MAX);
}

#[test]
fn thousands_of_errors_at_the_end_of_a_long_file_are_cheap() {
    let mut text = format!("# {}\n", "x".repeat(2 << 20));
    (0..300).for_each(|n| text.push_str(&rule(&format!("r{n}"), "evt.type = open and proc.nope = x")));
    let loaded = load(text);
    assert_eq!(loaded.files[0].errors, 300);
    assert_eq!((loaded.diagnostics[0].line, loaded.diagnostics[0].column), (4, 34));
}

#[test]
fn lists_in_every_condition_are_cheap() {
    let mut text = String::new();
    (0..500).for_each(|n| text.push_str(&format!("- list: list_{n}\n  items: [a{n}]\n")));
    (0..500).for_each(|n| {
        text.push_str(&rule(&format!("r{n}"), &format!("evt.type=open and proc.name in (list_{n})")))
    });
    check_fine(&text, 500);
    // One list, named as often as a condition can.
    let names = "l,".repeat(20_000);
    let text = format!(
        "- list: l\n  items: [a]\n{}",
        rule("r", &format!("evt.type=open and proc.name in ({names}l)"))
    );
    assert_eq!(load(text).files[0].errors, 0);
    // A large list, named by very many rules: too long for a test without optimisation.
    if !cfg!(debug_assertions) {
        let items = "abcdefghijklmnopqrst,".repeat(40_000);
        let mut text = format!("- list: l\n  items: [{items}]\n");
        (0..100).for_each(|n| text.push_str(&rule(&format!("r{n}"), "evt.type=open and proc.name in (l)")));
        let loaded = load(text);
        assert!(loaded.diagnostics.iter().any(|it| it.message.contains("together are longer")));
    }
}

#[test]
fn a_large_macro_in_thousands_of_rules_is_cheap() {
    let parts: Vec<String> = (0..1_000).map(|n| format!("proc.name = n{n}")).collect();
    let mut text = format!("- macro: big\n  condition: {}\n", parts.join(" or "));
    (0..100)
        .for_each(|n| text.push_str(&rule(&format!("r{n}"), &format!("evt.type=open or big or fd.num={n}"))));
    let loaded = load(text);
    assert_eq!(loaded.files[0].errors, 0);
}

#[test]
fn thousands_of_regular_expressions_are_refused_in_the_end() {
    let mut text = String::new();
    (0..1_100).for_each(|n| {
        text.push_str(&rule(
            &format!("r{n}"),
            &format!("evt.type=open and fd.name regex \"x{n}[a-z]{{1,20}}\""),
        ));
    });
    let loaded = load(text);
    assert_eq!(loaded.files[0].errors, 100);
}

#[test]
fn one_of_very_many_is_cheap() {
    let values: Vec<String> = (0..2_000).map(|n| format!("v{n}")).collect();
    let text = rule("r", &format!("evt.type=open and proc.name = oneof ({})", values.join(",")));
    check_fine(&text, 1);
}

#[test]
fn outputs_of_nothing_but_signs_are_cheap() {
    let output = |text: String| good().replace(": o\n", &format!(": \"{text}\"\n"));
    load(output("%".repeat(1 << 16)));
    load(output(format!("%{}", "a".repeat(1 << 16))));
    load(output("%proc.name".repeat(500)));
    load(output("%9999999999999999999proc.name".to_owned()));
    load(output(format!("{}proc.name{}", "%tolower(".repeat(1_000), ")".repeat(1_000))));
}

#[test]
fn more_items_than_anybody_has_are_refused() {
    let mut text = String::new();
    (0..limits::ITEMS_MAX + 5).for_each(|n| text.push_str(&format!("- list: l{n}\n  items: [a]\n")));
    let loaded = load(text);
    assert_eq!(loaded.files[0].errors, 5);
}

#[test]
fn events_of_hostile_size_are_judged() {
    let conditions = [
        "evt.type=execve and proc.cmdline glob \"*a*a*a*a*a*a*a*a*a*b\"",
        "evt.type=execve and proc.cmdline regex \"(a+)+(a+)+b\"",
        "evt.type=execve and proc.cmdline icontains AAAAAAAAAAAAAAAAAAAAAB",
        "evt.type=execve and getopt(proc.args, \"a:b:\") intersects (b)",
        "evt.type=execve and proc.cwd pmatch (/*/*/*/*/*/b)",
    ];
    let text: String =
        conditions.iter().enumerate().map(|(n, condition)| rule(&format!("r{n}"), condition)).collect();
    let loaded = load(text);
    assert_eq!(loaded.files[0].errors, 0, "{:?}", loaded.diagnostics);
    let engine = std::sync::Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
    let long = "a".repeat(1 << 17);
    let event =
        format!("{{kind: execve, process: {{name: a, args: ['{long}'], cwd: '{}'}}}}", "/a".repeat(10_000));
    let event = case::event(&event).expect("an event");
    let begin = cpu_time();
    assert!(engine.matcher().matches(&event).is_empty());
    assert!(cpu_time() - begin < PATIENCE);
}

#[test]
fn what_is_said_of_a_file_moves_no_cursor() {
    let text = rule("\"a\\e[31m\"", "proc.nam\u{1b}[2J\u{9b}1m\u{202e} = x");
    let loaded = load(text.clone());
    assert!(!loaded.diagnostics.is_empty());
    for diagnostic in &loaded.diagnostics {
        let shown = diagnostic.render(&text);
        let acts = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!shown.contains(acts), "{shown:?}");
        assert!(shown.contains("proc.nam␛[2J"), "{shown}");
    }
}

#[test]
fn a_mistake_made_thousands_of_times_is_shown_ten_times_and_hides_no_other() {
    let wrong: String = (0..3_000).map(|number| rule(&format!("r{number}"), "proc.nam = sh")).collect();
    let loaded = load(wrong + &rule("other", "evt.typ = open"));
    let report = &loaded.files[0];
    assert_eq!(report.errors, 3_001);
    assert_eq!(report.diagnostics.len(), limits::EQUAL_DIAGNOSTICS_MAX + 1);
    assert_eq!(report.diagnostics[0].more, 3_000 - limits::EQUAL_DIAGNOSTICS_MAX);
    assert!(report.diagnostics[0].render("").contains("2990 more of the same"));
    assert!(report.diagnostics.last().is_some_and(|last| last.message.contains("evt.typ")));
}
