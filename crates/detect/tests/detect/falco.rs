//! Falco's loader and its language as a whole: YAML in, diagnostics and matches out.

use std::sync::Arc;

use proptest::prelude::*;
use yagura_detect::{
    DiagnosticSeverity, Engine, EngineOptions, Loaded, RuleMatching, SourceFile, case, falco, limits,
};
use yagura_event::{EventKind, Priority};

fn load(text: &str) -> Loaded {
    falco::load(&[SourceFile::new("t.yaml", text)], &falco::LoadOptions::default())
}

fn rule(condition: &str) -> String {
    let condition = serde_json::to_string(condition).expect("a text");
    format!("- rule: r\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n")
}

fn check_codes(text: &str, expected: &[&str]) {
    let loaded = load(text);
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert_eq!(codes, expected, "{text}\n{:#?}", loaded.diagnostics);
}

// The first diagnostic's place and a part of its message.
fn check_error(text: &str, line: u32, column: u32, message: &str) {
    let loaded = load(text);
    let first = loaded.diagnostics.first().unwrap_or_else(|| panic!("no diagnostic: {text}"));
    let all = format!("{} {}", first.message, first.help.as_deref().unwrap_or_default());
    assert!(
        (first.line, first.column) == (line, column) && all.contains(message),
        "{text}\n{}",
        first.render(text)
    );
}

fn fires_all(text: &str, event: &str) -> Vec<String> {
    let loaded = load(text);
    let errors: Vec<_> =
        loaded.diagnostics.iter().filter(|it| it.severity == DiagnosticSeverity::Error).collect();
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    let options = EngineOptions { rule_matching: RuleMatching::All, ..EngineOptions::default() };
    let engine = Arc::new(Engine::compile(&loaded.rules, &options));
    let event = case::event(event).unwrap_or_else(|error| panic!("{event}: {error}"));
    let mut matcher = engine.matcher();
    let first: Vec<String> =
        matcher.matches(&event).iter().map(|index| engine.rule(*index).name.clone()).collect();
    // What is remembered of the process must not change the answer.
    let again: Vec<String> =
        matcher.matches(&event).iter().map(|index| engine.rule(*index).name.clone()).collect();
    assert_eq!(first, again, "{text}");
    first
}

fn check(condition: &str, event: &str, expected: bool) {
    assert_eq!(!fires_all(&rule(condition), event).is_empty(), expected, "{condition}\n{event}");
}

const OPEN: &str = "{kind: openat, number: 5, process: {name: cat, args: [-n, x], cwd: /root, tty: 7, env: [A=1, B=two], \
    credentials: {user: {id: 0, name: root}, cap_effective: 2097152}, parent: {name: bash, parent: {name: sshd}}}, \
    fd: {name: /etc/pam.d/sshd, raw_name: ../etc/pam.d/sshd}, args: {res: 3, name: x, flags: O_RDWR|O_CREAT, mode: S_IXUSR}}";
const CONNECT: &str = "{kind: connect, process: {name: curl}, fd: {name: a, socket: {local: '10.0.0.1:4000', \
    remote: '8.8.8.8:53', protocol: udp}}}";
const FAILED: &str =
    "{kind: openat, result: -2, process: {name: cat}, fd: {name: /x, number: -1}, args: {flags: O_RDONLY}}";

