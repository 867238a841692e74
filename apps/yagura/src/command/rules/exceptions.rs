//! `yagura rules exceptions`: list, check and add exceptions from rules.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use yagura_detect::{EngineOptions, FileReport, RuleSet, SourceFile, load_exceptions};
use yagura_event::{ExceptionInfo, Timestamp};

use super::{Format, Input};
use crate::{
    Global,
    output::{self, Failure},
    rulebook::{
        self,
        exceptions::{AddError, Draft},
    },
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// The exceptions there are: from which rules, why, until when, whose.
    #[command(after_help = "Example:\n  yagura rules exceptions list --format json")]
    List(Files),
    /// Check exceptions: every error and warning with its place; what ran out, what names no rule. Exit code 2 on errors.
    #[command(after_help = "Example:\n  yagura rules exceptions lint exceptions/")]
    Lint(Files),
    /// Add an exception to a file.
    #[command(
        after_help = "Example:\n  yagura rules exceptions add --rule 'Password hashes read by an unexpected program' --field proc.exepath=/usr/local/bin/backup \\\n    --reason 'It copies all of /etc.' --owner ops@example.org --expires 2027-06-30"
    )]
    Add(Add),
}

#[derive(clap::Args)]
pub struct Files {
    /// Files and folders of exceptions (default: those of the configuration).
    paths: Vec<PathBuf>,
    /// Files and folders of rules that they are about (default: those of the configuration and the ones that come with
    /// Yagura).
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(clap::Args)]
pub struct Add {
    /// A rule's name, or a pattern with * and ?; may be repeated.
    #[arg(long, required = true)]
    rule: Vec<String>,
    /// What is harmless, in the language of rules.
    #[arg(long, conflicts_with = "field", required_unless_present = "field")]
    condition: Option<String>,
    /// What is harmless, as FIELD=VALUE or 'FIELD OPERATOR'=VALUE; all must hold, values of one field are alternatives.
    #[arg(long, value_name = "FIELD=VALUE")]
    field: Vec<String>,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who answers for it.
    #[arg(long)]
    owner: Option<String>,
    /// The last day on which it counts (2027-06-30), days from today (90d), or `never`.
    #[arg(long)]
    expires: String,
    /// Its name (default: the rule's, and the time).
    #[arg(long, default_value = "")]
    name: String,
    /// The file to add it to (default: local.yaml in the configuration's first folder of exceptions).
    #[arg(long)]
    file: Option<PathBuf>,
    /// Show what would be added, and add nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::List(files) => list(global, &files),
        Command::Lint(files) => lint(global, &files),
        Command::Add(add) => self::add(global, add),
    }
}

/// Exceptions as they were read.
struct Read {
    infos: Vec<ExceptionInfo>,
    reports: Vec<FileReport>,
    sources: BTreeMap<String, String>,
}

impl Read {
    fn errors(&self) -> usize {
        self.reports.iter().map(|report| report.errors).sum()
    }
}

fn rules(global: &Global, paths: &[PathBuf]) -> Result<RuleSet, Failure> {
    let input = Input { paths: paths.to_vec(), format: Format::Json };
    Ok(super::load(global, &input)?.set)
}

fn read(global: &Global, files: &Files, now: Timestamp) -> Result<Read, Failure> {
    if let Some(missing) = files.paths.iter().find(|path| !path.exists()) {
        return Err(Failure::usage(anyhow::anyhow!("{}: no such file or folder", missing.display())));
    }
    let rules = rules(global, &files.rules)?;
    let configured = global.load()?.detect.exceptions;
    let paths = if files.paths.is_empty() { &configured } else { &files.paths };
    let (sources, unread) = rulebook::read_sources(paths);
    let (set, mut reports) = load_exceptions(&sources, &rules, now);
    reports.extend(unread);
    let engine = yagura_detect::Engine::compile_with(&rules, &set, &EngineOptions::default());
    let sources = sources.into_iter().map(|SourceFile { name, text }| (name, text)).collect();
    Ok(Read { infos: engine.exception_infos(now), reports, sources })
}

fn list(global: &Global, files: &Files) -> Result<ExitCode, Failure> {
    let read = read(global, files, yagura_rt::now())?;
    if files.format == Format::Json {
        output::json(&read.infos)?;
    } else {
        let row = |info: &ExceptionInfo| {
            let until = info.expires.clone().unwrap_or_else(|| "never ends".to_owned());
            vec![
                if info.expired { "expired".to_owned() } else { "on".to_owned() },
                until,
                info.name.clone(),
                info.covers.len().to_string(),
                info.rules.join(", "),
                info.condition.trim().to_owned(),
                info.reason.clone(),
                info.owner.clone().unwrap_or_default(),
            ]
        };
        output::table(
            &["state", "until", "exception", "rules", "from", "what", "reason", "owner"],
            &read.infos.iter().map(row).collect::<Vec<_>>(),
        );
        let expired = read.infos.iter().filter(|info| info.expired).count();
        eprintln!("{}, {expired} expired", output::count(read.infos.len() as u64, "exception"));
    }
    if read.errors() > 0 {
        let errors = output::count(read.errors() as u64, "error");
        eprintln!("error: {errors}; see `yagura rules exceptions lint`");
        return Ok(ExitCode::from(2));
    }
    Ok(ExitCode::SUCCESS)
}

