//! What is written is valid and can be read back without loss.

use std::{
    fs,
    path::{Path, PathBuf},
};

use yagura_packages::{
    Collector, FileMeta, Inventory, Options, Want, limits,
    sbom::{self, Document, Format, cyclonedx, spdx},
};

#[test]
fn cyclonedx_is_read_back_without_loss() {
    for (name, inventory) in inventories() {
        let text = cyclonedx::write(&document(&inventory));
        let back = sbom::read(text.as_bytes()).expect("our own document can be read");
        assert_eq!(back.format, Format::CycloneDxJson);
        assert_same(&name, &inventory, &back.inventory);
    }
}

#[test]
fn spdx_is_read_back_without_loss() {
    for (name, inventory) in inventories() {
        let text = spdx::write(&document(&inventory));
        let back = sbom::read(text.as_bytes()).expect("our own document can be read");
        assert_eq!(back.format, Format::SpdxJson);
        assert_same(&name, &inventory, &back.inventory);
    }
}

#[test]
fn the_same_inventory_gives_the_same_bytes() {
    for (name, inventory) in inventories() {
        let copy = inventory.clone();
        assert_eq!(cyclonedx::write(&document(&inventory)), cyclonedx::write(&document(&copy)), "{name}");
        assert_eq!(spdx::write(&document(&inventory)), spdx::write(&document(&copy)), "{name}");
    }
}

#[test]
fn another_document_has_another_identifier() {
    let inventory = Inventory::default();
    let first = cyclonedx::value(&document(&inventory));
    let second = cyclonedx::value(&Document { name: "another", ..document(&inventory) });
    assert_ne!(first["serialNumber"], second["serialNumber"]);
}

#[test]
fn every_reference_in_a_document_is_defined_once() {
    for (name, inventory) in inventories() {
        let value = cyclonedx::value(&document(&inventory));
        let components = value["components"].as_array().expect("components");
        let mut references: Vec<_> =
            components.iter().map(|component| component["bom-ref"].clone()).collect();
        references.push("target".into());
        let defined = references.len();
        references.sort_by_key(ToString::to_string);
        references.dedup();
        assert_eq!(references.len(), defined, "{name}");
        for dependency in value["dependencies"].as_array().expect("dependencies") {
            let needs = dependency["dependsOn"].as_array().expect("needs");
            for reference in needs.iter().chain([&dependency["ref"]]) {
                assert!(references.contains(reference), "{name}: {reference}");
            }
        }
    }
}

fn validator() -> jsonschema::Validator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema");
    let read = |name: &str| -> serde_json::Value {
        let text = fs::read_to_string(folder.join(name)).expect("the schema can be read");
        serde_json::from_str(&text).expect("the schema is JSON")
    };
    let mut registry = jsonschema::Registry::new();
    for name in ["spdx.schema.json", "jsf-0.82.schema.json"] {
        let address = format!("http://cyclonedx.org/schema/{name}");
        registry = registry.add(address, read(name)).expect("the address is right");
    }
    let registry = registry.prepare().expect("the schemas are right");
    jsonschema::options()
        .with_registry(&registry)
        .build(&read("bom-1.6.schema.json"))
        .expect("the schema is right")
}

fn document(inventory: &Inventory) -> Document<'_> {
    Document { name: "target", timestamp: "2026-01-31T12:00:00Z", tool_version: "0.1.0", inventory }
}

// Diagnostics are of files and are not part of a bill.
fn assert_same(name: &str, ours: &Inventory, back: &Inventory) {
    assert_eq!(ours.distro, back.distro, "{name}");
    for (ours, back) in ours.packages.iter().zip(&back.packages) {
        assert_eq!(ours, back, "{name}");
    }
    assert_eq!(ours.packages.len(), back.packages.len(), "{name}");
    assert!(back.diagnostics.is_empty(), "{name}: {:?}", back.diagnostics);
}

fn inventories() -> Vec<(String, Inventory)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let concepts = entries(&root);
    let cases = concepts.iter().filter(|path| path.is_dir()).flat_map(|path| entries(path));
    let cases: Vec<_> =
        cases.filter(|path| path.is_dir()).map(|case| (case.display().to_string(), scan(&case))).collect();
    assert!(!cases.is_empty());
    cases
}

fn scan(case: &Path) -> Inventory {
    let mut collector = Collector::new(Options::default());
    let mut open = vec![case.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(entries(&path));
            continue;
        }
        let bytes = fs::read(&path).expect("testdata can be read");
        let relative = path.strip_prefix(case).expect("under the case").to_string_lossy().into_owned();
        let meta = FileMeta { path: &relative, size: bytes.len() as u64, mode: 0o755, layer: 0 };
        let head = &bytes[..bytes.len().min(limits::HEAD_BYTES)];
        if collector.want(&meta) == Want::Whole || collector.want_head(&meta, head) {
            collector.add(&meta, &bytes);
        }
    }
    collector.finish()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("testdata can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("testdata can be read").path()).collect();
    paths.sort();
    paths
}

#[test]
fn cyclonedx_is_valid_against_its_schema() {
    let validator = validator();
    for (name, inventory) in inventories() {
        let value = cyclonedx::value(&document(&inventory));
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let inventory = Inventory::default();
    let mut value = cyclonedx::value(&document(&inventory));
    assert!(validator().is_valid(&value));
    value["components"] = serde_json::json!([{"type": "library"}]);
    assert!(!validator().is_valid(&value));
}
