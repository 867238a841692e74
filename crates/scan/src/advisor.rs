//! Who knows advisories: the database, or whatever a test makes up.

use std::sync::atomic::{AtomicU64, Ordering};

use yagura_advisory::{Answer, Coverage, Database, Query};

use crate::DatabaseInfo;

/// Knows advisories.
pub trait Advisor: Sync {
    /// What there is to say about a package.
    fn answer(&self, query: &Query) -> Answer;
    /// What it knows, for the report.
    fn info(&self) -> DatabaseInfo;
    /// Questions that could not be answered because the database is damaged.
    fn failures(&self) -> u64 {
        0
    }
}

/// The advisory database.
#[derive(Debug)]
pub struct Advisories {
    database: Database,
    failures: AtomicU64,
}

impl Advisories {
    /// Asks this database.
    pub fn new(database: Database) -> Self {
        Self { database, failures: AtomicU64::new(0) }
    }
}

impl Advisor for Advisories {
    fn answer(&self, query: &Query) -> Answer {
        self.database.matches(query).unwrap_or_else(|_| {
            self.failures.fetch_add(1, Ordering::Relaxed);
            let coverage = Coverage::NoSource { ecosystem: query.ecosystem(), nearest: Vec::new() };
            Answer { matches: Vec::new(), coverage }
        })
    }

    fn info(&self) -> DatabaseInfo {
        let status = self.database.status();
        DatabaseInfo { built: status.built, advisories: status.advisories }
    }

    fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}
