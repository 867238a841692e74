//! Layers are collected apart and joined: what is left is what one walk over the result would have found.

use yagura_packages::{Collector, FileMeta, Inventory, Options};

const OLD: &[u8] = b"Package: bash\nStatus: install ok installed\nVersion: 5.1-2\nArchitecture: amd64\n";
const NEW: &[u8] = b"Package: bash\nStatus: install ok installed\nVersion: 5.2-15\nArchitecture: amd64\n\n\
    Package: npm\nStatus: install ok installed\nVersion: 9.2\nArchitecture: all\n";
const OS: &[u8] = b"ID=debian\nVERSION_ID=\"12\"\n";
const LIST: &[u8] = b"/.\n/usr/share/npm/package.json\n";
const MANIFEST: &[u8] = br#"{"name": "npm", "version": "9.2.0"}"#;

fn layer(number: u32, files: &[(&str, &[u8])]) -> Collector {
    let mut collector = Collector::new(Options::default());
    for (path, bytes) in files {
        collector.add(&FileMeta { path, size: bytes.len() as u64, mode: 0o644, layer: number }, bytes);
    }
    collector
}

fn without_layers(mut inventory: Inventory) -> Inventory {
    let locations = inventory.packages.iter_mut().flat_map(|package| &mut package.locations);
    locations.for_each(|location| location.layer = 0);
    inventory
}

#[test]
fn joined_layers_are_what_one_walk_finds() {
    let status = "var/lib/dpkg/status";
    let mut base = layer(0, &[("etc/os-release", OS), (status, OLD), ("opt/gone/package.json", MANIFEST)]);
    let list = ("var/lib/dpkg/info/npm.list", LIST);
    base.absorb(layer(1, &[(status, NEW), list, ("usr/share/npm/package.json", MANIFEST)]));
    base.retain(|path, layer| path != "opt/gone/package.json" && (path != status || layer == 1));
    let joined = base.finish();
    let whole =
        layer(0, &[("etc/os-release", OS), (status, NEW), list, ("usr/share/npm/package.json", MANIFEST)]);
    assert_eq!(without_layers(joined.clone()), whole.finish());
    let purls: Vec<_> =
        joined.packages.iter().map(|package| (package.purl(), package.locations[0].layer)).collect();
    let expected = [
        ("pkg:deb/debian/bash@5.2-15?arch=amd64&distro=debian-12".to_owned(), 1),
        ("pkg:deb/debian/npm@9.2?arch=all&distro=debian-12".to_owned(), 1),
        ("pkg:npm/npm@9.2.0".to_owned(), 1),
    ];
    assert_eq!(purls, expected);
    assert_eq!(joined.packages[2].owned_by.as_deref(), Some(expected[1].0.as_str()));
}

#[test]
fn a_package_in_two_layers_is_one_with_two_places() {
    let mut base = layer(0, &[("a/node_modules/npm/package.json", MANIFEST)]);
    base.absorb(layer(3, &[("b/node_modules/npm/package.json", MANIFEST)]));
    let inventory = base.finish();
    let places: Vec<_> =
        inventory.packages[0].locations.iter().map(|place| (place.path.as_str(), place.layer)).collect();
    assert_eq!(places, [("a/node_modules/npm/package.json", 0), ("b/node_modules/npm/package.json", 3)]);
}
