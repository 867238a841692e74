//! `pnpm-lock.yaml`, lock file versions 5 to 9.

use std::collections::HashMap;

use crate::{
    limits,
    npm::{integrity, split_at_version},
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
    tree::Node,
};

pub(crate) const PARSER: Parser =
    Parser { patterns: &[Pattern::Project("pnpm-lock.yaml")], bytes_max: limits::YAML_BYTES_MAX, parse };

fn parse(found: &mut Found, bytes: &[u8]) {
    found.yaml(bytes, |found, root| {
        let version = root.get("lockfileVersion").and_then(Node::scalar).unwrap_or("");
        let major = version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
        Lock { found, major, items: HashMap::new(), direct: HashMap::new() }.read(root);
    });
}

struct Lock<'f> {
    found: &'f mut Found,
    major: u32,
    // By name and version (with the suffix of peers), the item.
    items: HashMap<(String, String), u32>,
    // What the project asks for, and whether for development only.
    direct: HashMap<(String, String), bool>,
}

impl Lock<'_> {
    fn read(mut self, root: &Node<'_>) {
        self.importer(root);
        for (_, importer) in root.entries_of("importers") {
            self.importer(importer);
        }
        let packages = root.entries_of("packages");
        // Since version 9 `packages` has what a package is, `snapshots` has what it was resolved to.
        let snapshots = root.entries_of("snapshots");
        let details: HashMap<&str, &Node<'_>> = packages.iter().map(|(key, node)| (&**key, node)).collect();
        let entries = if self.major >= 9 && !snapshots.is_empty() { snapshots } else { packages };
        for (key, node) in entries {
            let plain = key.split('(').next().unwrap_or(key);
            self.push(key, node, details.get(plain).copied().unwrap_or(node));
        }
        for (key, node) in entries {
            self.link(key, node);
        }
        if self.major >= 9 {
            self.mark_dev();
        }
    }

    fn importer(&mut self, node: &Node<'_>) {
        for (group, dev) in
            [("dependencies", false), ("optionalDependencies", false), ("devDependencies", true)]
        {
            for (name, node) in node.entries_of(group) {
                let version =
                    node.scalar().or_else(|| node.get("version").and_then(Node::scalar)).unwrap_or("");
                let key = self.key(name, version);
                let entry = self.direct.entry(key).or_insert(dev);
                *entry &= dev;
            }
        }
    }

    // A dependency's version may name another package: `/other@1.0.0`, `other@1.0.0`, `/other/1.0.0`.
    fn key(&self, name: &str, version: &str) -> (String, String) {
        let other = if version.starts_with('/') || version.contains('@') && !version.contains(':') {
            self.split(version.split('(').next().unwrap_or(version))
        } else {
            None
        };
        match other {
            Some((name, _)) => {
                let rest = version.strip_prefix('/').unwrap_or(version);
                (name.to_owned(), rest[name.len()..].trim_start_matches(['@', '/']).to_owned())
            }
            None => (name.to_owned(), version.to_owned()),
        }
    }

    // `/name/1.0.0_peer` (5), `/name@1.0.0(peer@2.0.0)` (6), `name@1.0.0(peer@2.0.0)` (9).
    fn split<'k>(&self, key: &'k str) -> Option<(&'k str, &'k str)> {
        let plain = key.strip_prefix('/').unwrap_or(key);
        if self.major < 6 {
            // Without a leading slash stands the registry.
            let plain = if key.starts_with('/') { plain } else { plain.split_once('/')?.1 };
            return plain.rsplit_once('/');
        }
        let head = plain.split('(').next().unwrap_or(plain);
        let (name, _) = split_at_version(head)?;
        Some((name, &plain[name.len() + 1..]))
    }

    fn push(&mut self, key: &str, node: &Node<'_>, details: &Node<'_>) {
        // What comes from elsewhere tells its name.
        let split = self.split(key).map(|(name, version)| (name.to_owned(), version.to_owned()));
        let told = details.text("name").map(|name| (name.to_owned(), String::new()));
        let Some((name, full)) = told.or(split) else { return };
        let plain = full.split(['(', '_']).next().unwrap_or(&full);
        let told = details.get("version").and_then(Node::scalar);
        let version = told.unwrap_or(plain);
        // An address or a folder is no version.
        let version = if version.contains(['/', ':']) { "" } else { version };
        let mut package = Package::new(PackageType::Npm, &name, version);
        package.dev = node.flag("dev");
        let resolution = details.get("resolution").and_then(|resolution| resolution.text("integrity"));
        package.hashes = resolution.map(integrity).unwrap_or_default();
        let direct = self.direct.get(&(name.clone(), full.clone()));
        package.direct = Some(direct.is_some());
        if let Some(index) = self.found.push(package, Some(node.line)) {
            self.items.insert((name, full), index);
        }
    }

    fn link(&mut self, key: &str, node: &Node<'_>) {
        let Some((name, full)) = self.split(key) else { return };
        let Some(&index) = self.items.get(&(name.to_owned(), full.to_owned())) else { return };
        let groups = ["dependencies", "optionalDependencies"];
        let wanted =
            groups.into_iter().flat_map(|group| node.entries_of(group)).take(limits::DEPENDENCIES_MAX);
        let needs = wanted.filter_map(|(name, version)| {
            let key = self.key(name, version.scalar()?);
            self.items.get(&key).copied()
        });
        self.found.item(index).needs = needs.collect();
    }

    // Version 9 does not say what is for development.
    fn mark_dev(&mut self) {
        let needed = self.direct.iter().filter(|(_, dev)| !**dev);
        let needed = needed.filter_map(|(key, _)| self.items.get(key).copied()).collect();
        self.found.mark_unreached_dev(needed);
    }
}
