//! What a scan is asked for.

use crate::pattern::Patterns;

/// Which engines look at the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scanners {
    /// Packages, matched with advisories.
    pub vulnerabilities: bool,
    /// Secrets in files.
    pub secrets: bool,
    /// Malware by YARA rules.
    pub malware: bool,
    /// Packages, listed.
    pub inventory: bool,
}

impl Scanners {
    /// Whether package files are read.
    pub fn wants_packages(self) -> bool {
        self.vulnerabilities || self.inventory
    }
}

/// What a scan is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which engines.
    pub scanners: Scanners,
    /// Files that are not looked at.
    pub skip_files: Patterns,
    /// Folders that are not entered.
    pub skip_folders: Patterns,
    /// Files that processes have open, mapped or run, without the leading `/`; `None`: nobody looked.
    pub used_files: Option<Vec<String>>,
    /// What the walk may cost.
    pub limits: yagura_image::Limits,
}
