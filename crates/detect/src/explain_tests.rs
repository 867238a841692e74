use super::*;
use crate::{EngineOptions, SourceFile, case, falco};

fn engine(rules: &str) -> Arc<Engine> {
    let loaded = falco::load(&[SourceFile::new("r.yaml", rules)], &falco::LoadOptions::default());
    assert_eq!(loaded.rules.rules().len(), 1, "{:?}", loaded.diagnostics);
    Arc::new(Engine::compile(&loaded.rules, &EngineOptions::default()))
}

fn explain(condition: &str, event: &str) -> Explanation {
    let rules = format!(
        "- list: shells\n  items: [sh, bash]\n\
         - macro: shell\n  condition: (proc.name in (shells))\n\
         - macro: opened\n  condition: (evt.type in (open, openat) and shell)\n\
         - macro: alias\n  condition: shell\n\
         - rule: r\n  desc: d\n  condition: >\n    {condition}\n  output: o\n  priority: INFO\n"
    );
    let engine = engine(&rules);
    let event = case::event(event).expect(event);
    Explainer::new(&engine).explain(RuleIndex(0), &event)
}

// One line: `+` holds, `-` does not; a macro's name before a colon, values in braces, the fitting item behind `~`.
fn line(part: &Explanation) -> String {
    let sign = if part.holds { '+' } else { '-' };
    let name = part.name.as_ref().map(|name| format!("{name}:")).unwrap_or_default();
    let parts: Vec<String> = part.parts.iter().map(line).collect();
    let left_out =
        if part.parts_left_out > 0 { format!(" ({} more)", part.parts_left_out) } else { String::new() };
    let what = match part.kind {
        ExplanationKind::All => format!("all[{}]", parts.join("; ")),
        ExplanationKind::Any => format!("any[{}]", parts.join("; ")),
        ExplanationKind::Not => format!("not[{}]", parts.join("; ")),
        ExplanationKind::Constant => "constant".to_owned(),
        ExplanationKind::Test => {
            let matched = part.matched.as_ref().map(|item| format!(" ~{item}")).unwrap_or_default();
            format!("{} {} {{{}}}{matched}", part.term, part.test, part.values.join("|"))
        }
    };
    format!("{sign}{name}{what}{left_out}")
}

const EVENT: &str = "{kind: openat, number: 7, process: {name: bash, args: ['-c', b], parent: {name: nginx, parent: {name: systemd}}}, \
                     fd: {name: /etc/shadow, number: 3}, args: {fd: 3, flags: O_RDWR|O_CREAT}}";

#[test]
fn a_match_is_explained_by_what_decided() {
    for (condition, expected) in [
        ("proc.name = bash", "+proc.name = bash {bash}"),
        ("shell", "+shell:proc.name in (bash, sh) {bash} ~bash"),
        ("alias", "+alias:all[+shell:proc.name in (bash, sh) {bash} ~bash]"),
        (
            "opened and fd.name startswith /etc",
            "+all[+opened:all[+evt.type in (open, openat) {openat} ~openat; +shell:proc.name in (bash, sh) {bash} ~bash]; \
             +fd.name startswith /etc {/etc/shadow}]",
        ),
        ("proc.name = zsh or fd.num >= 3", "+any[+fd.num >= 3 {3}]"),
        ("not proc.name = zsh", "+not[-proc.name = zsh {bash}]"),
        ("not (proc.name = zsh and fd.num = 3)", "+not[-all[-proc.name = zsh {bash}]]"),
        ("not (proc.name = zsh or fd.num = 9)", "+not[-any[-proc.name = zsh {bash}; -fd.num = 9 {3}]]"),
        ("proc.name != zsh", "+proc.name != zsh {bash}"),
        ("proc.aname in (nginx, httpd)", "+proc.aname in (httpd, nginx) {nginx|systemd} ~nginx"),
        ("evt.is_open_write = true", "+evt.is_open_write = true {true}"),
        ("toupper(proc.name) = BASH", "+toupper(proc.name) = BASH {BASH}"),
        ("fd.name regex '/etc/.*'", "+fd.name regex /etc/.* {/etc/shadow}"),
        ("fd.name pmatch (/var, /etc)", "+fd.name pmatch (/etc, /var) {/etc/shadow} ~/etc"),
        ("fd.name contains anyof (passwd, shadow)", "+any[+fd.name contains shadow {/etc/shadow}]"),
        ("proc.args contains ' '", "+proc.args contains \" \" {-c b}"),
        (
            "proc.name = bash and not container.image.repository exists",
            "+all[+proc.name = bash {bash}; +not[-container.image.repository exists {}]]",
        ),
        ("proc.pname = val(proc.aname[1])", "+proc.pname = val(proc.aname[1]) {nginx}"),
    ] {
        assert_eq!(line(&explain(condition, EVENT)), expected, "{condition}");
    }
}

#[test]
fn what_there_is_no_room_for_is_counted() {
    let many = (0..1_000).map(|n| format!("proc.name = p{n}")).collect::<Vec<_>>().join(" or ");
    let explained = explain(&format!("not ({many})"), EVENT);
    let any = &explained.parts[0];
    assert_eq!(
        (any.parts.len(), any.parts_left_out),
        (EXPLAINED_PARTS_MAX, 1_000 - EXPLAINED_PARTS_MAX as u32)
    );

    let items = (0..50).map(|n| format!("p{n}")).collect::<Vec<_>>().join(", ");
    let explained = explain(&format!("proc.name in ({items}, bash)"), EVENT);
    assert!(explained.test.ends_with(", … +43)"), "{}", explained.test);
    assert_eq!(explained.matched.as_deref(), Some("bash"));

    let deep = format!("{}proc.name = bash{}", "not (fd.num = 3 and ".repeat(60), ")".repeat(60));
    let explained = explain(&deep, EVENT);
    let json = serde_json::to_string(&explained).expect("an explanation is JSON");
    serde_json::from_str::<Explanation>(&json).expect("not nested too deeply to be read again");
    assert!(line(&explained).contains("more)"));

    let long =
        explain("proc.name exists", &format!("{{kind: execve, process: {{name: {}}}}}", "é".repeat(500)));
    assert_eq!(long.values[0].chars().count(), EXPLAINED_TEXT_CHARS_MAX + 1);
}
