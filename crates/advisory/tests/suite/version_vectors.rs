//! Version-order vectors: our own of `testdata/versions`, and 35,989 of others where the corpora are.

use std::{cmp::Ordering, collections::BTreeSet, fs, path::Path};

use yagura_advisory::version::{Scheme, compare};

use crate::corpora;

/// Vectors that contradict the ecosystem's specification: file, line, what the specification says.
const KNOWN_WRONG: &[(&str, usize, &str)] = &[
    // Composer normalises every version to four numbers and a stability in one spelling before it compares.
    ("packagist-versions.txt", 38, "Composer: 1.0 and 1.0.0 both normalise to 1.0.0.0"),
    ("packagist-versions-generated.txt", 2567, "Composer: stabilities are read in either case; ALPHA < BETA"),
    ("packagist-versions-generated.txt", 2568, "Composer: stabilities are read in either case; ALPHA < BETA"),
    (
        "packagist-versions-generated.txt",
        2657,
        "Composer: -stable falls away; a release is later than its beta",
    ),
    ("packagist-versions-generated.txt", 4123, "Composer: 6.5 is 6.5.0.0, later than 6.5.0.0-beta"),
    ("packagist-versions-generated.txt", 4126, "Composer: 6.6 is 6.6.0.0, later than 6.6.0.0-beta"),
    // Maven 3.9 (MNG-7644): `.X1` is read as `-X1` for any qualifier X.
    ("maven-versions-generated.txt", 1391, "Maven 3.9: 1.0.0.RC8-beta is 1-rc8-beta, before 1-rc16"),
    ("maven-versions-generated.txt", 4975, "Maven 3.9: 6.1.12.rc5 is 6.1.12-rc5, after 6.1.12-rc1"),
    (
        "maven-versions-generated.txt",
        5718,
        "Maven 3.9: .sec10 is -sec10, unknown qualifiers are ordered as text: _ < s",
    ),
    (
        "maven-versions-generated.txt",
        5779,
        "Maven 3.9: .sec10 is -sec10, unknown qualifiers are ordered as text: _ < s",
    ),
    (
        "maven-versions-generated.txt",
        5811,
        "Maven 3.9: .sec10 is -sec10, unknown qualifiers are ordered as text: _ < s",
    ),
    ("maven-versions-generated.txt", 5844, "Maven 3.9: 1.0.beta8 is 1-beta8, before 1-rc0"),
];

// `a < b`, blank lines and comments apart.
fn vectors(text: &str) -> impl Iterator<Item = (usize, &str, Ordering, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("//")).map(
        |(number, line)| {
            let mut words = line.split(' ');
            let (a, sign, b) = (words.next(), words.next(), words.next());
            let order = match sign {
                Some("<") => Ordering::Less,
                Some("=") => Ordering::Equal,
                Some(">") => Ordering::Greater,
                _ => panic!("line {number}: no vector: {line}"),
            };
            (number, a.unwrap_or_default(), order, b.unwrap_or_default())
        },
    )
}

fn check(file: &Path, scheme: Scheme) -> (usize, Vec<String>, BTreeSet<usize>) {
    let text = fs::read_to_string(file).expect("a vector file is text");
    let (mut count, mut wrong, mut lines) = (0, Vec::new(), BTreeSet::new());
    for (line, a, expected, b) in vectors(&text) {
        count += 1;
        let (there, back) = (compare(scheme, a, b), compare(scheme, b, a));
        if there != Ok(expected) || back != Ok(expected.reverse()) {
            wrong.push(format!("{}:{line}: {a} {expected:?} {b}, ours {there:?}", file.display()));
            lines.insert(line);
        }
    }
    (count, wrong, lines)
}

fn scheme_of_file(name: &str) -> Scheme {
    let ecosystem = name.split('-').next().unwrap_or_default();
    Scheme::of(ecosystem).unwrap_or_else(|| panic!("{name}: no scheme"))
}

#[test]
fn our_vectors_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/versions");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("testdata is there") {
        let path = entry.expect("a folder entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let (checked, wrong, _) = check(&path, scheme_of_file(&name));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        count += checked;
    }
    assert!(count > 100, "only {count} vectors of our own");
}

#[test]
fn vectors_of_others_hold_but_for_the_known_wrong() {
    let Some(folder) = corpora::find("versions") else { return };
    let (mut count, mut wrong) = (0, Vec::new());
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a folder entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !name.ends_with(".txt") {
            continue;
        }
        let (checked, found, lines) = check(&path, scheme_of_file(&name));
        count += checked;
        let known: BTreeSet<usize> =
            KNOWN_WRONG.iter().filter(|(file, ..)| *file == name).map(|(_, line, _)| *line).collect();
        if lines != known {
            wrong.extend(found);
        }
    }
    eprintln!("{count} vectors");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}
