//! The cases that stand in every rule's file: what must be found, and what must not.
//!
//! A case never holds a secret that another tool could take for a live one: `secret` says how to make one, and `<>`
//! splits words (see [`make`](self) below). What is made depends on the rule's id and the case's number only.
//!
//! ```yaml
//! cases:
//!   match:
//!     - secret: 'gh<>p_<alnum 30><crc32-base62>'
//!       text: 'GITHUB_TOKEN=<secret>'
//!       path: .env
//!   none:
//!     - text: 'GITHUB_TOKEN=gh<>p_xxxxxxxxxxxxxxxxxxxx'
//! ```
//!
//! | in a template | becomes |
//! |---|---|
//! | `<>` | nothing |
//! | `<alnum 30>`, `hex`, `upper`, `lower`, `digit`, `base64`, `base32`, `word`, … | so many characters of a kind |
//! | `<bytes 64>`, `<bytes-url 32>` | so many bytes in base64 |
//! | `<crc32-base62>`, `<crc32-hex>`, `<bech32>` | the checksum of what stands before |
//! | `<encode TEXT>`, `<encode-url TEXT>` | the text in base64 |
//! | `<jwt PAYLOAD>` | a token with this payload |
//! | `<macaroon>`, `<nkey>`, `<wif>`, `<sas>`, … | what these kinds look like, with their checksums |
//! | `<pem LABEL>`, `<pgp>` | a private key in armour that is none |
//! | `<secret>` | the secret that was made, in `text` |

mod make;

use std::collections::BTreeSet;

use crate::{
    redact,
    rules::Rules,
    scanner::Scanner,
    secret::Secret,
    yaml::{self, Node},
};

/// What became of the cases of some files.
#[derive(Debug, Default)]
pub struct Outcome {
    /// How many cases were run.
    pub cases: usize,
    /// Rules that have no case that must be found, or none that must not.
    pub without: Vec<String>,
    /// Cases that did not hold.
    pub failures: Vec<Failure>,
}

/// A case that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file.
    pub file: String,
    /// The line of the case.
    pub line: u32,
    /// The rule.
    pub rule: String,
    /// What was expected and what came.
    pub message: String,
}

/// A case as bytes, for benchmarks: the path, the text and the secret in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// The rule's id.
    pub rule: String,
    /// The path it wants to stand at.
    pub path: String,
    /// The text with the secret.
    pub text: String,
    /// The secret.
    pub secret: String,
}

/// Runs the cases of files of rules against a set of rules, which should hold theirs.
#[must_use]
pub fn run<N: AsRef<str>, T: AsRef<str>>(rules: &Rules, files: impl IntoIterator<Item = (N, T)>) -> Outcome {
    let mut outcome = Outcome::default();
    for (name, text) in files {
        let (documents, _) = yaml::read(text.as_ref());
        for document in documents.iter().flat_map(Node::items) {
            if let Some(id) = document.get("id").and_then(Node::text) {
                run_rule(rules, name.as_ref(), id, document, &mut outcome);
            }
        }
    }
    outcome
}

/// What the cases of files plant, each rule's as often as asked, each time another secret.
#[must_use]
pub fn planted<N: AsRef<str>, T: AsRef<str>>(
    files: impl IntoIterator<Item = (N, T)>,
    rounds: u64,
) -> Vec<Planted> {
    let mut all = Vec::new();
    for (_, text) in files {
        let (documents, _) = yaml::read(text.as_ref());
        for document in documents.iter().flat_map(Node::items) {
            let Some(id) = document.get("id").and_then(Node::text) else { continue };
            for round in 0..rounds {
                for (number, case) in (0..).zip(cases(document, "match")) {
                    let case = Case::read(case, id, number + 1_000 * round);
                    all.push(Planted {
                        rule: id.to_owned(),
                        path: case.path,
                        text: case.text,
                        secret: case.secret,
                    });
                }
            }
        }
    }
    all
}

struct Case {
    path: String,
    text: String,
    secret: String,
    now: Option<i64>,
}

