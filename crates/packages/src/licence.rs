//! Licences in the words of SPDX, where what a package says can be understood; as they are elsewhere.

use std::{collections::HashMap, sync::LazyLock};

/// The identifiers of the SPDX licence list 3.28, one a line.
const IDS: &str = include_str!("licence/spdx.txt");
/// Other spellings: `spelling<TAB>SPDX`, spellings in lower case without blanks, dots before zero, dashes.
const SPELLINGS: &str = include_str!("licence/spellings.txt");

// Lower-case identifier to the right spelling.
static BY_ID: LazyLock<HashMap<String, &str>> =
    LazyLock::new(|| IDS.lines().map(|id| (id.to_ascii_lowercase(), id)).collect());
static BY_SPELLING: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| SPELLINGS.lines().filter_map(|line| line.split_once('\t')).collect());

const OPERATORS: [&str; 3] = ["AND", "OR", "WITH"];

/// Is it an identifier of the SPDX licence list, in its exact spelling?
pub(crate) fn is_id(text: &str) -> bool {
    BY_ID.get(text.to_ascii_lowercase().as_str()).is_some_and(|id| *id == text)
}

/// Is it an SPDX expression of known identifiers?
pub(crate) fn is_expression(text: &str) -> bool {
    expression(text).is_some_and(|normal| normal == text)
}

/// The SPDX expression that a licence field means; the field itself where that is not clear.
pub(crate) fn normal(text: &str) -> String {
    let text = text.trim();
    if text.len() > 500 {
        return text.chars().take(500).collect();
    }
    expression(text).unwrap_or_else(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn single(text: &str) -> Option<&'static str> {
    let mut key: String = text.to_ascii_lowercase();
    key.retain(|c| !matches!(c, ' ' | '-' | '_' | ',' | '"' | '\'' | '(' | ')'));
    for (long, short) in [("thelicense", "license"), ("version", "v"), ("licence", "license")] {
        key = key.replace(long, short);
    }
    // Identifiers that the list has given up, such as `GPL-2.0+`, are spellings of today's.
    let id = || BY_ID.get(text.to_ascii_lowercase().as_str()).copied();
    BY_SPELLING.get(key.as_str()).copied().or_else(id)
}

// `A and (B or C)`, `A, B`, `A/B`, `A | B`: every part has to be known.
fn expression(text: &str) -> Option<String> {
    if let Some(id) = single(text) {
        return Some(id.to_owned());
    }
    let mut out: Vec<String> = Vec::new();
    let mut part = String::new();
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace(" | ", " OR ");
    for word in spaced.split_whitespace() {
        let operator = word.to_ascii_uppercase();
        if OPERATORS.contains(&operator.as_str()) || matches!(word, "(" | ")") {
            flush(&mut part, &mut out)?;
            out.push(operator);
        } else {
            if !part.is_empty() {
                part.push(' ');
            }
            part.push_str(word);
        }
    }
    flush(&mut part, &mut out)?;
    is_well_formed(&out).then(|| out.join(" ").replace("( ", "(").replace(" )", ")"))
}

fn flush(part: &mut String, out: &mut Vec<String>) -> Option<()> {
    if part.is_empty() {
        return Some(());
    }
    let is_exception = out.last().is_some_and(|last| last == "WITH");
    let known = if is_exception && part.to_ascii_lowercase().contains("exception") && !part.contains(' ') {
        part.clone()
    } else {
        single(part)?.to_owned()
    };
    part.clear();
    out.push(known);
    Some(())
}

// Operands and operators alternate; parentheses close.
fn is_well_formed(words: &[String]) -> bool {
    let (mut depth, mut wants_operand) = (0u32, true);
    for word in words {
        let is_operator = OPERATORS.contains(&word.as_str());
        match word.as_str() {
            "(" if wants_operand => depth += 1,
            ")" if !wants_operand && depth > 0 => depth -= 1,
            "(" | ")" => return false,
            _ if is_operator != wants_operand => wants_operand = !wants_operand,
            _ => return false,
        }
    }
    depth == 0 && !wants_operand
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_name_identifiers_of_the_list() {
        for (spelling, id) in SPELLINGS.lines().filter_map(|line| line.split_once('\t')) {
            assert!(is_expression(id), "{spelling}: {id}");
        }
    }

    #[test]
    fn what_packages_write_becomes_spdx() {
        for (text, expected) in [
            ("MIT", "MIT"),
            ("mit", "MIT"),
            ("Expat", "MIT"),
            ("MIT License", "MIT"),
            ("The MIT License (MIT)", "MIT"),
            ("Apache 2.0", "Apache-2.0"),
            ("Apache License, Version 2.0", "Apache-2.0"),
            ("The Apache Software License, Version 2.0", "Apache-2.0"),
            ("Apache Software License", "Apache-2.0"),
            ("GPL-2+", "GPL-2.0-or-later"),
            ("GPLv2+ and MIT", "GPL-2.0-or-later AND MIT"),
            ("LGPL-2.1", "LGPL-2.1-only"),
            ("(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)"),
            ("MIT OR Apache-2.0 WITH LLVM-exception", "MIT OR Apache-2.0 WITH LLVM-exception"),
            ("BSD-3-clause", "BSD-3-Clause"),
            ("ISC License (ISCL)", "ISC"),
            ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
            ("Some licence of ours", "Some licence of ours"),
            ("MIT and", "MIT and"),
            (") MIT (", ") MIT ("),
        ] {
            assert_eq!(normal(text), expected, "{text}");
        }
    }
}
