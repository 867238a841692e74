//! [`Asset`]: something that is protected.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Something that is protected: a host, a container, an image, a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asset {
    /// Stable id: the machine id of a host, the container's id, the image's digest.
    pub id: String,
    /// What it is.
    pub kind: AssetKind,
    /// Name people know it by.
    pub name: String,
    /// Facts about it (operating system, kernel, addresses, image …), one value a name.
    pub facts: std::collections::BTreeMap<String, String>,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When it was last seen.
    pub last_seen: Timestamp,
}

/// What an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// A machine, virtual or not.
    Host,
    /// A container.
    Container,
    /// A container image.
    Image,
    /// A folder, a repository or a list of packages that was scanned.
    Folder,
}

impl AssetKind {
    /// The word used in JSON, SQL and URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Container => "container",
            Self::Image => "image",
            Self::Folder => "folder",
        }
    }
}

impl std::str::FromStr for AssetKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Host, Self::Container, Self::Image, Self::Folder]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| format!("`{text}` is no asset kind (host, container, image, folder)"))
    }
}
