//! Files and rules that want to hurt.

use std::{fs, path::Path};

use proptest::prelude::*;
use yagura_secrets::{Rules, Scanner, Want, limits};

fn rules() -> Rules {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/secrets");
    let files = fs::read_dir(folder).expect("content/secrets is there").flatten().map(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read_to_string(entry.path()).expect("a file of rules is text"))
    });
    Rules::builtin(files)
}

// Pieces that make rules look twice.
const PIECES: &[&str] = &[
    "-----BEGIN ",
    "RSA PRIVATE KEY-----",
    "-----END ",
    "password",
    "=",
    ": ",
    "\"",
    "'",
    "eyJ",
    ".",
    "token",
    "api_key",
    "https://",
    "user:",
    "@",
    "\\n",
    "\n",
    "<",
    ">",
    "{",
    "}",
    "AKIA",
    "ghp_",
    "kind: Secret\n",
    "data:\n  ",
    "sig=",
    "?",
    "\u{feff}",
    "é",
    "value",
    "name: ",
    "AAAAAAAAAAAAAAAAAAAAAAAAAA",
    "zX9",
    "q8w3k1zx0v5ydm2h",
    "0",
    "%2B",
    "\t",
    ",",
];

#[test]
fn repeated_keywords_cost_no_more_than_their_length() {
    let rules = rules();
    let scanner = Scanner::new(&rules);
    for piece in [
        "password=",
        "-----BEGIN RSA PRIVATE KEY-----\n",
        "eyJ",
        "https://a:",
        "token",
        "kind: Secret\n",
        "AKIA",
        "\"private_key\": \"-----BEGIN PRIVATE KEY-----",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        assert!(scanner.scan("a.conf", text.as_bytes()).len() <= limits::SECRETS_PER_FILE_MAX);
    }
}

#[test]
fn secrets_of_a_file_are_counted_to_a_ceiling() {
    let rules = rules();
    let text: String = (0..3_000_u64)
        .map(|number| {
            format!(
                "key{number} = '{}{:017x}{:017x}'\n",
                "do\u{70}_v1_",
                number * 0x9e37_79b9_7f4a,
                number * 77_777_777_777_777
            )
        })
        .map(|line| line.replace("_v1_", "_v1_5f3a9c1d4b87e60259ad1c0b7e44f1"))
        .collect();
    let found = Scanner::new(&rules).scan("a.conf", text.as_bytes());
    assert_eq!(found.len(), limits::SECRETS_PER_FILE_MAX);
}

#[test]
fn a_file_past_the_size_limit_is_not_wanted() {
    let rules = rules();
    let scanner = Scanner::new(&rules);
    assert_eq!(scanner.want("a.txt", limits::FILE_BYTES_MAX), Want::Whole);
    assert_eq!(scanner.want("a.txt", limits::FILE_BYTES_MAX + 1), Want::No);
    assert_eq!(scanner.want("a.txt", 0), Want::No);
    assert_eq!(scanner.want("a.png", 100), Want::No);
    assert_eq!(scanner.want("conf/a.p12", 100), Want::Whole);
    assert_eq!(scanner.want("home/.ssh/id_rsa", limits::FILE_BYTES_MAX + 1), Want::Path);
}

#[test]
fn bad_rules_are_told_and_the_good_ones_used() {
    let bomb =
        format!("id: bomb\nkeywords: [a]\nregex: '{}a{{1000}}{}'\n", "(".repeat(20), "){1000}".repeat(20));
    let deep = format!("id: deep\nkeywords: {}a{}\n", "[".repeat(100), "]".repeat(100));
    let cases = [
        ("bomb", bomb.as_str()),
        ("deep", deep.as_str()),
        ("no id", "keywords: [a]\nregex: a\n"),
        ("no keywords", "id: a\nregex: a\n"),
        ("bad group", "id: a\nkeywords: [a]\nregex: (a)\ngroup: 4\n"),
        ("bad validator", "id: a\nkeywords: [a]\nregex: (a)\nvalidator: crystal-ball\n"),
        ("bad severity", "id: a\nkeywords: [a]\nregex: (a)\nseverity: dreadful\n"),
        ("not a mapping", "just a text"),
        ("no yaml", "a: [b\nc: }"),
        ("aliases", "a: &a [x]\nb: *a\n"),
    ];
    for (what, text) in cases {
        let good = "id: good\nkeywords: [good-]\nregex: 'good-[0-9]{4}'\n";
        let (rules, problems) = Rules::load([("bad.yaml", text), ("good.yaml", good)]);
        assert!(rules.get("good").is_some(), "{what}");
        assert!(problems.iter().any(|one| one.file == "bad.yaml" && one.line >= 1), "{what}");
    }
    let (_, problems) = Rules::load([("typo.yaml", "id: a\nkeywords: [a]\nregexp: (a)\nregex: (a)\n")]);
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `regex`?"));
}

#[test]
fn no_part_of_a_secret_leaves_beyond_its_ends() {
    let rules = rules();
    let secret = "v7Kk2Pq9zXw3mTb5";
    let text = format!("db_password = \"{secret}\"\nurl = postgres://tower:{secret}@db.tower.lan/app\n");
    let found = Scanner::new(&rules).scan("app/settings.py", text.as_bytes());
    assert_eq!(found.len(), 2);
    let shown = format!("{found:?}");
    for start in 1..secret.len() - 3 {
        assert!(!shown.contains(&secret[start..start + 4]), "{shown}");
    }
    // Same secret, other rule: another fingerprint; a second run: the same.
    assert_ne!(found[0].fingerprint, found[1].fingerprint);
    assert_eq!(found, Scanner::new(&rules).scan("app/settings.py", text.as_bytes()));
}

#[test]
fn utf16_files_are_read_and_places_count_characters() {
    let rules = rules();
    let text = "Ünlaut\nörtlich = 1; db_password = \"v7Kk2Pq9zXw3mTb5\"\n";
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes(), &wide] {
        let found = Scanner::new(&rules).scan("settings.ini", bytes);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].column), (2, 29));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_file_is_scanned_and_places_are_inside(pieces in proptest::collection::vec(prop::sample::select(PIECES), 0..80), path in "(src/|tests/|)(a\\.rs|\\.env|config|x\\.tfstate|\\.npmrc|id_rsa|b\\.yaml)") {
        let rules = RULES.with(std::rc::Rc::clone);
        let text = pieces.concat();
        let lines = text.lines().count() as u32 + 1;
        for secret in Scanner::new(&rules).at(0).scan(&path, text.as_bytes()) {
            prop_assert!(secret.line <= lines && secret.end_line <= lines);
        }
    }

    #[test]
    fn any_bytes_are_scanned(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let rules = RULES.with(std::rc::Rc::clone);
        let _ = Scanner::new(&rules).scan("a", &bytes);
    }

    #[test]
    fn any_rules_are_read(text in "(id: a\n|keywords: \\[a\\]\n|regex: |[(\\[{}\\])a-z0-9'\":,*&!|>\\-\n ]|window: 9\n|\\[\\[rules\\]\\]\n|id = \"x\"\n|regex = '''a'''\n){0,40}") {
        for name in ["a.yaml", "a.toml"] {
            let (rules, _) = Rules::load([(name, text.as_str())]);
            let _ = Scanner::new(&rules).scan("a", b"some text with a and b");
        }
    }
}

thread_local! {
    static RULES: std::rc::Rc<Rules> = std::rc::Rc::new(rules());
}
