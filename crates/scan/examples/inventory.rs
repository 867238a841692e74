//! Lists the package URLs of a target: `inventory PATH`. Small enough to be measured without the rest of the program.

use std::path::Path;

use yagura_image::{Limits, OpenOptions, Progress, Target};
use yagura_scan::{Answering, Engines, Moment, Options, Patterns, Scanners, scan};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("usage: inventory PATH")?;
    let open = OpenOptions::default();
    let is_image = Path::new(&path).is_file() || Path::new(&path).join("index.json").exists();
    let target =
        if is_image { Target::image(&path, &open)? } else { Target::folder(Path::new(&path), &open)? };
    let options = Options {
        scanners: Scanners { vulnerabilities: true, secrets: false, malware: false, inventory: true },
        used_files: None,
        skip_files: Patterns::default(),
        skip_folders: Patterns::default(),
        limits: Limits::default(),
    };
    let moment = Moment { now: "2026-01-01T00:00:00Z", running_kernel: None };
    let report =
        scan(&target, &options, Answering::default(), Engines::default(), moment, &Progress::default());
    for entry in &report.packages {
        println!("{}", entry.purl);
    }
    eprintln!("{:?} {:?}, {} problems", report.counts, report.timings, report.problems.len());
    report.problems.iter().take(5).for_each(|problem| eprintln!("{problem:?}"));
    Ok(())
}
