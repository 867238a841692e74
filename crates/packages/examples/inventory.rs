//! Lists the packages of a folder, or writes its bill of materials:
//! `cargo run -p yagura-packages --example inventory -- FOLDER [cyclonedx|spdx]`.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Instant,
};

use yagura_packages::{
    Collector, FileMeta, Options, Want, limits,
    sbom::{Document, cyclonedx, spdx},
};

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("."), PathBuf::from);
    let start = Instant::now();
    let mut collector = Collector::new(Options::default());
    walk(&folder, &folder, &mut collector)?;
    let inventory = collector.finish();
    let took = start.elapsed();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let name = folder.to_string_lossy();
    let (timestamp, tool_version) = ("2026-01-31T12:00:00Z", env!("CARGO_PKG_VERSION"));
    let document = Document { name: &name, timestamp, tool_version, inventory: &inventory };
    match std::env::args().nth(2).as_deref() {
        Some("cyclonedx") => return out.write_all(cyclonedx::write(&document).as_bytes()),
        Some("spdx") => return out.write_all(spdx::write(&document).as_bytes()),
        _ => {}
    }
    for package in &inventory.packages {
        let owner = package.owned_by.as_deref().unwrap_or("-");
        let places: Vec<_> = package.locations.iter().map(|location| location.path.as_str()).collect();
        writeln!(out, "{}\t{owner}\t{}", package.purl(), places.join(" "))?;
    }
    for diagnostic in &inventory.diagnostics {
        eprintln!("{diagnostic}");
    }
    eprintln!("{} packages in {took:.2?}", inventory.packages.len());
    Ok(())
}

fn walk(root: &Path, folder: &Path, collector: &mut Collector) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(root, &path, collector)?;
        } else if kind.is_file() {
            let metadata = entry.metadata()?;
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            let (size, mode) = (metadata.len(), metadata.permissions().mode());
            let meta = FileMeta { path: &relative, size, mode, layer: 0 };
            let want = collector.want(&meta);
            if want == Want::No {
                continue;
            }
            let bytes = fs::read(&path)?;
            if want == Want::Whole
                || collector.want_head(&meta, &bytes[..bytes.len().min(limits::HEAD_BYTES)])
            {
                collector.add(&meta, &bytes);
            }
        }
    }
    Ok(())
}
