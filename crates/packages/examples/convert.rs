//! Reads a bill of materials and writes it as CycloneDX or SPDX, or lists its packages:
//! `cargo run -p yagura-packages --example convert -- FILE [cyclonedx|spdx]`.

use std::{env, error::Error, fs};

use yagura_packages::sbom::{self, Document, cyclonedx, spdx};

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: convert FILE [cyclonedx|spdx]")?;
    let bill = sbom::read(&fs::read(&path)?)?;
    eprintln!("{:?} {}: {} packages", bill.format, bill.spec_version, bill.inventory.packages.len());
    for diagnostic in &bill.inventory.diagnostics {
        eprintln!("{diagnostic}");
    }
    let document = Document {
        name: bill.name.as_deref().unwrap_or("target"),
        timestamp: "2026-01-31T12:00:00Z",
        tool_version: env!("CARGO_PKG_VERSION"),
        inventory: &bill.inventory,
    };
    match env::args().nth(2).as_deref() {
        Some("cyclonedx") => print!("{}", cyclonedx::write(&document)),
        Some("spdx") => print!("{}", spdx::write(&document)),
        _ => bill.inventory.packages.iter().for_each(|package| println!("{}", package.purl())),
    }
    Ok(())
}
