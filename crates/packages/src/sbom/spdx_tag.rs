//! Reads SPDX 2 in lines of tag and value.

use std::collections::HashMap;

use super::{
    Format, Sbom, SbomError,
    assemble::{Assembly, Part},
    spdx_json::{check_version, kind, licence, relate},
};
use crate::{diagnostic::DiagnosticCode, digest, text::numbered};

pub(super) fn read(text: &str) -> Result<Sbom, SbomError> {
    let mut reader = Reader::default();
    let mut version = Err(SbomError::UnknownFormat);
    let mut lines = numbered(text);
    while let Some((number, line)) = lines.next() {
        let Some((tag, value)) = line.split_once(':') else { continue };
        let mut value = value.trim().to_owned();
        // Text of several lines.
        if let Some(first) = value.strip_prefix("<text>") {
            let mut whole = first.to_owned();
            while !whole.contains("</text>") {
                let Some((_, more)) = lines.next() else {
                    reader.assembly.problem(number, DiagnosticCode::Truncated, "a <text> has no end");
                    break;
                };
                whole.push('\n');
                whole.push_str(more);
            }
            value = whole.split("</text>").next().unwrap_or("").to_owned();
        }
        match tag.trim() {
            "SPDXVersion" => version = check_version(&value).map(str::to_owned),
            tag => reader.tag(number, tag, &value),
        }
    }
    let (version, name) = (version?, reader.name.take());
    Ok(Sbom { format: Format::SpdxTagValue, spec_version: version, name, inventory: reader.finish() })
}

#[derive(Default)]
struct Reader {
    assembly: Assembly,
    name: Option<String>,
    part: Option<Part>,
    // The licence fields of each part, and what references stand for.
    licences: HashMap<String, String>,
    extracted: HashMap<String, String>,
    reference: String,
    // Annotations say what they are about after their comment or before.
    comments: Vec<(String, String)>,
    about: String,
}

impl Reader {
    fn tag(&mut self, line: u32, tag: &str, value: &str) {
        match tag {
            "DocumentName" => self.name = Some(value.to_owned()),
            "PackageName" => {
                self.end_part();
                self.part = Some(Part { line, name: value.to_owned(), ..Part::default() });
            }
            "FileName" | "SnippetSPDXID" => self.end_part(),
            "LicenseID" => {
                self.end_part();
                value.clone_into(&mut self.reference);
            }
            "LicenseName" | "ExtractedText" => {
                let entry = self.extracted.entry(self.reference.clone());
                let name = entry.or_insert_with(|| value.to_owned());
                if tag == "LicenseName" && value != "NOASSERTION" {
                    value.clone_into(name);
                }
            }
            "Relationship" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                if let [from, kind, to, ..] = words.as_slice() {
                    relate(&mut self.assembly, from, kind, to);
                }
            }
            "SPDXREF" => value.clone_into(&mut self.about),
            "AnnotationComment" => self.comments.push((self.about.clone(), value.to_owned())),
            _ => self.part_tag(tag, value),
        }
    }

    fn part_tag(&mut self, tag: &str, value: &str) {
        let Some(part) = &mut self.part else { return };
        match tag {
            "SPDXID" => value.clone_into(&mut part.id),
            "PackageVersion" => value.clone_into(&mut part.version),
            "PrimaryPackagePurpose" => part.kind = kind(value),
            "PackageChecksum" => part.hashes.extend(value.split_once(':').and_then(digest::from_hex)),
            "PackageLicenseDeclared" => {
                self.licences.insert(part.id.clone(), value.to_owned());
            }
            // `PACKAGE-MANAGER purl pkg:…`
            "ExternalRef" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                if let [_, "purl", purl, ..] = words.as_slice() {
                    (*purl).clone_into(&mut part.purl);
                }
            }
            _ => {}
        }
    }

    fn end_part(&mut self) {
        if let Some(part) = self.part.take() {
            self.assembly.push(part);
        }
    }

    fn finish(mut self) -> crate::inventory::Inventory {
        self.end_part();
        let extracted: HashMap<&str, &str> =
            self.extracted.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
        let mut comments: HashMap<&str, Vec<&str>> = HashMap::new();
        for (about, comment) in &self.comments {
            comments.entry(about).or_default().push(comment);
        }
        for part in &mut self.assembly.parts {
            part.licences.extend(self.licences.get(&part.id).and_then(|text| licence(text, &extracted)));
            let comments = comments.get(part.id.as_str()).into_iter().flatten();
            let pairs = comments.filter_map(|text| text.split_once('='));
            part.properties.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        self.assembly.finish()
    }
}
