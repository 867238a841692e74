//! Rules as communities write them, files that want to hurt, and the rules we ship.

mod content;
mod elf;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use yagura_yara::{DiagnosticSeverity, Limit, MetaValue, Ruleset, Scanner, limits};

fn elf() -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    bytes.resize(200, 0);
    bytes.extend_from_slice(b"stratum+tcp://pool.tower.lan:3333");
    bytes
}

fn names(files: &[(&str, &str)], path: &str, bytes: &[u8]) -> Vec<String> {
    let (rules, problems) = Ruleset::compile(files.iter().copied());
    let errors: Vec<_> = problems.iter().filter(|one| one.severity == DiagnosticSeverity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let matches = Scanner::new(&rules).scan(path, bytes).expect("within the limits");
    matches.into_iter().map(|one| one.rule).collect()
}

#[test]
fn modules_magic_and_variables_are_there() {
    let rules = r#"
import "elf"
import "hash"
import "math"
import "string"
rule elf_magic { condition: uint32(0) == 0x464c457f }
rule elf_module { condition: elf.type == elf.ET_EXEC and elf.machine == elf.EM_X86_64 }
rule miner : linux miner {
  meta: author = "tower" score = 70 sure = true
  strings: $pool = /stratum\+(tcp|ssl):\/\/[a-z0-9.]+:[0-9]{2,5}/
  condition: $pool }
rule entropy { condition: math.entropy(0, filesize) < 4.0 }
rule sum { condition: hash.md5(0, 4) == "4f2a5cbd9b1a9d1e2cbbf6e8a2d1f3a7" or hash.crc32(0, 4) != 0 }
rule by_name { condition: filename == "xmrig.bin" and filepath contains "/tmp/" and extension == ".bin" and filetype == "ELF" and owner == "" }
rule not_this { condition: filename == "other" }
"#;
    let found = names(&[("test.yar", rules)], "/tmp/x/xmrig.bin", &elf());
    assert_eq!(found, ["elf_magic", "elf_module", "miner", "entropy", "sum", "by_name"]);
}

#[test]
fn a_match_tells_rule_file_tags_meta_and_places() {
    let rules = r#"rule miner : linux mining { meta: author = "tower" score = 70 sure = true
  strings: $pool = "stratum" condition: $pool }"#;
    let (rules, _) = Ruleset::compile([("folder/miner.yar", rules)]);
    let found = Scanner::new(&rules).scan("a", &elf()).expect("within the limits");
    assert_eq!(found[0].namespace, "folder/miner.yar");
    assert_eq!(found[0].tags, ["linux", "mining"]);
    let meta = &found[0].meta;
    assert_eq!(meta[0], ("author".to_owned(), MetaValue::Text("tower".to_owned())));
    assert_eq!((&meta[1].1, &meta[2].1), (&MetaValue::Integer(70), &MetaValue::Boolean(true)));
    let place = &found[0].strings[0];
    assert_eq!((place.name.as_str(), place.offset, place.length), ("$pool", 200, 7));
}

#[test]
fn a_bad_rule_or_file_hides_no_other() {
    let files = [
        (
            "broken.yar",
            "rule first { condition: true }\nrule bad {\n  condition: $nothing\n}\nrule last { condition: true }",
        ),
        ("no-yara.yar", "this is no rule {{{{"),
        ("module.yar", "import \"nothing\"\nrule m { condition: nothing.x }"),
        ("good.yar", "rule first { condition: filesize > 0 }"),
    ];
    let (rules, problems) = Ruleset::compile(files);
    assert_eq!(rules.len(), 3, "{problems:?}");
    let unknown = problems.iter().find(|one| one.file == "broken.yar").expect("it is told");
    assert_eq!((unknown.line, unknown.column, unknown.code.as_str()), (3, 14, "E025"), "{unknown}");
    assert!(problems.iter().any(|one| one.file == "no-yara.yar" && one.line == 1));
    assert!(problems.iter().any(|one| one.file == "module.yar" && one.line == 1));
    let of_good: Vec<_> = problems.iter().filter(|one| one.file == "good.yar").collect();
    assert!(of_good.is_empty(), "{of_good:?}");
}

#[test]
fn a_condition_that_is_always_true_is_warned_of_and_works() {
    let (rules, problems) = Ruleset::compile([("always.yar", "rule always { condition: true }")]);
    assert_eq!(rules.len(), 1);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].severity, DiagnosticSeverity::Warning);
    assert_eq!((problems[0].code.as_str(), problems[0].line), ("invariant_expr", 1));
}

#[test]
fn a_global_rule_rules_its_own_file_only() {
    let files = [
        ("a.yar", "global rule never { condition: false }\nrule a { condition: true }"),
        ("b.yar", "rule b { condition: true }"),
    ];
    assert_eq!(names(&files, "x", b"x"), ["b"]);
}

#[test]
fn include_reaches_given_files_only() {
    let given = [("index.yar", "include \"./rules/b.yar\"\n"), ("rules/b.yar", "rule b { condition: true }")];
    assert_eq!(names(&given, "x", b"x"), ["b"]);
    for outside in ["/etc/passwd", "../../secret.yar", "missing.yar"] {
        let text = format!("rule a {{ condition: true }}\ninclude \"{outside}\"\n");
        let (rules, problems) = Ruleset::compile([("a.yar", text.as_str())]);
        assert_eq!(rules.len(), 1);
        assert!(problems.iter().any(|one| one.line == 2 && one.message.contains("include")), "{problems:?}");
    }
}