#[test]
fn comparisons_have_falcos_meaning() {
    for (condition, expected) in [
        ("proc.name = cat", true),
        ("proc.name != cat", false),
        ("proc.name in (dog, cat)", true),
        ("proc.name in ()", false),
        ("not proc.name in (dog, bird)", true),
        ("proc.cmdline contains \"-n x\"", true),
        ("proc.cmdline icontains \"-N X\"", true),
        ("proc.args = \"-n x\"", true),
        ("proc.args startswith -n and proc.args endswith x", true),
        ("proc.args[1] = x", true),
        ("proc.args intersects (\"-n x\", z)", true),
        ("fd.name glob /etc/*/ssh?", true),
        ("fd.name iglob /ETC/*", true),
        ("fd.name glob \"/etc/@(pam.d|x)/sshd\"", true),
        ("fd.name regex \"/etc/.*d\"", true),
        ("fd.name regex \"etc\"", false),
        ("fd.name pmatch (/usr, /etc)", true),
        ("fd.name pmatch (/et)", false),
        ("fd.name pmatch (/etc/pam.d/sshd/x)", false),
        ("fd.directory = /etc/pam.d and fd.filename = sshd", true),
        ("fd.nameraw contains ../", true),
        ("fd.num >= 0 and fd.num = 3 and fd.num < 0x4", true),
        ("proc.aname = sshd", true),
        ("proc.aname in (a, bash)", true),
        ("proc.aname = cat", false),
        ("proc.aname[0] = cat and proc.aname[1] = bash and proc.aname[2] = sshd", true),
        ("proc.aname[3] exists", false),
        ("proc.pname exists", true),
        ("not proc.aname[3] = x", true),
        ("proc.aname[3] != x", false),
        ("thread.cap_effective contains CAP_SYS_ADMIN", true),
        ("user.name = root and user.uid = 0 and user.loginuid = -1", true),
        ("proc.tty != 0", true),
        ("proc.env icontains \"b=TWO\" and proc.env[B] = two", true),
        ("container.id = host and not container.image.repository exists", true),
        ("evt.arg.flags contains O_CREAT and evt.rawarg.flags = 66", true),
        ("evt.is_open_read = true and evt.is_open_write = true and evt.is_open_exec = true", true),
        ("evt.res = SUCCESS and evt.rawres >= 0 and evt.failed = false", true),
        ("evt.arg[1] = x", true),
        ("evt.type.is.openat = 1", true),
        ("evt.dir = <", true),
        ("proc.duration = 1h", true),
        ("proc.duration <= 3600000000000", true),
        ("tolower(proc.name) = cat and toupper(proc.name) = CAT", true),
        ("basename(fd.name) = sshd and len(fd.name) = 15", true),
        ("b64(proc.name) exists", true),
        ("join(\"/\", proc.aname) = bash/sshd", true),
        ("concat(proc.name, '-', proc.pname) = cat-bash", true),
        ("getopt(proc.args, \"n:\") in (n, x) and getopt(proc.args, \"n:\") intersects (n)", true),
        ("proc.name = val(proc.pname)", false),
        ("proc.name != val(proc.pname)", true),
        ("fd.name contains val(proc.name)", false),
        ("proc.pid > val(proc.ppid)", false),
        ("proc.name startswith anyof (x, ca)", true),
        ("proc.name contains allof (c, t)", true),
        ("proc.name contains allof (c, z)", false),
        ("proc.name contains oneof (c, z)", true),
        ("proc.name contains oneof (c, t)", false),
        ("evt.hostname = x or fd.sip.name = y", false),
        ("not fd.sip.name = y", true),
    ] {
        check(condition, OPEN, expected);
    }
}

#[test]
fn addresses_match_either_end_and_differ_at_both() {
    for (condition, expected) in [
        ("fd.ip = 8.8.8.8", true),
        ("fd.ip = 10.0.0.1", true),
        ("fd.ip != 8.8.8.8", false),
        ("fd.ip != 1.1.1.1", true),
        ("fd.net = 10.0.0.0/8", true),
        ("fd.net != \"127.0.0.0/8\"", true),
        ("fd.net in ('\"10.0.0.0/8\"')", true),
        ("fd.port in (53, 54)", true),
        ("fd.port != 53", false),
        ("fd.sport = 53 and fd.cport = \"4000\"", true),
        ("fd.snet in (10.0.0.0/8)", false),
        ("fd.rip = 8.8.8.8 and fd.lip = 10.0.0.1 and fd.cip = 10.0.0.1", true),
        ("fd.l4proto = udp and fd.sockfamily = ip and fd.typechar = 4", true),
        ("fd.connected = true", true),
        ("fd.directory exists", false),
    ] {
        check(condition, CONNECT, expected);
    }
    check("fd.ip != 1.1.1.1", OPEN, false);
    check("not fd.ip = 1.1.1.1", OPEN, true);
}