fn lint(global: &Global, files: &Files) -> Result<ExitCode, Failure> {
    let read = read(global, files, yagura_rt::now())?;
    let code = if read.errors() > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS };
    if files.format == Format::Json {
        let of_file = |report: &FileReport| {
            serde_json::json!({
                "file": report.file, "exceptions": report.rules, "in_force": report.enabled, "errors": report.errors,
                "warnings": report.warnings, "diagnostics": report.diagnostics,
            })
        };
        output::json(&read.reports.iter().map(of_file).collect::<Vec<_>>())?;
        return Ok(code);
    }
    for report in &read.reports {
        let source = read.sources.get(&report.file).map_or("", String::as_str);
        for diagnostic in &report.diagnostics {
            output::print(&format!("{}\n", diagnostic.render(source)));
        }
    }
    let row = |report: &FileReport| {
        let counts = [report.rules, report.enabled, report.errors, report.warnings];
        std::iter::once(report.file.clone()).chain(counts.iter().map(ToString::to_string)).collect()
    };
    let rows: Vec<Vec<String>> = read.reports.iter().map(row).collect();
    output::table(&["file", "exceptions", "in force", "errors", "warnings"], &rows);
    if rows.is_empty() {
        eprintln!("no file of exceptions (*.yaml, *.yml) there");
    }
    Ok(code)
}

fn add(global: &Global, add: Add) -> Result<ExitCode, Failure> {
    let now = yagura_rt::now();
    let mut fields = Vec::new();
    for field in &add.field {
        let (key, value) =
            field.split_once('=').filter(|(key, _)| !key.trim().is_empty()).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!("--field {field}: no `=` in it"))
                    .hint("for example --field proc.exepath=/usr/bin/backup")
            })?;
        fields.push((key.trim().to_owned(), value.to_owned()));
    }
    let draft = Draft {
        name: add.name,
        rules: add.rule,
        condition: add.condition,
        fields,
        reason: add.reason,
        owner: add.owner,
        expires: last_day(&add.expires, now)?,
    };
    if add.dry_run {
        output::print(&draft.to_yaml(now));
        return Ok(ExitCode::SUCCESS);
    }
    let file = match add.file {
        Some(file) => file,
        None => default_file(&global.load()?.detect.exceptions)?,
    };
    match rulebook::exceptions::add(&file, &draft, &rules(global, &[])?, now) {
        Ok((item, doubts)) => {
            output::print(&item);
            for doubt in doubts {
                eprint!("{}", doubt.render(""));
            }
            eprintln!("added to {}; a running server takes it by itself", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(AddError::Invalid { diagnostics, text }) => {
            for diagnostic in &diagnostics {
                eprint!("{}", diagnostic.render(&text));
            }
            Err(Failure::usage(anyhow::anyhow!("nothing was added: the exception would not be understood")))
        }
        Err(error) => Err(Failure::run(error)),
    }
}

fn default_file(configured: &[PathBuf]) -> Result<PathBuf, Failure> {
    let first = configured.first().ok_or_else(|| {
        Failure::usage(anyhow::anyhow!("the configuration names no place for exceptions"))
            .hint("name a file with --file, and in the configuration as `detect.exceptions`")
    })?;
    Ok(if first.is_file() { first.clone() } else { first.join("local.yaml") })
}

// `2027-06-30` as it is, `90d` counted from today, `never` as none.
fn last_day(text: &str, now: Timestamp) -> Result<Option<String>, Failure> {
    const DAY_NANOS: i64 = 86_400_000_000_000;
    const DAYS_MAX: i64 = 36_500;
    if text == "never" {
        return Ok(None);
    }
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok())
        && (1..=DAYS_MAX).contains(&days)
    {
        return Ok(Some(Timestamp::from_nanos(now.nanos() + days * DAY_NANOS).day()));
    }
    match Timestamp::parse_day(text) {
        Some(day) if day.nanos() + DAY_NANOS > now.nanos() => Ok(Some(text.to_owned())),
        Some(_) => Err(Failure::usage(anyhow::anyhow!("--expires {text}: that day is over"))),
        None => Err(Failure::usage(anyhow::anyhow!("--expires {text}: no day"))
            .hint("write 2027-06-30, 90d, or never")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_a_date_a_number_of_days_or_never() {
        let now = Timestamp::parse_day("2026-06-01").expect("a day");
        let day = |text| last_day(text, now).ok();
        assert_eq!(day("never"), Some(None));
        assert_eq!(day("2026-06-01"), Some(Some("2026-06-01".to_owned())));
        assert_eq!(day("30d"), Some(Some("2026-07-01".to_owned())));
        for wrong in ["2026-05-31", "0d", "-1d", "99999999d", "soon", "", "d"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
