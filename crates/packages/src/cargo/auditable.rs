//! The section `.dep-v0` that `cargo auditable` writes: JSON, compressed with zlib.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::{
    diagnostic::DiagnosticCode,
    elf::Elf,
    limits,
    package::{Package, PackageType},
    parser::Found,
    tree::Node,
};

/// Adds the crates of a binary, if it names them.
pub(crate) fn read(found: &mut Found, elf: &Elf<'_>) {
    let Some(section) = elf.section(b".dep-v0").filter(|section| !section.is_empty()) else { return };
    let mut json = Vec::new();
    let most = limits::AUDITABLE_BYTES_MAX;
    if ZlibDecoder::new(section).take(most).read_to_end(&mut json).is_err() || json.len() as u64 == most {
        return found.problem(None, DiagnosticCode::Syntax, "the section .dep-v0 cannot be decompressed");
    }
    found.json(&json, |found, root| crates(found, root.items_of("packages")));
}

fn crates(found: &mut Found, nodes: &[Node<'_>]) {
    let mut indices = Vec::with_capacity(nodes.len());
    for node in nodes {
        let (name, version) = (node.text("name").unwrap_or(""), node.text("version").unwrap_or(""));
        let mut package = Package::new(PackageType::Cargo, name, version);
        package.installed = true;
        // What ran at build time only is not in the binary.
        package.dev = node.text("kind") == Some("build");
        indices.push(found.push(package, None));
    }
    for (node, index) in nodes.iter().zip(&indices) {
        let Some(index) = *index else { continue };
        let needs = node.items_of("dependencies").iter().filter_map(Node::number);
        let needs = needs.filter_map(|need| *indices.get(usize::try_from(need).ok()?)?);
        found.item(index).needs = needs.take(limits::DEPENDENCIES_MAX).collect();
    }
    let root = nodes.iter().position(|node| node.flag("root")).and_then(|root| *indices.get(root)?);
    if let Some(root) = root {
        for need in found.item(root).needs.clone() {
            found.item(need).package.direct = Some(true);
        }
    }
}