#[test]
fn failed_calls_tell_their_errno() {
    check(
        "evt.res = ENOENT and evt.res startswith E and evt.rawres in (-2, -13) and fd.num = -1",
        FAILED,
        true,
    );
}

#[test]
fn types_are_checked_when_loading() {
    for (condition, column, message) in [
        ("proc.nme = x", 15, "did you mean `proc.name`"),
        ("proc.pid contains 5", 24, "does not work on a number"),
        ("proc.pid = x", 26, "`x` is no whole number"),
        ("fd.sport = 70000", 26, "is no port"),
        ("proc.is_exe_writable = maybe", 38, "neither true nor false"),
        ("fd.sip = 1.2.3", 24, "is no address"),
        ("evt.type = opne", 26, "did you mean `open`"),
        ("fd.name regex \"(\"", 29, "is no pattern"),
        ("proc.name = val(proc.pid)", 31, "different types"),
        ("fd.name bcontains zz", 23, "does not work on text"),
        ("evt.buffer bcontains zz", 36, "hexadecimal"),
        ("evt.arg.flgas = x", 15, "unknown event argument"),
        ("tolower(fd.ip) = x", 15, "cannot be transformed"),
    ] {
        let text = format!("- rule: r\n  desc: d\n  condition: {condition}\n  output: o\n  priority: INFO\n");
        check_error(&text, 3, column - 1, message);
    }
}

#[test]
fn a_bad_rule_does_not_hide_the_good_ones() {
    let text = format!(
        "{}- rule: bad\n  desc: d\n  condition: nope\n  output: o\n  priority: INFO\n",
        rule("evt.type=open")
    );
    let loaded = load(&text);
    assert_eq!(loaded.rules.rules().len(), 1);
    assert_eq!((loaded.files[0].rules, loaded.files[0].enabled, loaded.files[0].errors), (1, 1, 1));
    check_error(&text, 8, 14, "undefined macro `nope`");
}

#[test]
fn documents_and_items_are_validated() {
    check_codes("a: b", &["LOAD_ERR_YAML_VALIDATE"]);
    check_codes("- x", &["LOAD_ERR_YAML_VALIDATE"]);
    check_codes("- foo: bar", &["LOAD_UNKNOWN_ITEM"]);
    check_codes("", &[]);
    check_codes("---\n---\n# nothing\n", &[]);
    check_codes(
        "- rule: r\n  desc: d\n  condition: evt.type=open\n  output: o\n",
        &["LOAD_ERR_YAML_VALIDATE"],
    );
    check_codes(&rule("evt.type=open").replace("INFO", "LOUD"), &["LOAD_ERR_YAML_VALIDATE"]);
    check_codes(&format!("{}  colour: red\n", rule("evt.type=open")), &["LOAD_UNKNOWN_KEY"]);
    check_codes(&format!("{}  source: k8s_audit\n", rule("evt.type=open")), &["LOAD_UNKNOWN_SOURCE"]);
    check_codes(&rule("proc.name = x"), &["LOAD_NO_EVTTYPE"]);
    check_codes(&format!("{}  warn_evttypes: false\n", rule("proc.name = x")), &[]);
    check_codes(
        &format!("{}  skip-if-unknown-filter: true\n", rule("proc.nope = x")),
        &["LOAD_UNKNOWN_FILTER"],
    );
    check_codes(&rule("evt.type=open").replace(": o", ": \"%nope.x\""), &["LOAD_ERR_COMPILE_OUTPUT"]);
    check_codes(&rule("evt.type=open").replace(": o", ": \"%container.info\""), &["LOAD_DEPRECATED_ITEM"]);
    check_codes(&rule("evt.type=open and evt.dir=<"), &["LOAD_DEPRECATED_ITEM"]);
    check_codes(
        "- macro: m\n  condition: evt.type=open\n- list: l\n  items: [a]\n",
        &["LOAD_UNUSED_MACRO", "LOAD_UNUSED_LIST"],
    );
    check_codes(
        "- macro: 1m\n  condition: evt.type=open\n",
        &["LOAD_INVALID_MACRO_NAME", "LOAD_UNUSED_MACRO"],
    );
    check_codes("- list: a b\n  items: [a]\n", &["LOAD_INVALID_LIST_NAME", "LOAD_UNUSED_LIST"]);
}

