//! Speed, recall and false alarms, side by side with gitleaks on the same files.
//!
//! `SECRETS_TREES` names folders that hold no secrets (colon-separated; the sources of Cargo's registry if not set), and
//! `GITLEAKS` the program to compare with. Without it only our side is measured. Nothing here fails on a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use serde_json::Value;
use yagura_secrets::{Rules, Scanner, Secret, Want, case};

type Found = BTreeMap<PathBuf, Vec<(u32, String)>>;

fn main() {
    let files = content();
    let begin = Instant::now();
    let rules = Rules::builtin(pairs(&files));
    let scanner = Scanner::new(&rules);
    let _ = scanner.scan("first", b"nothing");
    println!("rules: {} built in {:.1} ms", rules.len(), millis(begin.elapsed()));
    let gitleaks = env::var("GITLEAKS").ok();
    match &gitleaks {
        Some(program) => println!("compared with gitleaks {}", version(program)),
        None => println!("GITLEAKS is not set: our side only"),
    }
    for tree in trees() {
        speed(&scanner, &tree, gitleaks.as_deref());
    }
    recall(&scanner, &files, gitleaks.as_deref());
}

// Time and false alarms on a tree that holds no secrets.
fn speed(scanner: &Scanner<'_>, tree: &Path, gitleaks: Option<&str>) {
    println!("\n{}", tree.display());
    let begin = Instant::now();
    let (mut bytes, mut count, mut scanning) = (0, 0, Duration::ZERO);
    let mut secrets: Vec<Secret> = Vec::new();
    walk(tree, &mut |path, size| {
        count += 1;
        let shown = path.to_string_lossy();
        if scanner.want(&shown, size) == Want::Whole
            && let Ok(content) = fs::read(path)
        {
            bytes += content.len();
            let begin = Instant::now();
            secrets.extend(scanner.scan(&shown, &content));
            scanning += begin.elapsed();
        }
    });
    let wall = begin.elapsed();
    println!(
        "  ours: {count} files, {:.1} MB read, {:.2} s in all, {:.2} s searching = {:.0} MB/s a core, {} found",
        mega(bytes),
        wall.as_secs_f64(),
        scanning.as_secs_f64(),
        mega(bytes) / scanning.as_secs_f64(),
        secrets.len()
    );
    tell("ours", secrets.iter().map(|secret| secret.rule.clone()));
    if env::var_os("SECRETS_SHOW").is_some() {
        for secret in &secrets {
            println!("    {}:{}: {} {}", secret.path, secret.line, secret.rule, secret.redacted);
        }
    }
    let Some(program) = gitleaks else { return };
    let (found, theirs) = peer(program, tree);
    let total = found.values().map(Vec::len).sum::<usize>();
    println!(
        "  gitleaks: {:.2} s in all on every core, {total} found; time ratio {:.3}",
        theirs.as_secs_f64(),
        wall.as_secs_f64() / theirs.as_secs_f64()
    );
    tell("gitleaks", found.values().flatten().map(|(_, rule)| rule.clone()));
}