#[test]
fn ten_thousand_rules_compile_and_find() {
    let text: String = (0..10_000)
        .map(|number| format!("rule r{number} {{ strings: $a = \"marker-{number:05}-\" condition: $a }}\n"))
        .collect();
    let (rules, problems) = Ruleset::compile([("many.yar", text.as_str())]);
    assert_eq!((rules.len(), problems.len()), (10_000, 0));
    let found = Scanner::new(&rules).scan("x", b"here is marker-07777- alone").expect("within the limits");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "r7777");
}

#[test]
fn hostile_rules_are_refused_with_their_place() {
    let deep = format!("rule a {{\n condition: {}true{} }}", "(".repeat(50_000), ")".repeat(50_000));
    let nots = format!("rule a {{\n condition: {} true }}", " not ".repeat(200_000));
    let minus = format!("rule a {{\n condition: {}1 == 1 }}", "-".repeat(100_000));
    let groups =
        format!("rule a {{\n strings: $a = /{}x{}/ condition: $a }}", "(".repeat(3_000), ")".repeat(3_000));
    let huge = format!("rule a {{\n strings: $a = /{}/ condition: $a }}", "a|".repeat(20_000));
    let large = vec![b'x'; limits::RULE_FILE_BYTES_MAX + 1];
    for (what, text) in [
        ("deep", deep.as_bytes()),
        ("nots", nots.as_bytes()),
        ("minus", minus.as_bytes()),
        ("groups", groups.as_bytes()),
        ("huge", huge.as_bytes()),
        ("large", &large),
    ] {
        let files = [("hostile.yar", text), ("good.yar", &b"rule good { condition: true }"[..])];
        let (rules, problems) = Ruleset::compile(files);
        assert_eq!(rules.len(), 1, "{what}");
        assert!(problems.iter().any(|one| one.file == "hostile.yar"), "{what}: {problems:?}");
    }
}

#[test]
fn expressions_that_multiply_neither_hang_nor_eat_memory() {
    for expression in [
        "((a{1,1000}){1,1000}){1,1000}",
        "(((((((a{0,100}){0,100}){0,100}){0,100}){0,100}){0,100}){0,100})x",
        "(a+)+(b+)+(c+)+(d+)+!",
        "(a|aa|aaa|aaaa)*(b|bb|bbb)*c{500,1000}",
    ] {
        let text = format!(
            "rule a {{ strings: $a = /{expression}/ condition: $a }}\nrule good {{ condition: true }}"
        );
        let begin = Instant::now();
        let (rules, _) = Ruleset::compile([("bomb.yar", text.as_str())]);
        let mut scanner = Scanner::within(&rules, 1 << 20, Duration::from_secs(2));
        let bytes = vec![b'a'; 200_000];
        let result = scanner.scan("x", &bytes);
        assert!(matches!(result, Ok(_) | Err(Limit::Time(_))), "{expression}: {result:?}");
        assert!(begin.elapsed() < Duration::from_secs(60), "{expression}: {:?}", begin.elapsed());
    }
}

#[test]
fn size_time_and_matches_have_ceilings() {
    let (rules, _) = Ruleset::compile([("a.yar", "rule a { strings: $a = \"a\" condition: #a > 0 }")]);
    let mut scanner = Scanner::within(&rules, 100_000, Duration::from_secs(5));
    let size = scanner.scan("x", &vec![b'a'; 100_001]);
    assert_eq!(size, Err(Limit::Size { size: 100_001, most: 100_000 }));
    let found = scanner.scan("x", &vec![b'a'; 100_000]).expect("within the limits");
    assert_eq!(found[0].strings.len(), limits::STRINGS_MAX);

    let slow =
        "rule slow { condition: for all i in (0..100000000) : (for all j in (0..1000) : (i + j >= 0)) }";
    let (rules, _) = Ruleset::compile([("slow.yar", slow)]);
    let mut scanner = Scanner::within(&rules, 100, Duration::from_secs(1));
    let begin = Instant::now();
    assert_eq!(scanner.scan("x", b"x"), Err(Limit::Time(Duration::from_secs(1))));
    assert!(begin.elapsed() < Duration::from_secs(30));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_compiles_or_is_told(text in "(rule|private|[a-z{}:$=\"/()*,. \\n\\\\0-9]|strings:|condition:|import \"pe\"|true|not ){0,60}") {
        let good = "rule good { condition: true }";
        let (rules, _) = Ruleset::compile([("any.yar", text.as_str()), ("good.yar", good)]);
        prop_assert!(!rules.is_empty());
    }

    #[test]
    fn any_bytes_are_scanned(head in prop::sample::select(vec![&b"\x7fELF\x02\x01\x01"[..], b"MZ\x90\0", b"PK\x03\x04", b"\xca\xfe\xba\xbe", b""]), tail in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let text = "import \"pe\" import \"elf\" import \"macho\" import \"dotnet\" import \"lnk\" import \"dex\"
rule a { condition: pe.is_pe or elf.number_of_sections > 0 or macho.nfat_arch > 0 or dotnet.is_dotnet or lnk.is_lnk or dex.is_dex }";
        let (rules, problems) = Ruleset::compile([("a.yar", text)]);
        prop_assert!(problems.iter().all(|one| one.severity != DiagnosticSeverity::Error), "{:?}", problems);
        let bytes = [head, &tail].concat();
        prop_assert!(Scanner::new(&rules).scan("x", &bytes).is_ok());
    }
}