impl Case {
    fn read(node: &Node, rule: &str, number: u64) -> Self {
        let field = |key: &str| node.get(key).and_then(Node::text);
        let mut maker = make::Maker::new(rule, number);
        let secret = maker.make(field("secret").unwrap_or_default(), "");
        let text = maker.make(field("text").unwrap_or("<secret>"), &secret);
        Self {
            path: field("path").unwrap_or("app/settings.conf").to_owned(),
            text,
            secret,
            now: field("now").and_then(|now| now.parse().ok()),
        }
    }

    fn scan(&self, rules: &Rules) -> Vec<Secret> {
        let scanner = Scanner::new(rules);
        let scanner = self.now.map_or(scanner, |now| scanner.at(now));
        scanner.scan(&self.path, self.text.as_bytes())
    }
}

fn run_rule(rules: &Rules, file: &str, id: &str, document: &Node, outcome: &mut Outcome) {
    let mut wanted = BTreeSet::from(["match", "none"]);
    for kind in ["match", "none"] {
        for (number, node) in (0..).zip(cases(document, kind)) {
            wanted.remove(kind);
            outcome.cases += 1;
            let case = Case::read(node, id, number + if kind == "none" { 500 } else { 0 });
            let found = case.scan(rules);
            let message = if kind == "match" { missed(id, &case, &found) } else { alarmed(id, &found) };
            outcome.failures.extend(message.map(|message| Failure {
                file: file.to_owned(),
                line: node.place.0,
                rule: id.to_owned(),
                message,
            }));
        }
    }
    if !wanted.is_empty() {
        outcome.without.push(id.to_owned());
    }
}

fn cases<'n>(document: &'n Node, kind: &str) -> &'n [Node] {
    document.get("cases").and_then(|cases| cases.get(kind)).map(Node::items).unwrap_or_default()
}

fn missed(id: &str, case: &Case, found: &[Secret]) -> Option<String> {
    let fingerprint = redact::fingerprint(id, case.secret.as_bytes());
    let whole = case.secret.is_empty();
    if found.iter().any(|secret| secret.rule == id && (whole || secret.fingerprint == fingerprint)) {
        return None;
    }
    let came: Vec<_> = found.iter().map(|secret| format!("{} {}", secret.rule, secret.redacted)).collect();
    Some(format!("not found in {:?}; what came: {came:?}", case.text.chars().take(200).collect::<String>()))
}

fn alarmed(id: &str, found: &[Secret]) -> Option<String> {
    let secret = found.iter().find(|secret| secret.rule == id)?;
    Some(format!("must not be found, but was at line {}: {}", secret.line, secret.redacted))
}

#[cfg(test)]
mod tests {
    use super::{planted, run};
    use crate::rules::Rules;

    const RULE: &str = "
id: tower-token
keywords: [tow_]
regex: '\\b(tow_[a-z0-9]{24})\\b'
cases:
  match:
    - secret: 't<>ow_<lowernum 24>'
      text: 'KEY=<secret>'
  none:
    - text: 'KEY=tow_xxxxxxxxxxxxxxxxxxxxxxxx'
";

    #[test]
    fn cases_that_hold_pass_and_others_are_told() {
        let (rules, problems) = Rules::load([("tower.yaml", RULE)]);
        assert_eq!(problems, []);
        let outcome = run(&rules, [("tower.yaml", RULE)]);
        assert_eq!((outcome.cases, outcome.failures.len(), outcome.without.len()), (2, 0, 0));
        let swapped = RULE.replace("none:", "x:").replace("match:", "none:").replace("x:", "match:");
        let outcome = run(&rules, [("tower.yaml", swapped)]);
        assert_eq!(outcome.failures.len(), 2, "{:?}", outcome.failures);
        assert_eq!(outcome.failures[0].line, 10);
    }

    #[test]
    fn every_round_plants_another_secret() {
        let planted = planted([("tower.yaml", RULE)], 2);
        assert_eq!(planted.len(), 2);
        assert_ne!(planted[0].secret, planted[1].secret);
        assert!(planted[0].text.contains(&planted[0].secret));
    }
}
