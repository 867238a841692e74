//! The distribution a root file system holds.

/// A distribution, as `os-release` or an older file names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Distro {
    /// Lower-case: `debian`, `alpine`, `rhel`, `opensuse-leap`.
    pub id: String,
    /// `12`, `3.19.1`, `9.3`; empty for rolling ones.
    pub version_id: String,
    /// What it is like: `ubuntu` is like `debian`.
    pub id_like: Vec<String>,
    /// `bookworm`, `jammy`.
    pub codename: Option<String>,
    /// As shown to people.
    pub pretty_name: Option<String>,
}

impl Distro {
    /// As package URLs name it: `debian-12`; `arch` where there is no version.
    pub fn qualifier(&self) -> String {
        if self.version_id.is_empty() { self.id.clone() } else { format!("{}-{}", self.id, self.version_id) }
    }
}
