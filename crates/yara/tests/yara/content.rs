//! The rules we ship: each compiles without a word, fires on its cases, and leaves the others alone.

use std::{collections::BTreeMap, fs, path::Path, sync::OnceLock};

use serde::Deserialize;
use yagura_yara::{MetaValue, Ruleset, Scanner, YaraMatch};

use crate::elf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    fires: bool,
    #[serde(default)]
    why: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    hex: String,
    #[serde(default)]
    xor: u8,
    #[serde(default)]
    elf: String,
    #[serde(default)]
    exports: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    size: usize,
}

impl Case {
    fn bytes(&self) -> Vec<u8> {
        let digits: Vec<char> = self.hex.chars().filter(|digit| !digit.is_whitespace()).collect();
        let byte = |pair: &[char]| {
            u8::from_str_radix(&pair.iter().collect::<String>(), 16).expect("hexadecimal digits")
        };
        let mut bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
        bytes.extend(self.text.replace("<>", "").bytes().map(|byte| byte ^ self.xor));
        if !self.elf.is_empty() {
            bytes = elf::file(&self.elf, &self.exports, &self.imports, &bytes);
        }
        bytes.resize(bytes.len().max(self.size), 0);
        bytes
    }
}

fn files(end: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/yara");
    let paths =
        fs::read_dir(&folder).expect("content/yara is there").map(|entry| entry.expect("a file").path());
    let named = |path: std::path::PathBuf| {
        let name = path.file_name()?.to_str()?.strip_suffix(end)?.to_owned();
        Some((name, fs::read_to_string(&path).expect("it is text")))
    };
    paths.filter_map(named).collect()
}

fn rules() -> &'static Ruleset {
    static RULES: OnceLock<Ruleset> = OnceLock::new();
    RULES.get_or_init(|| {
        let files = files(".yar").into_iter().map(|(name, text)| (format!("{name}.yar"), text));
        let (rules, problems) = Ruleset::compile(files);
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        rules
    })
}

fn found(path: &str, bytes: &[u8]) -> Vec<YaraMatch> {
    Scanner::new(rules()).scan(path, bytes).expect("within the limits")
}

#[test]
fn a_file_holds_one_rule_with_its_name_and_says_what_it_is() {
    let files = files(".yar");
    assert_eq!(rules().len(), files.len());
    for (name, text) in &files {
        assert!(
            text.contains(&format!("\nrule {name} :")) || text.starts_with(&format!("rule {name} :")),
            "{name}"
        );
        for key in ["description = \"", "severity = \"", "technique = \"T"] {
            assert!(text.contains(key) || name == "eicar_test_file", "{name}: {key}");
        }
    }
}

#[test]
fn every_case_holds_among_all_rules() {
    let cases = files(".cases.toml");
    let mut wrong = Vec::new();
    for name in files(".yar").keys() {
        let text = cases.get(name).unwrap_or_else(|| panic!("{name} has no cases"));
        let Cases { case } = toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(case.iter().any(|case| case.fires), "{name}: no case fires");
        assert!(
            case.iter().any(|case| !case.fires && !case.why.is_empty()),
            "{name}: no case that must not, with why"
        );
        for (number, case) in (1..).zip(&case) {
            let found = found(&case.path, &case.bytes());
            let fired: Vec<&str> = found.iter().map(|one| one.rule.as_str()).collect();
            if case.fires && !fired.contains(&name.as_str()) || !case.fires && !fired.is_empty() {
                wrong.push(format!("{name}, case {number}: {fired:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_severity_is_one_of_four_words() {
    let cases = files(".cases.toml");
    for (name, text) in cases {
        let Cases { case } = toml::from_str(&text).expect("read by another test");
        let case = case.iter().find(|case| case.fires).expect("checked by another test");
        for one in found(&case.path, &case.bytes()) {
            let severity = one.meta.iter().find(|(key, _)| key == "severity").map(|(_, value)| value);
            let known = ["low", "medium", "high", "critical"];
            assert!(
                matches!(severity, Some(MetaValue::Text(word)) if known.contains(&word.as_str())),
                "{name}: {severity:?}"
            );
        }
    }
}

// Not every scanner knows ours: what is committed must hold nothing that it could take for the real thing.
#[test]
fn no_file_of_the_folder_fits_a_rule() {
    let mut wrong = Vec::new();
    for end in [".yar", ".cases.toml", ".md"] {
        for (name, text) in files(end) {
            let found = found(&format!("content/yara/{name}{end}"), text.as_bytes());
            wrong.extend(found.iter().map(|one| format!("{name}{end}: {}", one.rule)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