#[test]
fn required_versions_are_checked() {
    for (text, codes) in [
        ("- required_engine_version: 15", &[][..]),
        ("- required_engine_version: 0.26.0", &[]),
        ("- required_engine_version: 0.99.0", &["LOAD_ERR_VALIDATE"]),
        ("- required_engine_version: 1.0.0", &["LOAD_ERR_VALIDATE"]),
        ("- required_engine_version: seven", &["LOAD_ERR_YAML_VALIDATE"]),
        ("- required_plugin_versions: [{name: container, version: 0.4.0}]", &[]),
        ("- required_plugin_versions: [{name: container, version: 0.9.0}]", &["LOAD_ERR_VALIDATE"]),
        ("- required_plugin_versions: [{name: json, version: 0.1.0}]", &["LOAD_ERR_VALIDATE"]),
        (
            "- required_plugin_versions: [{name: json, version: 0.1.0, alternatives: [{name: container, version: 0.2.2}]}]",
            &[],
        ),
        (
            "- required_plugin_versions: [{name: a, version: 0.1.0, alternatives: [{name: a, version: 0.2.2}]}]",
            &["LOAD_ERR_YAML_VALIDATE"],
        ),
    ] {
        check_codes(text, codes);
    }
}

const BASE: &str = "- list: l\n  items: [cat]\n- macro: m\n  condition: proc.name in (l)\n- rule: r\n  desc: d\n  condition: evt.type=openat and m\n  output: o\n  priority: INFO\n";

#[test]
fn lists_and_macros_are_visible_as_in_falco() {
    let fires = |extra: &str| !fires_all(&format!("{BASE}{extra}"), OPEN).is_empty();
    assert!(fires(""));
    assert!(!fires("- list: l\n  items: [dog]\n"));
    assert!(fires("- list: l\n  items: [dog]\n- list: l\n  items: [cat]\n  append: true\n"));
    assert!(fires("- list: l\n  items: [dog]\n- list: l\n  items: [cat]\n  override: {items: append}\n"));
    assert!(!fires("- macro: m\n  condition: and proc.pname = zsh\n  append: true\n"));
    assert!(fires("- macro: m\n  condition: or proc.name = x\n  override: {condition: append}\n"));
    assert!(!fires("- macro: m\n  condition: proc.name = dog\n  override: {condition: replace}\n"));
    let later = load("- macro: a\n  condition: b\n- macro: b\n  condition: evt.type=open\n");
    assert!(later.diagnostics.iter().any(|it| it.line == 2 && it.message.contains("undefined macro `b`")));
    let looped =
        "- macro: a\n  condition: evt.type=open\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n";
    assert!(load(looped).diagnostics.iter().any(|it| it.message.contains("reference loop")));
}

#[test]
fn lists_are_put_in_as_text() {
    let list = |items: &str, condition: &str| format!("- list: l\n  items: {items}\n{}", rule(condition));
    let fires = |items: &str, condition: &str| !fires_all(&list(items, condition), OPEN).is_empty();
    assert!(fires("[dog, cat]", "proc.name in (l)"));
    assert!(fires("[]", "proc.name in (l, cat)"));
    assert!(fires("[]", "proc.name in (cat,l)"));
    assert!(!fires("[]", "proc.name in (l)"));
    assert!(fires("['-n x']", "proc.args in (l)"));
    assert!(fires("['\"cat\"']", "proc.name in (l)"));
    assert!(fires("[3, 4]", "fd.num in (l)"));
    assert!(fires("[x]", "evt.arg.name=l"));
    let nested =
        format!("- list: a\n  items: [cat]\n- list: l\n  items: [a, dog]\n{}", rule("proc.name in (l)"));
    assert!(!fires_all(&nested, OPEN).is_empty());
}

