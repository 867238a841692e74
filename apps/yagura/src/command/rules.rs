//! `yagura rules`: check, test and list rules, without a running server.

mod exceptions;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use yagura_detect::{Engine, EngineOptions, FileReport, SourceFile, case, falco};
use yagura_event::SensorMode;

use crate::{
    Global,
    output::{self, Failure},
    rulebook,
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check rules: every error and warning with its place, and counts by file. Exit code 2 on errors.
    #[command(
        after_help = "Example:\n  yagura rules lint /etc/falco/falco_rules.yaml rules.d/ --format json\n  cat my_rules.yaml | yagura rules lint -"
    )]
    Lint(Input),
    /// Run the cases beside the rules (NAME.cases.yaml): what must fire fires, what must not does not.
    #[command(after_help = "Example:\n  yagura rules test content/rules")]
    Test(Input),
    /// List the rules.
    #[command(after_help = "Example:\n  yagura rules list --format json")]
    List(Input),
    /// What rules are not to be told about: list, check, add.
    #[command(subcommand)]
    Exceptions(exceptions::Command),
}

#[derive(clap::Args)]
pub struct Input {
    /// Files and folders of rules, `-` for standard input (default: those of the configuration and the ones that come
    /// with Yagura).
    paths: Vec<PathBuf>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    #[value(alias = "text")]
    Table,
    Json,
}

/// Runs the command.
pub fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Lint(input) => lint(global, &input),
        Command::Test(input) => test(global, &input),
        Command::List(input) => list(global, &input),
        Command::Exceptions(command) => exceptions::run(global, command),
    }
}

struct Loaded {
    set: yagura_detect::RuleSet,
    files: Vec<FileReport>,
    sources: BTreeMap<String, String>,
}

impl Loaded {
    fn sum(&self, of: fn(&FileReport) -> usize) -> usize {
        self.files.iter().map(of).sum()
    }

