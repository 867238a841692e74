//! Every case of `testdata/CONCEPT/CASE/` is a small root file system; what is found in it is a snapshot beside it.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use yagura_packages::{Collector, FileMeta, Inventory, Options, Package, Want, limits, sbom};

#[test]
fn every_case_gives_its_packages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut cases = 0;
    for concept in folders(&root) {
        for case in folders(&concept) {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(&concept);
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            let name = case.file_name().expect("a folder has a name").to_string_lossy().into_owned();
            settings.bind(|| insta::assert_snapshot!(name, render(&scan(&case))));
            cases += 1;
        }
    }
    assert!(cases > 0);
}

#[test]
fn every_bill_of_materials_gives_its_packages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sbom");
    let bills =
        entries(&folder).into_iter().filter(|path| path.extension().is_none_or(|ending| ending != "snap"));
    for path in bills {
        let bytes = fs::read(&path).expect("testdata can be read");
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let bill = sbom::read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let head = format!("{:?} {} {:?}\n", bill.format, bill.spec_version, bill.name);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, head + &render(&bill.inventory)));
    }
}

#[test]
fn the_order_of_files_does_not_matter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for case in folders(&root).iter().flat_map(|concept| folders(concept)) {
        let mut paths = files(&case);
        let forwards = scan_files(&case, &paths);
        paths.reverse();
        assert_eq!(forwards, scan_files(&case, &paths), "{}", case.display());
    }
}

fn scan(case: &Path) -> Inventory {
    scan_files(case, &files(case))
}

fn scan_files(case: &Path, paths: &[PathBuf]) -> Inventory {
    let mut collector = Collector::new(Options::default());
    for path in paths {
        let bytes = fs::read(path).expect("testdata can be read");
        let relative = path.strip_prefix(case).expect("under the case").to_string_lossy().into_owned();
        let meta = FileMeta { path: &relative, size: bytes.len() as u64, mode: mode(&relative), layer: 0 };
        let is_wanted = match collector.want(&meta) {
            Want::No => false,
            Want::Whole => true,
            Want::Head => collector.want_head(&meta, &bytes[..bytes.len().min(limits::HEAD_BYTES)]),
        };
        if is_wanted {
            collector.add(&meta, &bytes);
        }
    }
    collector.finish()
}

fn mode(path: &str) -> u32 {
    if path.contains("bin/") { 0o755 } else { 0o644 }
}

fn render(inventory: &Inventory) -> String {
    let mut out = String::new();
    if let Some(distro) = &inventory.distro {
        writeln!(out, "distro {} {:?}", distro.qualifier(), distro.pretty_name).expect("a string takes all");
    }
    for package in &inventory.packages {
        render_package(package, &mut out).expect("a string takes all");
    }
    for diagnostic in &inventory.diagnostics {
        writeln!(out, "! {diagnostic}").expect("a string takes all");
    }
    out
}

fn render_package(package: &Package, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{}", package.purl())?;
    for location in &package.locations {
        let line = location.line.map(|line| format!(":{line}")).unwrap_or_default();
        writeln!(out, "    at {}{line}", location.path)?;
    }
    let mut facts = Vec::new();
    facts.extend(package.dev.then_some("dev".to_owned()));
    facts.extend(package.direct.map(|direct| if direct { "direct" } else { "indirect" }.to_owned()));
    facts.extend(package.installed.then_some("installed".to_owned()));
    let source = package.source_name.as_ref();
    facts.extend(
        source.map(|name| format!("source {name} {}", package.source_version.as_deref().unwrap_or("?"))),
    );
    facts.extend(package.module.as_ref().map(|module| format!("module {module}")));
    facts.extend(package.vendor.as_ref().map(|vendor| format!("vendor {vendor}")));
    facts.extend(package.licences.iter().map(|licence| format!("licence {licence}")));
    facts.extend(package.hashes.iter().map(|hash| format!("{} {}", hash.algorithm, hash.value)));
    facts.extend(package.owned_by.as_ref().map(|owner| format!("owned by {owner}")));
    facts.extend(package.depends_on.iter().map(|purl| format!("needs {purl}")));
    for fact in facts {
        writeln!(out, "    {fact}")?;
    }
    Ok(())
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut files): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| self::files(folder)));
    files.sort();
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("testdata can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("testdata can be read").path()).collect();
    paths.sort();
    paths
}
