//! How urgent a vulnerability is: severity × exploited × likely × exposed × in use, every term shown.

use serde::Serialize;
use yagura_advisory::{Match, Severity};

use crate::used::InUse;

/// A number to sort by, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Risk {
    /// The product of the terms.
    pub score: f64,
    /// Its factors.
    pub terms: Vec<Term>,
}

/// One factor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Term {
    /// `severity`, `exploited`, `likely`, `exposed`, `in_use`.
    pub name: &'static str,
    /// The factor.
    pub factor: f64,
    /// Why.
    pub why: String,
}

/// The risk of a match. Whether the package is exposed is not known, whether it is in use only where somebody looked: those
/// factors are 1 then, and say so. A package that was not seen in use may be used any time; it does not count less.
pub(crate) fn risk(found: &Match, used: &InUse) -> Risk {
    let terms = vec![severity(found), exploited(found), likely(found), unknown("exposed"), in_use(used)];
    let score = terms.iter().map(|term| term.factor).product::<f64>();
    Risk { score: (score * 100.0).round() / 100.0, terms }
}

fn severity(found: &Match) -> Term {
    let class = match found.severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.5,
        Severity::Negligible => 0.5,
        Severity::Unknown => 4.0,
    };
    // The distribution's word comes first; a CVSS score of the same class makes it finer.
    let score = found.cvss.iter().find(|score| score.severity == found.severity);
    let (factor, detail) = match score {
        Some(score) => (score.score, format!("CVSS {} {}", score.version, score.score)),
        None => (class, "no score".to_owned()),
    };
    Term {
        name: "severity",
        factor,
        why: format!("{} ({}), {detail}", found.severity.name(), found.severity_source),
    }
}

fn exploited(found: &Match) -> Term {
    let (factor, why) = match &found.kev {
        Some(kev) if kev.ransomware => (2.5, format!("exploited, also by ransomware (CISA, {})", kev.added)),
        Some(kev) => (2.0, format!("exploited (CISA, {})", kev.added)),
        None => (1.0, "not known to be exploited".to_owned()),
    };
    Term { name: "exploited", factor, why }
}

fn likely(found: &Match) -> Term {
    let (factor, why) = match &found.epss {
        Some(epss) => (1.0 + epss.probability, format!("EPSS {:.1} %", epss.probability * 100.0)),
        None => (1.0, "no EPSS".to_owned()),
    };
    Term { name: "likely", factor, why }
}

fn in_use(used: &InUse) -> Term {
    let (factor, why) = match used {
        InUse::By(file) => (1.5, format!("in use: /{file}")),
        InUse::NotSeen => (1.0, "not seen in use".to_owned()),
        InUse::NotKnown => (1.0, "not known".to_owned()),
    };
    Term { name: "in_use", factor, why }
}

fn unknown(name: &'static str) -> Term {
    Term { name, factor: 1.0, why: "not known".to_owned() }
}