    /// Exit code 2 where a file has errors, and a word where to read about them.
    fn code(&self, tell: bool) -> ExitCode {
        let errors = self.sum(|file| file.errors);
        if errors > 0 && tell {
            eprintln!("error: {}; see `yagura rules lint`", output::count(errors as u64, "error"));
        }
        if errors > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS }
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn load(global: &Global, input: &Input) -> Result<Loaded, Failure> {
    if let Some(path) = input.paths.iter().find(|path| !is_stdin(path) && !path.exists()) {
        return Err(Failure::usage(anyhow::anyhow!("{}: no such file or folder", path.display())));
    }
    let named = !input.paths.is_empty();
    let config = global.load()?;
    let paths = if named { &input.paths } else { &config.detect.rules };
    let (sources, failed) = read_sources(paths);
    let mut loaded = falco::load(&sources, &falco::LoadOptions::default());
    let mut all: Vec<SourceFile> = sources;
    if !named && config.detect.builtin {
        let ours = rulebook::builtin();
        let more = rulebook::load_builtin(&ours);
        loaded.rules.extend(more.rules);
        loaded.files.extend(more.files);
        all.extend(ours);
    }
    loaded.files.extend(failed);
    let sources = all.into_iter().map(|file| (file.name, file.text)).collect();
    Ok(Loaded { set: loaded.rules, files: loaded.files, sources })
}

// In the order in which they are named: later files may change what earlier ones define.
fn read_sources(paths: &[PathBuf]) -> (Vec<SourceFile>, Vec<FileReport>) {
    let (mut sources, mut failed) = (Vec::new(), Vec::new());
    for path in paths {
        if !is_stdin(path) {
            let (more, wrong) = rulebook::read_sources(std::slice::from_ref(path));
            sources.extend(more);
            failed.extend(wrong);
            continue;
        }
        match rulebook::read_text(io::stdin().lock()) {
            Ok(text) => sources.push(SourceFile::new("<stdin>", text)),
            Err(error) => failed.push(rulebook::unreadable(Path::new("<stdin>"), &error)),
        }
    }
    (sources, failed)
}

fn lint(global: &Global, input: &Input) -> Result<ExitCode, Failure> {
    let loaded = load(global, input)?;
    if input.format == Format::Json {
        output::json(&loaded.files)?;
        return Ok(loaded.code(false));
    }
    for file in &loaded.files {
        let source = loaded.sources.get(&file.file).map_or("", String::as_str);
        for diagnostic in &file.diagnostics {
            output::print(&format!("{}\n", diagnostic.render(source)));
        }
        print_blind(file);
    }
    let row = |file: &FileReport| {
        let counts = [file.rules, file.enabled, file.errors, file.warnings];
        std::iter::once(file.file.clone()).chain(counts.iter().map(ToString::to_string)).collect()
    };
    let mut rows: Vec<Vec<String>> = loaded.files.iter().map(row).collect();
    if rows.len() > 1 {
        let sums: [fn(&FileReport) -> usize; 4] = [|f| f.rules, |f| f.enabled, |f| f.errors, |f| f.warnings];
        let sums = sums.iter().map(|of| loaded.sum(*of).to_string());
        rows.push(std::iter::once("total".to_owned()).chain(sums).collect());
    }
    output::table(&["file", "rules", "enabled", "errors", "warnings"], &rows);
    if rows.is_empty() {
        eprintln!("no rule file (*.yaml, *.yml) there");
    }
    Ok(loaded.code(false))
}

// What rules ask for and never get: not their fault, and not silent either.
fn print_blind(file: &FileReport) {
    for blind in &file.blind {
        let mut never = Vec::new();
        if !blind.fields.is_empty() {
            never.push(format!("{} is never known", blind.fields.join(", ")));
        }
        if !blind.event_types.is_empty() {
            never.push(format!("{} is never seen", blind.event_types.join(", ")));
        }
        output::print(&format!(
            "note: {}:{}: `{}`: {}\n",
            file.file,
            blind.line,
            blind.rule,
            never.join("; ")
        ));
    }
    if !file.blind.is_empty() {
        output::print("\n");
    }
}

fn test(global: &Global, input: &Input) -> Result<ExitCode, Failure> {
    let loaded = load(global, input)?;
    let cases = case_files(input)?;
    if cases.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!("there is no *.cases.yaml beside these rules"))
            .hint("a rule in NAME.yaml has its cases in NAME.cases.yaml; docs/adding/a-rule.md shows one"));
    }
    let mut results = Vec::new();
    let mut diagnostics = Vec::new();
    for file in &cases {
        let (more, wrong) = case::run(&loaded.set, file);
        results.extend(more);
        diagnostics.extend(wrong);
    }
    let failed = results.iter().filter(|result| !result.passed()).count();
    let is_json = input.format == Format::Json;
    for diagnostic in &diagnostics {
        let source =
            cases.iter().find(|file| file.name == diagnostic.file).map_or("", |file| file.text.as_str());
        let text = format!("{}\n", diagnostic.render(source));
        // The answer in JSON is the cases that ran; what could not be read is told beside it.
        if is_json { eprint!("{text}") } else { output::print(&text) }
    }
    if is_json {
        output::json(&results)?;
    } else {
        for result in results.iter().filter(|result| !result.passed()) {
            let what = if result.expected { "did not fire" } else { "fired" };
            output::print(&format!(
                "FAILED {}:{}: `{}` {what}: {}\n",
                result.file, result.line, result.rule, result.case
            ));
        }
        let unread = if diagnostics.is_empty() {
            String::new()
        } else {
            format!(", {} that cannot be read", diagnostics.len())
        };
        output::print(&format!("{} passed, {failed} failed{unread}\n", results.len() - failed));
    }
    if diagnostics.is_empty() && failed == 0 { Ok(loaded.code(true)) } else { Ok(ExitCode::from(1)) }
}

fn case_files(input: &Input) -> Result<Vec<SourceFile>, Failure> {
    if input.paths.is_empty() {
        return Ok(rulebook::builtin_cases());
    }
    let mut files = Vec::new();
    for path in input.paths.iter().filter(|path| !is_stdin(path)) {
        let found = rulebook::case_paths(path).map_err(Failure::run)?;
        for file in found {
            let text = rulebook::read_file(&file).map_err(Failure::run)?;
            files.push(SourceFile { name: file.display().to_string(), text });
        }
    }
    Ok(files)
}

fn list(global: &Global, input: &Input) -> Result<ExitCode, Failure> {
    let loaded = load(global, input)?;
    let engine = Engine::compile(&loaded.set, &EngineOptions::default());
    let infos = engine.rule_infos(&yagura_sensor::capturable_kinds(SensorMode::Ebpf));
    if input.format == Format::Json {
        output::json(&infos)?;
    } else {
        let row = |info: &yagura_event::RuleInfo| {
            let on = if info.enabled { "on" } else { "off" };
            let techniques: Vec<&str> = info.techniques.iter().map(|technique| technique.id()).collect();
            vec![
                on.to_owned(),
                info.priority.clone(),
                info.name.clone(),
                techniques.join(" "),
                info.file.clone(),
            ]
        };
        output::table(
            &["on", "priority", "rule", "techniques", "file"],
            &infos.iter().map(row).collect::<Vec<_>>(),
        );
        let on = infos.iter().filter(|info| info.enabled).count();
        eprintln!("{}, {on} on", output::count(infos.len() as u64, "rule"));
    }
    Ok(loaded.code(true))
}