#[test]
fn rules_are_appended_to_and_overridden() {
    let names = |extra: &str, event: &str| fires_all(&format!("{BASE}{extra}"), event).len();
    assert_eq!(names("- rule: r\n  condition: and proc.pname = zsh\n  append: true\n", OPEN), 0);
    assert_eq!(
        names("- rule: r\n  condition: and proc.pname = bash\n  override: {condition: append}\n", OPEN),
        1
    );
    assert_eq!(names("- rule: r\n  enabled: false\n", OPEN), 0);
    assert_eq!(names("- rule: r\n  enabled: false\n  override: {enabled: replace}\n", OPEN), 0);
    let extra = "- rule: r\n  desc: more\n  tags: [b, a]\n  output: of %proc.name\n  priority: ERROR\n  override: {desc: append, tags: append, output: append, priority: replace}\n";
    let loaded = load(&format!("{BASE}{extra}"));
    let rule = loaded.rules.find("r").expect("loaded");
    assert_eq!((rule.description.as_str(), rule.output.as_str()), ("d more", "o of %proc.name"));
    assert_eq!((rule.priority, rule.tags.len()), (Priority::Error, 2));
    for (extra, message) in [
        ("- rule: x\n  condition: and a\n  append: true\n", "no rule of that name"),
        (
            "- rule: r\n  condition: and a\n  append: true\n  override: {condition: append}\n",
            "cannot be used together",
        ),
        ("- rule: r\n  override: {condition: append}\n", "`condition` is not defined"),
        (
            "- rule: r\n  desc: x\n  condition: and a\n  override: {condition: append}\n",
            "unexpected key `desc`",
        ),
        ("- rule: r\n  priority: INFO\n  override: {priority: append}\n", "use `replace` instead"),
        ("- rule: r\n  desc: x\n  override: {desc: remove}\n", "invalid override operation"),
        ("- rule: x\n  enabled: true\n", "no rule of that name"),
        ("- list: x\n  items: [a]\n  append: true\n", "no list of that name"),
    ] {
        let loaded = load(&format!("{BASE}{extra}"));
        assert!(
            loaded.diagnostics.iter().any(|it| it.message.contains(message)),
            "{extra}\n{:#?}",
            loaded.diagnostics
        );
    }
}

#[test]
fn exceptions_take_cases_out() {
    let with = |exceptions: &str| format!("{BASE}  exceptions: {exceptions}\n");
    let fires = |exceptions: &str| !fires_all(&with(exceptions), OPEN).is_empty();
    assert!(fires("[{name: e, fields: proc.name}]"));
    assert!(!fires("[{name: e, fields: proc.name, values: [dog, cat]}]"));
    assert!(fires("[{name: e, fields: proc.name, values: [dog]}]"));
    assert!(!fires("[{name: e, fields: fd.name, comps: pmatch, values: [/etc]}]"));
    assert!(!fires("[{name: e, fields: fd.name, comps: startswith oneof, values: [/etc, /usr]}]"));
    assert!(!fires("[{name: e, fields: [proc.name, proc.pname], values: [[dog, x], [cat, bash]]}]"));
    assert!(fires("[{name: e, fields: [proc.name, proc.pname], values: [[cat, zsh]]}]"));
    assert!(!fires(
        "[{name: e, fields: [proc.name, fd.name], comps: [in, startswith], values: [[[dog, cat], /etc]]}]"
    ));
    assert!(!fires("[{name: e, fields: [proc.name, proc.args], comps: [in, =], values: [[cat, '-n x']]}]"));
    let append = with("[{name: e, fields: proc.name}]")
        + "- rule: r\n  exceptions: [{name: e, values: [cat]}]\n  override: {exceptions: append}\n";
    assert!(fires_all(&append, OPEN).is_empty());
    for (exceptions, message) in [
        ("[{name: e, fields: [a, b], comps: [=], values: []}]", "equal length"),
        ("[{name: e, fields: proc.name, comps: '=', values: [a]}]", "must be one of"),
        (
            "[{name: e, fields: [proc.name], comps: [like], values: []}]",
            "not a supported comparison operator",
        ),
        ("[{name: e, fields: [proc.name, fd.name], values: [[a]]}]", "equal length"),
        ("[{name: e, fields: proc.nope, values: [a]}]", "nonexistent field"),
        ("[{name: e, values: [a]}]", "fields"),
        ("[{name: e, fields: proc.name}, {name: e, fields: proc.name}]", "more than one exception"),
        ("{name: e}", "must be a sequence"),
    ] {
        let loaded = load(&with(exceptions));
        assert!(
            loaded.diagnostics.iter().any(|it| it.message.contains(message)),
            "{exceptions}\n{:#?}",
            loaded.diagnostics
        );
    }
}