// Plants secrets that never were, and asks both.
fn recall(scanner: &Scanner<'_>, files: &[(String, String)], gitleaks: Option<&str>) {
    let folder = env::temp_dir().join(format!("yagura-planted-{}", std::process::id()));
    let planted = case::planted(pairs(files), 2);
    let planted: Vec<_> = planted.into_iter().filter(|one| !one.secret.is_empty()).collect();
    let kinds: BTreeSet<_> = planted.iter().map(|one| one.rule.clone()).collect();
    let mut wanted: BTreeMap<PathBuf, (&str, &str)> = BTreeMap::new();
    for (number, one) in planted.iter().enumerate() {
        // The name a rule asks for is kept; the folder is another for each.
        let path = folder.join(format!("{number:04}")).join(&one.path);
        let parent = path.parent().expect("a planted file lies in a folder");
        fs::create_dir_all(parent).expect("the folder for temporary files is writable");
        fs::write(&path, source_like(&one.path, &one.text)).expect("the file is written");
        wanted.insert(path, (&one.rule, &one.secret));
    }
    println!("\nplanted: {} secrets of {} kinds", planted.len(), kinds.len());
    let mut ours: BTreeSet<&PathBuf> = BTreeSet::new();
    for path in wanted.keys() {
        let content = fs::read(path).expect("the planted file is there");
        let shown = path.strip_prefix(&folder).expect("it lies below").to_string_lossy();
        if !scanner.scan(&shown, &content).is_empty() {
            ours.insert(path);
        }
    }
    println!("  ours: {} found", ours.len());
    if let Some(program) = gitleaks {
        let (found, time) = peer(program, &folder);
        let theirs: BTreeSet<_> = wanted.keys().filter(|path| found.contains_key(*path)).collect();
        println!("  gitleaks: {} found in {:.2} s", theirs.len(), time.as_secs_f64());
        println!(
            "  both {}, only ours {}, only gitleaks {}",
            ours.intersection(&theirs).count(),
            ours.difference(&theirs).count(),
            theirs.difference(&ours).count()
        );
        tell("only gitleaks", theirs.difference(&ours).map(|path| wanted[*path].0.to_owned()));
        tell("only ours", ours.difference(&theirs).map(|path| wanted[*path].0.to_owned()));
    }
    fs::remove_dir_all(&folder).expect("what was planted is removed");
}

fn source_like(path: &str, text: &str) -> String {
    if path.contains('.') && !path.ends_with(".env") {
        return format!("{text}\n");
    }
    format!("{text}\nRETRIES=5\nLOG_LEVEL=info\n")
}

fn peer(program: &str, tree: &Path) -> (Found, Duration) {
    let report = env::temp_dir().join(format!("yagura-gitleaks-{}.json", std::process::id()));
    let begin = Instant::now();
    let status = Command::new(program)
        .args([
            "dir",
            "--no-banner",
            "--log-level=error",
            "--exit-code=0",
            "--report-format=json",
            "--report-path",
        ])
        .arg(&report)
        .arg(tree)
        .status();
    let time = begin.elapsed();
    let mut found = Found::new();
    if !status.is_ok_and(|status| status.success()) {
        println!("  gitleaks did not run");
        return (found, time);
    }
    let list: Vec<Value> = serde_json::from_slice(&fs::read(&report).unwrap_or_default()).unwrap_or_default();
    for one in list {
        let path = PathBuf::from(one["File"].as_str().unwrap_or_default());
        let line = u32::try_from(one["StartLine"].as_u64().unwrap_or(0)).unwrap_or(0);
        found.entry(path).or_default().push((line, one["RuleID"].as_str().unwrap_or_default().to_owned()));
    }
    let _ = fs::remove_file(&report);
    (found, time)
}

fn tell(who: &str, rules: impl Iterator<Item = String>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for rule in rules {
        *counts.entry(rule).or_default() += 1;
    }
    let list: Vec<_> = counts.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
    println!("    {who}: {}", list.join(", "));
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path, u64)) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.metadata() {
            Ok(data) if data.is_dir() => walk(&path, visit),
            Ok(data) if data.is_file() => visit(&path, data.len()),
            _ => {}
        }
    }
}

fn trees() -> Vec<PathBuf> {
    if let Some(trees) = env::var_os("SECRETS_TREES") {
        return env::split_paths(&trees).collect();
    }
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    home.map(|home| home.join("registry/src")).into_iter().collect()
}

fn content() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/secrets");
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("content/secrets is there")
        .flatten()
        .filter_map(|entry| {
            Some((entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    files.sort();
    files
}

fn pairs(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

fn version(program: &str) -> String {
    let output = Command::new(program).arg("version").output();
    output.map_or_else(
        |error| error.to_string(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1_000_000.0
}
