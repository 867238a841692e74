//! Software bills of materials: read in every common form, written as CycloneDX 1.6 and SPDX 2.3.
//!
//! What is written is the same byte for byte for the same inventory: the time comes from the caller, identifiers from
//! the contents. What was written can be read back without loss: facts that a format has no field for are properties
//! (CycloneDX) or annotations (SPDX) whose names begin with `yagura:`.

mod assemble;
pub mod cyclonedx;
mod cyclonedx_json;
mod cyclonedx_xml;
mod property;
pub mod spdx;
mod spdx3;
mod spdx_json;
mod spdx_tag;

use sha2::{Digest, Sha256};

use crate::{
    diagnostic::Diagnostic, distro::Distro, inventory::Inventory, limits, package::Package, text::decode,
};

/// What a bill of materials says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sbom {
    /// The form it was in.
    pub format: Format,
    /// The version of the form's specification, as `1.6`.
    pub spec_version: String,
    /// What it describes.
    pub name: Option<String>,
    /// The packages, as an [`Inventory`].
    pub inventory: Inventory,
}

/// The forms that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// CycloneDX in JSON.
    CycloneDxJson,
    /// CycloneDX in XML.
    CycloneDxXml,
    /// SPDX 2 in JSON.
    SpdxJson,
    /// SPDX 2, lines of tag and value.
    SpdxTagValue,
    /// SPDX 3 in JSON-LD.
    Spdx3,
}

/// Why bytes are no bill of materials.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SbomError {
    /// None of the forms that are read.
    #[error("not CycloneDX (JSON, XML) or SPDX (JSON, tag-value, JSON-LD)")]
    UnknownFormat,
    /// A specification that is not read.
    #[error("{format} {version} is not read")]
    UnknownVersion {
        /// `CycloneDX` or `SPDX`.
        format: &'static str,
        /// What the document says.
        version: String,
    },
    /// Larger than what is read.
    #[error("the document has {0} bytes; at most {max} are read", max = limits::SBOM_BYTES_MAX)]
    TooLarge(u64),
}

/// Reads a bill of materials; what is wrong inside it becomes a diagnostic of the inventory.
pub fn read(bytes: &[u8]) -> Result<Sbom, SbomError> {
    if bytes.len() as u64 > limits::SBOM_BYTES_MAX {
        return Err(SbomError::TooLarge(bytes.len() as u64));
    }
    let text = decode(bytes);
    match text.trim_start().chars().next() {
        Some('{') => read_json(&text),
        Some('<') => cyclonedx_xml::read(&text),
        _ if text.lines().take(100).any(|line| line.starts_with("SPDXVersion:")) => spdx_tag::read(&text),
        _ => Err(SbomError::UnknownFormat),
    }
}

fn read_json(text: &str) -> Result<Sbom, SbomError> {
    let (root, broken) = crate::json::read_up_to(text, limits::SBOM_NODES_MAX);
    // GitHub and attestations wrap the document.
    let inner = ["sbom", "predicate"].into_iter().find_map(|key| root.get(key));
    let root = inner.filter(|_| root.get("bomFormat").is_none()).unwrap_or(&root);
    if root.get("bomFormat").is_some() {
        cyclonedx_json::read(root, broken)
    } else if root.get("spdxVersion").is_some() {
        spdx_json::read(root, broken)
    } else if root.get("@graph").is_some()
        || root.text("@context").is_some_and(|text| text.contains("spdx.org"))
    {
        spdx3::read(root, broken)
    } else {
        Err(SbomError::UnknownFormat)
    }
}

/// What the writers are told besides the inventory.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// What was scanned: an image's name, a folder.
    pub name: &'a str,
    /// The time to write, as `2026-01-31T12:00:00Z`.
    pub timestamp: &'a str,
    /// The version of this program.
    pub tool_version: &'a str,
    /// What was found.
    pub inventory: &'a Inventory,
}

impl Document<'_> {
    /// A UUID (version 8) made of the contents, so that the same document has the same one.
    pub(crate) fn uuid(&self) -> String {
        let mut hasher = Sha256::new();
        for part in [self.name, self.timestamp, self.tool_version] {
            hasher.update(part);
            hasher.update([0]);
        }
        for package in &self.inventory.packages {
            hasher.update(package.purl());
            hasher.update([0]);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hasher.finalize()[..16]);
        bytes[6] = bytes[6] & 0x0F | 0x80;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

/// The references of the packages in a document: the package URL, made different where two packages share it.
pub fn references(packages: &[Package]) -> Vec<String> {
    let mut references: Vec<String> = Vec::with_capacity(packages.len());
    let mut copies = 0;
    for (index, package) in packages.iter().enumerate() {
        let purl = package.purl();
        // Sorted by package URL: the same ones stand side by side.
        let is_copy = index > 0 && packages[index - 1].purl() == purl;
        copies = if is_copy { copies + 1 } else { 0 };
        references.push(if is_copy { format!("{purl}#copy-{copies}") } else { purl });
    }
    references
}

fn inventory(distro: Option<Distro>, packages: Vec<Package>, diagnostics: Vec<Diagnostic>) -> Inventory {
    Inventory { distro, packages, diagnostics, ..Inventory::default() }
}
