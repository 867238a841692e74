//! `yagura rules`: check, test and list rules, without a running server.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

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
        after_help = "Example:\n  yagura rules lint /etc/falco/falco_rules.yaml rules.d/ --format json"
    )]
    Lint(Input),
    /// Run the cases beside the rules (NAME.cases.yaml): what must fire fires, what must not does not.
    #[command(after_help = "Example:\n  yagura rules test content/rules")]
    Test(Input),
    /// List the rules.
    #[command(after_help = "Example:\n  yagura rules list --format json")]
    List(Input),
}

#[derive(clap::Args)]
pub struct Input {
    /// Files and folders of rules (default: those of the configuration and the ones that come with Yagura).
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
    }
}

struct Loaded {
    set: yagura_detect::RuleSet,
    files: Vec<FileReport>,
    sources: BTreeMap<String, String>,
}

fn load(global: &Global, input: &Input) -> Result<Loaded, Failure> {
    for path in &input.paths {
        if !path.exists() {
            return Err(Failure::usage(anyhow::anyhow!("{}: no such file or folder", path.display())));
        }
    }
    let named = !input.paths.is_empty();
    let config = global.load()?;
    let paths = if named { &input.paths } else { &config.detect.rules };
    let (sources, failed) = rulebook::read_sources(paths);
    let mut loaded = falco::load(&sources, &falco::LoadOptions::default());
    let mut all: Vec<SourceFile> = sources;
    if !named && config.detect.builtin {
        let ours = rulebook::builtin();
        let more = falco::load(&ours, &falco::LoadOptions::default());
        loaded.rules.extend(more.rules);
        loaded.files.extend(more.files);
        all.extend(ours);
    }
    loaded.files.extend(failed);
    let sources = all.into_iter().map(|file| (file.name, file.text)).collect();
    Ok(Loaded { set: loaded.rules, files: loaded.files, sources })
}

fn lint(global: &Global, input: &Input) -> Result<ExitCode, Failure> {
    let loaded = load(global, input)?;
    let errors: usize = loaded.files.iter().map(|file| file.errors).sum();
    if input.format == Format::Json {
        output::json(&loaded.files)?;
    } else {
        for file in &loaded.files {
            let source = loaded.sources.get(&file.file).map_or("", String::as_str);
            for diagnostic in &file.diagnostics {
                output::print(&format!("{}\n", diagnostic.render(source)));
            }
        }
        let row = |file: &FileReport| {
            let counts = [file.rules, file.enabled, file.errors, file.warnings];
            std::iter::once(file.file.clone()).chain(counts.iter().map(ToString::to_string)).collect()
        };
        let mut rows: Vec<Vec<String>> = loaded.files.iter().map(row).collect();
        if rows.len() > 1 {
            let sum = |of: fn(&FileReport) -> usize| loaded.files.iter().map(of).sum::<usize>().to_string();
            rows.push(vec![
                "total".into(),
                sum(|f| f.rules),
                sum(|f| f.enabled),
                sum(|f| f.errors),
                sum(|f| f.warnings),
            ]);
        }
        output::table(&["file", "rules", "enabled", "errors", "warnings"], &rows);
    }
    Ok(if errors > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
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
    if input.format == Format::Json {
        output::json(&results)?;
    } else {
        for diagnostic in &diagnostics {
            let source =
                cases.iter().find(|file| file.name == diagnostic.file).map_or("", |file| file.text.as_str());
            output::print(&format!("{}\n", diagnostic.render(source)));
        }
        for result in results.iter().filter(|result| !result.passed()) {
            let what = if result.expected { "did not fire" } else { "fired" };
            output::print(&format!(
                "FAILED {}:{}: `{}` {what}: {}\n",
                result.file, result.line, result.rule, result.case
            ));
        }
        output::print(&format!("{} passed, {failed} failed\n", results.len() - failed));
    }
    Ok(if diagnostics.is_empty() && failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn case_files(input: &Input) -> Result<Vec<SourceFile>, Failure> {
    if input.paths.is_empty() {
        return Ok(rulebook::builtin_cases());
    }
    let mut files = Vec::new();
    for path in &input.paths {
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
    let errors: usize = loaded.files.iter().map(|file| file.errors).sum();
    Ok(if errors > 0 {
        eprintln!("error: {}; see `yagura rules lint`", output::count(errors as u64, "error"));
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    })
}
