//! A package that is installed or asked for, and where that is written.

use std::{borrow::Cow, collections::BTreeMap, fmt, str::FromStr};

use crate::purl;

/// A package: what it is, where it was found, what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Package {
    /// The kind of package: the type of its package URL.
    pub package_type: PackageType,
    /// What stands before the name: npm scope (`@babel`), Maven group, Go module path before the last part,
    /// Composer vendor, distribution.
    pub namespace: Option<String>,
    /// The name, without namespace.
    pub name: String,
    /// The version as the package manager writes it: with epoch for deb, `version-release` for rpm and apk.
    /// Empty when the file does not tell.
    pub version: String,
    /// The epoch of an rpm package.
    pub epoch: Option<u32>,
    /// The architecture of an OS package.
    pub arch: Option<String>,
    /// The distribution it was built for, as `debian-12`.
    pub distro: Option<String>,
    /// The source package an OS package was built from.
    pub source_name: Option<String>,
    /// The version of the source package; for rpm `[epoch:]version-release`.
    pub source_version: Option<String>,
    /// The module of an rpm package, as `nodejs:18:9020020230327:rhel9`.
    pub module: Option<String>,
    /// Who built an rpm package.
    pub vendor: Option<String>,
    /// Further qualifiers of the package URL.
    pub qualifiers: BTreeMap<String, String>,
    /// The subpath of the package URL.
    pub subpath: Option<String>,
    /// SPDX expressions or names of licences.
    pub licences: Vec<String>,
    /// Digests of the package's archive.
    pub hashes: Vec<Hash>,
    /// Where it was found.
    pub locations: Vec<Location>,
    /// Package URLs of what it needs, sorted.
    pub depends_on: Vec<String>,
    /// It is needed for development only.
    pub dev: bool,
    /// The project itself asks for it (true) or one of its dependencies does (false); none: the file does not tell.
    pub direct: Option<bool>,
    /// The package's own metadata was found, not only a lock file or manifest that asks for it.
    pub installed: bool,
    /// The OS package (by package URL) to which the file that names this package belongs.
    pub owned_by: Option<String>,
}

impl Package {
    /// A package of a type, with name and version as its manager writes them; the namespace is split off.
    pub fn new(package_type: PackageType, name: &str, version: &str) -> Self {
        let (namespace, name) = purl::split_name(&package_type, name);
        Self { package_type, namespace, name, version: version.to_owned(), ..Self::default() }
    }

    /// The name as the package manager writes it: `@babel/core`, `org.slf4j:slf4j-api`, `golang.org/x/net`.
    pub fn full_name(&self) -> Cow<'_, str> {
        let Some(namespace) = self.namespace.as_deref().filter(|_| !self.package_type.is_os()) else {
            return Cow::Borrowed(&self.name);
        };
        let separator = if self.package_type == PackageType::Maven { ':' } else { '/' };
        Cow::Owned(format!("{namespace}{separator}{}", self.name))
    }

    /// The version with the epoch of an rpm package before it: `1:2.3-4.el9`.
    pub fn full_version(&self) -> Cow<'_, str> {
        match self.epoch {
            Some(epoch) if epoch > 0 => Cow::Owned(format!("{epoch}:{}", self.version)),
            _ => Cow::Borrowed(&self.version),
        }
    }

    /// The package URL, in the canonical form of its type.
    pub fn purl(&self) -> String {
        purl::write(self)
    }
}

/// Where a package was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Location {
    /// The file, relative to the root of the target. Inside archives: `app.war!/WEB-INF/lib/a.jar`.
    pub path: String,
    /// The layer, for images.
    pub layer: u32,
    /// The line, in text files. The first is 1.
    pub line: Option<u32>,
}

/// A digest of a package's archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Hash {
    /// In CycloneDX's words: `MD5`, `SHA-1`, `SHA-256`, `SHA-384`, `SHA-512`.
    pub algorithm: &'static str,
    /// In lower-case hexadecimal digits.
    pub value: String,
}

macro_rules! package_types {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// The kinds of package: the types of package URLs.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[expect(missing_docs, reason = "each is the package URL type of that name")]
        pub enum PackageType {
            $($variant,)*
            /// A package of no known manager.
            #[default]
            Generic,
            /// A type that only SBOMs name.
            Other(Box<str>),
        }

        impl PackageType {
            /// The type of the package URL.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Generic => "generic",
                    Self::Other(name) => name,
                }
            }
        }

        impl FromStr for PackageType {
            type Err = std::convert::Infallible;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Ok(match name.to_ascii_lowercase().as_str() {
                    $($name => Self::$variant,)*
                    "generic" => Self::Generic,
                    other => Self::Other(other.into()),
                })
            }
        }
    };
}

package_types! {
    Deb = "deb", Apk = "apk", Rpm = "rpm", Alpm = "alpm",
    Npm = "npm", Pypi = "pypi", Golang = "golang", Cargo = "cargo", Maven = "maven", Nuget = "nuget",
    Composer = "composer", Gem = "gem", Conan = "conan", Swift = "swift", Cocoapods = "cocoapods", Pub = "pub",
    Hex = "hex", Hackage = "hackage", Cran = "cran",
}

impl PackageType {
    /// Installed by the operating system's package manager.
    pub fn is_os(&self) -> bool {
        matches!(self, Self::Deb | Self::Apk | Self::Rpm | Self::Alpm)
    }
}

impl fmt::Display for PackageType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl serde::Serialize for PackageType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
