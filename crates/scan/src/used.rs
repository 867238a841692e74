//! Which packages are in use: those whose files a process runs, has mapped or has open.
//!
//! Which files processes use is told by whoever asks for the scan; this joins them with the inventory. Of a package that
//! only an interpreter reads (Python, JavaScript) nothing can be said.

use std::collections::{BTreeSet, HashMap};

use yagura_packages::{Inventory, Package};

/// What is known of the use of packages.
#[derive(Debug, Clone, Default)]
pub struct Used {
    files: Option<BTreeSet<String>>,
    // By package URL of the OS package: one of its files that is in use.
    owners: HashMap<String, String>,
}

/// What is known of the use of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InUse {
    /// Nobody looked, or looking cannot tell.
    NotKnown,
    /// No file of it was in use.
    NotSeen,
    /// This file of it was.
    By(String),
}

impl InUse {
    /// The file that is in use.
    pub(crate) fn file(&self) -> Option<&str> {
        match self {
            Self::By(file) => Some(file),
            Self::NotKnown | Self::NotSeen => None,
        }
    }
}

impl Used {
    /// These files are in use; `None`: nobody looked.
    pub(crate) fn new(files: Option<&[String]>) -> Self {
        Self { files: files.map(|files| files.iter().cloned().collect()), owners: HashMap::new() }
    }

    /// Learns which OS packages own those files. A shared library says more than the file that stands first.
    pub(crate) fn own(&mut self, inventory: &Inventory) {
        for (path, purl) in &inventory.owners {
            self.owners.entry(purl.clone()).or_insert_with(|| path.clone());
        }
    }

    /// What is known of a package.
    pub(crate) fn of(&self, package: &Package, purl: &str) -> InUse {
        let Some(files) = &self.files else { return InUse::NotKnown };
        if package.package_type.is_os() {
            return self.owners.get(purl).map_or(InUse::NotSeen, |file| InUse::By(file.clone()));
        }
        // A binary or an archive is in use itself; a lock file or metadata never is.
        let outer = |path: &str| path.split("!/").next().unwrap_or(path).to_owned();
        let places = || package.locations.iter().map(|location| outer(&location.path));
        match places().find(|path| files.contains(path)) {
            Some(file) => InUse::By(file),
            None if places().any(|path| is_archive(&path)) => InUse::NotSeen,
            None => InUse::NotKnown,
        }
    }
}

fn is_archive(path: &str) -> bool {
    [".jar", ".war", ".ear"].iter().any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use yagura_packages::{Location, PackageType};

    use super::*;

    #[track_caller]
    fn check(package_type: PackageType, place: &str, expected: InUse) {
        let files = ["usr/lib/libssl.so.3".to_owned(), "srv/app.jar".to_owned()];
        let mut used = Used::new(Some(&files));
        let owners = [("usr/lib/libssl.so.3".to_owned(), "pkg:deb/debian/libssl3@3".to_owned())].into();
        used.own(&Inventory { owners, ..Inventory::default() });
        let location = Location { path: place.to_owned(), layer: 0, line: None };
        let package = Package { locations: vec![location], ..Package::new(package_type, "x", "1") };
        assert_eq!(used.of(&package, "pkg:deb/debian/libssl3@3"), expected, "{place}");
    }

    #[test]
    fn a_package_is_in_use_by_its_files_its_archive_or_its_binary() {
        check(PackageType::Deb, "var/lib/dpkg/status", InUse::By("usr/lib/libssl.so.3".to_owned()));
        check(PackageType::Maven, "srv/app.jar!/lib/a.jar", InUse::By("srv/app.jar".to_owned()));
        check(PackageType::Maven, "srv/other.jar", InUse::NotSeen);
        check(PackageType::Npm, "srv/node_modules/x/package.json", InUse::NotKnown);
    }

    #[test]
    fn without_a_look_nothing_is_known() {
        let package = Package::new(PackageType::Deb, "libssl3", "3");
        assert_eq!(Used::default().of(&package, "pkg:deb/debian/libssl3@3"), InUse::NotKnown);
    }
}