#[test]
fn the_first_rule_in_load_order_counts_unless_all_do() {
    let two = format!(
        "{}{}",
        rule("evt.type=openat"),
        rule("proc.name=cat and evt.type=openat").replace("rule: r", "rule: s")
    );
    let loaded = load(&two);
    let event = case::event(OPEN).expect("an event");
    let count = |options: EngineOptions| {
        let engine = Arc::new(Engine::compile(&loaded.rules, &options));
        engine
            .matcher()
            .matches(&event)
            .iter()
            .map(|index| engine.rule(*index).name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(count(EngineOptions::default()), ["r"]);
    assert_eq!(
        count(EngineOptions { rule_matching: RuleMatching::All, ..EngineOptions::default() }),
        ["r", "s"]
    );
    let off = [("r".to_owned(), false)].into();
    assert_eq!(count(EngineOptions { enabled: off, ..EngineOptions::default() }), ["s"]);
    assert!(count(EngineOptions { priority_min: Priority::Warning, ..EngineOptions::default() }).is_empty());
}

#[test]
fn kinds_follow_from_conditions_even_negated_ones() {
    let kinds = |condition: &str| {
        let loaded = load(&rule(condition));
        Engine::compile(&loaded.rules, &EngineOptions::default()).kinds()
    };
    assert_eq!(kinds("evt.type in (open, openat)"), [EventKind::Open, EventKind::Openat].into());
    assert_eq!(kinds("evt.type = open and not evt.type = open"), [].into());
    assert_eq!(kinds("not evt.type != open"), [EventKind::Open].into());
    assert_eq!(kinds("proc.name = x or evt.type = open").len(), EventKind::COUNT);
    assert_eq!(kinds("not (evt.type = open or proc.name = x)").len(), EventKind::COUNT - 1);
    assert_eq!(kinds("evt.type startswith mkdir"), [EventKind::Mkdir, EventKind::Mkdirat].into());
    assert_eq!(kinds("evt.type = read"), [].into());
}

#[test]
fn alerts_have_falcos_form() {
    let text =
        rule("evt.type=openat").replace(": o", ": \"File %fd.name by %proc.name\"").replace("INFO", "NOTICE")
            + "  tags: [b, T1059]\n";
    let loaded = load(&text);
    let engine = Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()));
    let event = case::event(OPEN).expect("an event");
    let matched = engine.matcher().matches(&event)[0];
    let json = engine.alert(matched, &event, "box").to_falco_json();
    assert_eq!(
        json["output"],
        "12:00:00.000000000: Notice File /etc/pam.d/sshd by cat container_id=host container_name=host"
    );
    assert_eq!(json["priority"], "Notice");
    assert_eq!(json["time"], "2026-01-01T12:00:00.000000000Z");
    assert_eq!(json["output_fields"]["fd.name"], "/etc/pam.d/sshd");
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["hostname", "output", "output_fields", "priority", "rule", "source", "tags", "time"]);
    assert_eq!(engine.rule_infos(&[].into())[0].blind_kinds, ["openat"]);
    assert_eq!(engine.rule_infos(&[].into())[0].techniques.len(), 1);
}

#[test]
fn cases_report_what_is_wrong_with_them() {
    let loaded = load(BASE);
    let text = format!(
        "- {{case: a, rule: r, fires: true, event: {OPEN}}}\n- {{case: b, rule: q, fires: true, event: {{kind: open}}}}\n- {{case: c, rule: r, fires: false, event: {{kind: opne}}}}\n- {{case: d, rule: r, fires: false, event: {{kind: open, process: {{nam: x}}}}}}\n"
    );
    let (results, diagnostics) = case::run(&loaded.rules, &SourceFile::new("c.yaml", text));
    assert_eq!(results.len(), 1);
    assert!(results[0].passed());
    let places: Vec<(u32, &str)> = diagnostics.iter().map(|it| (it.line, it.message.as_str())).collect();
    assert_eq!(
        places,
        [(2, "there is no rule `q`"), (3, "`opne` is no event kind"), (4, "there is no `nam` here")]
    );
}

