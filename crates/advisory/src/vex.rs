//! VEX: statements of others about matches: this product is not affected, and why.
//!
//! [`read`] takes OpenVEX, CSAF and CycloneDX documents; [`Statements::apply`] writes what they say into matches. A match
//! is never removed: whoever shows it decides, and the reason stays with it.

mod csaf;
mod cyclonedx;
mod openvex;
mod purl;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use crate::{limits::STATEMENTS_MAX, query::Match};

/// What a VEX statement said about a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Its status.
    pub status: Status,
    /// `vulnerable_code_not_present` and the like; empty if none was given.
    pub justification: String,
    /// The reason in the author's words.
    pub reason: String,
    /// Who said it.
    pub author: String,
    /// The document.
    pub document: String,
}

/// The four states of VEX.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It does not apply.
    NotAffected,
    /// It applies.
    Affected,
    /// It was repaired in this product.
    Fixed,
    /// Somebody is looking.
    UnderInvestigation,
}

impl Status {
    /// Whether a match with this status needs no attention.
    pub fn settles(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "not_affected" | "false_positive" => Self::NotAffected,
            "affected" | "exploitable" => Self::Affected,
            "fixed" | "resolved" | "resolved_with_pedigree" => Self::Fixed,
            "under_investigation" | "in_triage" => Self::UnderInvestigation,
            _ => return None,
        })
    }
}

/// Statements of any number of documents.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    // By vulnerability, in upper case; later statements stand over earlier ones.
    by_id: HashMap<String, Vec<Statement>>,
    count: usize,
}

#[derive(Debug, Clone)]
struct Statement {
    /// Package URLs, with or without version; empty means every product of the document.
    products: Vec<String>,
    /// When it was said, RFC 3339.
    time: String,
    applied: Applied,
}

/// Why a document says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VexError {
    /// It is no JSON.
    #[error("{document}:{line}: this is no JSON: {message}")]
    Json {
        /// The document.
        document: String,
        /// Where.
        line: usize,
        /// What the parser said.
        message: String,
    },
    /// It is none of the three forms.
    #[error("{document}: this is neither OpenVEX nor CSAF nor CycloneDX")]
    Unknown {
        /// The document.
        document: String,
    },
    /// It says more than is kept.
    #[error("{document}: more than {STATEMENTS_MAX} statements")]
    TooMany {
        /// The document.
        document: String,
    },
}

/// Reads a document and adds its statements. How many there were comes back, and what in it was wrong.
pub fn read(document: &str, bytes: &[u8], into: &mut Statements) -> Result<(usize, Vec<String>), VexError> {
    let value: Value = serde_json::from_slice(bytes).map_err(|error| VexError::Json {
        document: document.to_owned(),
        line: error.line(),
        message: error.to_string(),
    })?;
    let mut found = Found { document, statements: Vec::new(), wrong: Vec::new() };
    if value.get("bomFormat").is_some() {
        cyclonedx::read(&value, &mut found);
    } else if value.get("document").is_some() {
        csaf::read(&value, &mut found);
    } else if value.get("statements").is_some() {
        openvex::read(&value, &mut found);
    } else {
        return Err(VexError::Unknown { document: document.to_owned() });
    }
    let count = found.statements.len();
    if into.count + count > STATEMENTS_MAX {
        return Err(VexError::TooMany { document: document.to_owned() });
    }
    into.count += count;
    for (id, statement) in found.statements {
        into.by_id.entry(id.to_ascii_uppercase()).or_default().push(statement);
    }
    Ok((count, found.wrong))
}

// What a reader of one form collects.
struct Found<'a> {
    document: &'a str,
    statements: Vec<(String, Statement)>,
    wrong: Vec<String>,
}

impl Statements {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Writes into matches what is said of them. `purl` is the installed package's; `products` are further ones that
    /// contain it (the image, the application). The newest statement about it stands.
    pub fn apply(&self, purl: &str, products: &[&str], matches: &mut [Match]) {
        for found in matches {
            let names = std::iter::once(&found.id).chain(&found.aliases);
            let said = names.filter_map(|name| self.by_id.get(&name.to_ascii_uppercase())).flatten();
            let about = said.filter(|statement| {
                let of = |pattern: &String| {
                    purl::covers(pattern, purl)
                        || products.iter().any(|product| purl::covers(pattern, product))
                };
                statement.products.is_empty() || statement.products.iter().any(of)
            });
            // A statement about one version is closer than one about all.
            let newest = about.max_by_key(|statement| {
                (statement.products.iter().any(|product| product.contains('@')), statement.time.as_str())
            });
            found.vex = newest.map(|statement| statement.applied.clone());
        }
    }
}
