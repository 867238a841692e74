//! Rule files changed at random: whatever comes out loads or is refused, and what loads judges events.
//!
//! A poor man's fuzzer for a stable compiler. `YAGURA_MUTATIONS` says how many files to make, `YAGURA_SEED` from where;
//! `fuzz/` has the targets for a better one.

use std::sync::Arc;

use yagura_detect::{Engine, EngineOptions, RuleMatching, SourceFile, case, falco};

const MUTATIONS: u64 = 150;
const SEEDS: [&str; 3] = [
    include_str!("../../testdata/falco/loader.txt"),
    include_str!("../../testdata/falco/conditions.txt"),
    include_str!("../../testdata/falco/syntax.txt"),
];
const WORDS: [&str; 58] = [
    "- ",
    ": ",
    "\n",
    "\n  ",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "'",
    "\\",
    "%",
    "%%",
    ",",
    "=",
    "!=",
    "<=",
    " and ",
    " or ",
    "not ",
    "not(",
    " in (",
    " exists",
    " glob ",
    " regex ",
    " pmatch (",
    " contains ",
    " oneof (",
    "val(",
    "toupper(",
    "join(\",\", (",
    "getopt(",
    "b64(",
    "proc.name",
    "proc.aname[2]",
    "fd.net",
    "evt.type",
    "evt.buffer",
    "evt.arg.flags",
    "container.mount.dest[/*]",
    "rule",
    "macro",
    "list",
    "items",
    "condition",
    "override",
    "append",
    "exceptions",
    "values",
    "fields",
    "&a ",
    "*a",
    "|\n",
    "\u{feff}",
    "\t",
    "櫓",
];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

// A piece of a seed that begins and ends at a line.
fn piece<'s>(random: &mut Random, seed: &'s str) -> &'s str {
    let lines: Vec<usize> = seed.match_indices('\n').map(|(at, _)| at + 1).collect();
    let from = random.below(lines.len());
    let to = (from + 1 + random.below(25)).min(lines.len() - 1);
    &seed[lines[from.min(to)]..lines[to]]
}

fn conditions_as_rules(text: &str) -> String {
    let rule = |(index, line): (usize, &str)| {
        let condition = line.get(2..).unwrap_or_default().replace(" :: ", " or ");
        format!(
            "- rule: r{index}\n  desc: d\n  condition: >\n    {condition}\n  output: \"{condition}\"\n  priority: INFO\n"
        )
    };
    text.lines().enumerate().map(rule).collect()
}

fn mutate(random: &mut Random) -> String {
    let mut text = match random.below(3) {
        0 => piece(random, SEEDS[0]).to_owned(),
        kind => conditions_as_rules(piece(random, SEEDS[kind])),
    };
    for _ in 0..random.below(8) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places.get(random.below(places.len())).copied().unwrap_or(0);
        let end = places.iter().copied().find(|place| *place > at + random.below(12)).unwrap_or(text.len());
        match random.below(4) {
            0 => text.replace_range(at..end, ""),
            1 => text.insert_str(at, random.pick(&WORDS)),
            2 => text.replace_range(at..end, random.pick(&WORDS)),
            _ => text.insert_str(at, &text[at..end].repeat(1 + random.below(4))),
        }
    }
    text
}

#[test]
fn mutated_files_are_taken_or_refused() {
    let number =
        |name: &str, default| std::env::var(name).ok().and_then(|it| it.parse().ok()).unwrap_or(default);
    let seed: u64 = number("YAGURA_SEED", 1);
    let events = [
        "{kind: openat, process: {name: a, args: [-n, x], parent: {name: b}}, fd: {name: /etc/x}, args: {flags: O_RDWR}}",
        "{kind: connect, process: {name: a}, fd: {name: a, socket: {local: '10.0.0.1:1', remote: '[::1]:2'}}}",
        "{kind: recvfrom, process: {name: a, container: {id: abc}}, data: 'hex:cafe'}",
    ]
    .map(|text| case::event(text).expect("an event"));
    let options = EngineOptions { rule_matching: RuleMatching::All, ..EngineOptions::default() };
    for round in 0..number("YAGURA_MUTATIONS", MUTATIONS) {
        let text = mutate(&mut Random(seed.wrapping_add(round).wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let judged = std::panic::catch_unwind(|| {
            let loaded =
                falco::load(&[SourceFile::new("m.yaml", text.clone())], &falco::LoadOptions::default());
            for diagnostic in &loaded.diagnostics {
                assert!(diagnostic.line >= 1 && diagnostic.column >= 1, "{diagnostic:?}");
                diagnostic.render(&text);
            }
            let engine = Arc::new(Engine::compile(&loaded.rules, &options));
            let mut matcher = engine.matcher();
            for event in &events {
                let once = matcher.matches(event).to_vec();
                assert_eq!(matcher.matches(event), once);
                once.iter().for_each(|index| drop(engine.alert(*index, event, "here").to_falco_json()));
            }
        });
        assert!(judged.is_ok(), "YAGURA_SEED={} YAGURA_MUTATIONS=1:\n{text}", seed + round);
    }
}