#[test]
fn limits_hold() {
    check_codes(
        &format!("- list: l\n  items: [{}]\n", "x,".repeat(limits::FILE_BYTES_MAX / 2)),
        &["LOAD_ERR_YAML_PARSE"],
    );
    check_codes(
        &format!("- list: l\n  items: [{}]\n", "x,".repeat(limits::LIST_ITEMS_MAX + 1)),
        &["LOAD_ERR_YAML_VALIDATE"],
    );
    let deep = |depth: usize| {
        load(&rule(&format!("{}evt.type=open{}", "(".repeat(depth), ")".repeat(depth)))).files[0].errors
    };
    assert_eq!((deep(limits::CONDITION_DEPTH_MAX - 1), deep(limits::CONDITION_DEPTH_MAX)), (0, 1));
    let pattern = format!("fd.name regex \"{}\"", "a".repeat(limits::PATTERN_BYTES_MAX + 1));
    check_error(&rule(&pattern), 3, 30, "bytes; at most");
    let mut text =
        String::from("- list: l0\n  items: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n");
    text.push_str(&format!("- list: big\n  items: [{}]\n", "l0,".repeat(40_000)));
    text.push_str(&rule("proc.name in (big)"));
    assert!(load(&text).files[0].errors >= 1);
}

#[test]
fn macros_of_macros_do_not_explode() {
    let mut text = String::from("- macro: m0\n  condition: (evt.type=open or proc.name=a)\n");
    for level in 1..60 {
        let before = level - 1;
        text.push_str(&format!(
            "- macro: m{level}\n  condition: (m{before} and m{before} or not m{before})\n"
        ));
    }
    text.push_str(&rule("m59"));
    let loaded = load(&text);
    assert!(loaded.diagnostics.iter().any(|it| it.message.contains("comparisons, macros included")));
    let mut chain = String::from("- macro: m0\n  condition: evt.type=open\n");
    (1..=limits::MACRO_DEPTH_MAX + 2)
        .rev()
        .for_each(|level| chain.push_str(&format!("- macro: m{level}\n  condition: evt.type=open\n")));
    (1..=limits::MACRO_DEPTH_MAX + 2)
        .rev()
        .for_each(|level| chain.push_str(&format!("- macro: m{level}\n  condition: m{}\n", level - 1)));
    let _ = load(&chain);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_yaml_makes_the_loader_panic(text in r#"(- rule: r\n|  desc: d\n|  condition: [a-z.= ()]{0,20}\n|  output: .{0,10}\n|- list: l\n|  items: \[a\]\n|  exceptions:\n|    - name: x\n|[\[\]{}&*:#\-\n "'a]{1,6}){0,12}"#) {
        let _ = load(&text);
    }

    // The compiled engine and a naive reading of the same expression agree.
    #[test]
    fn boolean_structure_is_kept(bits in proptest::collection::vec((0_usize..4, 0_usize..4, any::<bool>()), 1..12)) {
        let atoms = [("proc.name = cat", true), ("fd.name startswith /nope", false), ("fd.name contains pam", true), ("proc.pname = zsh", false)];
        let (mut text, mut value) = (atoms[0].0.to_owned(), atoms[0].1);
        for (atom, join, negated) in bits {
            let (condition, truth) = atoms[atom];
            let (condition, truth) = if negated { (format!("not {condition}"), !truth) } else { (condition.to_owned(), truth) };
            (text, value) = match join {
                0 => (format!("({text}) and {condition}"), value && truth),
                1 => (format!("({text}) or {condition}"), value || truth),
                2 => (format!("not ({text}) and {condition}"), !value && truth),
                _ => (format!("not (({text}) or not {condition})"), !value && truth),
            };
        }
        prop_assert_eq!(!fires_all(&rule(&text), OPEN).is_empty(), value);
    }
}
