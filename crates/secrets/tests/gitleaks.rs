//! Other people's gitleaks configurations run as they are.

use yagura_secrets::{DiagnosticSeverity, Rules, Scanner};

const CONFIG: &str = r#"
title = "ours"

[extend]
useDefault = true
disabledRules = ["generic-api-key"]

[allowlist]
description = "global"
paths = ['''(^|/)vendor/''']
regexes = ['''^tow_0000''']
stopwords = ["sandbox"]

[[allowlists]]
targetRules = ["tower-token"]
regexTarget = "line"
regexes = ['''nonsense line''']

[[rules]]
id = "tower-token"
description = "Tower token"
regex = '''(?i)tower[\w.-]{0,20}['"]?\s*[:=]\s*['"]?(tow_[a-z0-9]{12})(?:['"\s;]|$)'''
keywords = ["tow_"]
entropy = 2.5

[[rules]]
id = "second-group"
regex = '''(user)=(\w+)'''
secretGroup = 2
keywords = ["user="]
[[rules.allowlists]]
condition = "AND"
paths = ['''\.md$''']
regexes = ['''^demo''']

[[rules]]
id = "old-form"
regex = '''legacy-[0-9]{6}'''
keywords = ["legacy-"]
[rules.allowlist]
regexes = ['''123456''']

[[rules]]
id = "no-keywords"
regex = '''\bQ{3}[a-f0-9]{8}\b'''

[[rules]]
id = "only-path"
path = '''(?:^|/)secret\.key$'''

[[rules]]
id = "generic-of-ours"
regex = '''pin=([a-z0-9]{6})'''
keywords = ["pin="]

[[rules]]
id = "pair"
regex = '''left-(\d{4})'''
keywords = ["left-"]
[[rules.required]]
id = "other-half"
withinLines = 2

[[rules]]
id = "other-half"
regex = '''right-(\d{4})'''
keywords = ["right-"]
skipReport = true

[[rules]]
id = "go-braces"
regex = '''\${([A-Z]{3})}x[[a-z]+'''
keywords = ["${"]
"#;

fn found(path: &str, text: &str) -> Vec<String> {
    let (rules, problems) = Rules::load([("gitleaks.toml", CONFIG)]);
    let bad: Vec<_> = problems.iter().filter(|one| one.severity > DiagnosticSeverity::Note).collect();
    assert!(bad.is_empty(), "{bad:?}");
    Scanner::new(&rules).scan(path, text.as_bytes()).into_iter().map(|secret| secret.rule).collect()
}

#[test]
fn a_configuration_means_what_it_means_to_gitleaks() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("a.py", "tower_key = 'tow_8f3k1zq0v5yd'\n", &["tower-token"]),
        ("a.py", "TOWER_KEY = 'TOW_8F3K1ZQ0V5YD'\n", &["tower-token"]),
        ("a.py", "tower_key = 'tow_aaaaaaaaaaaa'\n", &[]),
        ("a.py", "tower_key = 'tow_00008k1zq0v5'\n", &[]),
        ("a.py", "tower_key = 'tow_sandboxq0v5y'\n", &[]),
        ("a.py", "tower_key = 'tow_8f3k1zq0v5yd' # gitleaks:allow\n", &[]),
        ("a.py", "tower_key = 'tow_8f3k1zq0v5yd' # yagura:allow\n", &[]),
        ("a.py", "tower_key = 'tow_8f3k1zq0v5yd' # nonsense line\n", &[]),
        ("x/vendor/a.py", "tower_key = 'tow_8f3k1zq0v5yd'\n", &[]),
        ("a.md", "user=demo1", &[]),
        ("a.py", "user=demo1", &["second-group"]),
        ("a.md", "user=anna1", &["second-group"]),
        ("a", "legacy-123456 legacy-654321", &["old-form"]),
        ("a", "x QQQ0a1b2c3d y", &["no-keywords"]),
        ("x/secret.key", "nothing", &["only-path"]),
        ("a", "pin=abcdef pin=abc123", &["generic-of-ours"]),
        ("a", "left-1234\n\nright-4321\n", &["pair"]),
        ("a", "left-1234\n\n\n\nright-4321\n", &[]),
        ("a", "right-4321\n", &[]),
        ("a", "${ABC}x[a", &["go-braces"]),
    ];
    for (path, text, rules) in cases {
        assert_eq!(found(path, text), *rules, "{path}: {text}");
    }
}

#[test]
fn the_named_group_is_the_secret() {
    let (rules, _) = Rules::load([("gitleaks.toml", CONFIG)]);
    let secret = &Scanner::new(&rules).scan("a.py", b"\n  user=anna1")[0];
    assert_eq!((secret.line, secret.column, secret.redacted.as_str()), (2, 8, "… (5 characters)"));
}

#[test]
fn default_rules_are_asked_for_and_some_left_out() {
    let (rules, _) = Rules::load([("gitleaks.toml", CONFIG)]);
    assert!(rules.wants_default());
    let builtin = "id: generic-api-key\nkeywords: [key]\nregex: 'key-[0-9]{9}'\n---\nid: kept\nkeywords: [kept]\nregex: 'kept-[0-9]{3}'\n";
    let joined = rules.join(Rules::builtin([("builtin.yaml", builtin)]));
    assert!(joined.get("generic-api-key").is_none());
    assert!(joined.get("kept").is_some());
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_the_rest_is_used() {
    let config = "[[rules]]\nid = \"bad\"\nregex = '''(unclosed'''\n\n[[rules]]\nid = \"typed\"\nregex = 5\n\n[[rules]]\nid = \"good\"\nregex = '''good-\\d+'''\nkeywords = [\"good-\"]\n";
    let (rules, problems) = Rules::load([("mine.toml", config)]);
    assert_eq!(rules.len(), 1);
    let told: Vec<_> =
        problems.iter().map(|one| (one.rule.as_deref().unwrap_or_default(), one.line)).collect();
    assert_eq!(told, [("bad", 2), ("typed", 6)]);
    let (rules, problems) = Rules::load([("mine.toml", "[[rules]\nid=")]);
    assert!(rules.is_empty());
    assert_eq!(problems[0].line, 1);
}
