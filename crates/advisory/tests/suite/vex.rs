//! VEX documents of all three forms, applied to a match.

use std::{fs, path::Path};

use yagura_advisory::{
    Match, Query,
    source::SourceKind,
    vex::{Statements, Status, VexError, read},
};

use crate::sources::database;

fn found() -> Vec<Match> {
    let record = br#"{"id":"GHSA-9","aliases":["CVE-2030-0009"],"affected":[{"package":{"ecosystem":"npm","name":"example"},"versions":["1.0.0"]}]}"#;
    let (_folder, database, _) = database(&[(SourceKind::Osv, "x.json", record)]);
    let query = Query { package_type: "npm", name: "example", version: "1.0.0", ..Query::default() };
    database.matches(&query).expect("an answer").matches
}

fn load(name: &str) -> (Statements, usize, Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/vex").join(name);
    let mut statements = Statements::default();
    let (count, wrong) =
        read(name, &fs::read(path).expect("a document"), &mut statements).expect("a VEX document");
    (statements, count, wrong)
}

#[test]
fn every_form_says_why_a_match_does_not_apply() {
    for (name, justification, reason, author) in [
        ("openvex.json", "vulnerable_code_not_present", "The file is not shipped.", "Example Team"),
        ("csaf.json", "component_not_present", "Not built in.", "Example Vendor"),
        ("cyclonedx.json", "code_not_reachable", "Never called.", "Example Supplier"),
    ] {
        let (statements, count, wrong) = load(name);
        assert_eq!(count, if name == "openvex.json" { 2 } else { 1 }, "{wrong:?}");
        assert_eq!(wrong.len(), usize::from(name == "openvex.json"), "{wrong:?}");
        let mut matches = found();
        statements.apply("pkg:npm/example@1.0.0", &[], &mut matches);
        let applied = matches[0].vex.as_ref().expect("a statement applies");
        assert_eq!((applied.status, applied.justification.as_str()), (Status::NotAffected, justification));
        assert_eq!((applied.reason.as_str(), applied.author.as_str()), (reason, author));
        assert!(applied.status.settles());
        // Another package is not spoken of.
        let mut others = found();
        statements.apply("pkg:npm/other@1.0.0", &[], &mut others);
        assert_eq!(others[0].vex, None);
    }
}

#[test]
fn a_statement_about_one_version_is_closer_than_one_about_all() {
    let (statements, ..) = load("openvex.json");
    let mut matches = found();
    statements.apply("pkg:npm/example@2.0.0", &[], &mut matches);
    assert_eq!(matches[0].vex.as_ref().map(|vex| vex.status), Some(Status::Affected));
}

#[test]
fn what_is_no_vex_is_refused_with_its_place() {
    let mut statements = Statements::default();
    let unknown = read("x", b"{}", &mut statements);
    assert_eq!(unknown, Err(VexError::Unknown { document: "x".into() }));
    assert!(matches!(read("x", b"{\n,", &mut statements), Err(VexError::Json { line: 2, .. })));
    assert!(statements.is_empty());
}
