//! `yagura replay`: rules over a recording, offline; two sets of rules over the same events side by side.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use serde::Serialize;
use yagura_detect::{
    Engine, EngineOptions, ExceptionIndex, ExceptionSet, Matcher, RuleIndex, RuleSet, falco, load_exceptions,
};
use yagura_event::{
    AuditOptions, Event, RecordingError, RecordingReader, Severity, Timestamp, audit_records,
};

use crate::{
    Global, host,
    output::{self, Failure},
    rulebook,
};

/// Judge a recording again: how often each rule would have fired.
///
/// What is counted are alerts, one for each event that a rule matches; `yagura up` joins those of one cause into one
/// finding.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  yagura sensor record --out day.ndjson --seconds 600\n  yagura replay day.ndjson\n  \
                        yagura replay day.ndjson --against /etc/falco/falco_rules.yaml\n  \
                        yagura replay day.ndjson --format auditd >audit.log"
)]
pub struct Args {
    /// A file written by `yagura sensor record`.
    recording: PathBuf,
    /// Files and folders of rules (default: the rules that come with Yagura).
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Files and folders of rules to compare with, over the same events.
    #[arg(long, value_name = "PATH")]
    against: Vec<PathBuf>,
    /// Files and folders of exceptions from the first set.
    #[arg(long, value_name = "PATH")]
    exceptions: Vec<PathBuf>,
    /// Only what this process and its descendants did.
    #[arg(long, value_name = "PID")]
    under: Option<u32>,
    /// Exit code 1 where there are alerts of this severity or worse, by the first set.
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<Severity>,
    /// How to print the answer; `auditd` writes the events themselves as audit records.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// The `key` of audit records.
    #[arg(long, value_name = "KEY")]
    audit_key: Option<String>,
    /// Audit records without the names that auditd adds (its `log_format = RAW`).
    #[arg(long)]
    audit_raw: bool,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    #[value(alias = "text")]
    Table,
    Json,
    /// No judgement: the events as auditd would have written them.
    Auditd,
}

/// What a recording said to one or two sets of rules.
#[derive(Debug, Serialize)]
struct Report {
    events: u64,
    /// Lines that could not be read.
    unreadable: u64,
    rules: Tally,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Tally>,
    /// Alerts of the first set for each of the second; `None` where the second raised none.
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
}

/// The alerts of one set of rules.
#[derive(Debug, Default, Serialize)]
struct Tally {
    /// Rules that are on.
    rules: usize,
    alerts: u64,
    /// Alerts that an exception suppressed, by exception.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    suppressed: BTreeMap<String, u64>,
    by_severity: BTreeMap<&'static str, u64>,
    /// Most alerts first.
    by_rule: Vec<RuleTally>,
}

#[derive(Debug, Serialize)]
struct RuleTally {
    rule: String,
    severity: &'static str,
    alerts: u64,
    /// The first alert's text.
    example: String,
}

/// Runs the command.
pub fn run(_global: &Global, args: Args) -> Result<ExitCode, Failure> {
    let file = File::open(&args.recording)
        .map_err(|error| Failure::usage(anyhow::anyhow!("{}: {error}", args.recording.display())))?;
    let wanted = |event: &Event| args.under.is_none_or(|pid| descends(event, pid));
    if args.format == Format::Auditd {
        let options = audit_options(&args);
        let unreadable = write_audit(BufReader::new(file), wanted, &options, io::stdout().lock())?;
        if unreadable > 0 {
            eprintln!("{} unreadable", output::count(unreadable, "line"));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut first = Judge::load(&args.rules, &args.exceptions)?;
    let mut second = if args.against.is_empty() { None } else { Some(Judge::load(&args.against, &[])?) };
    let report = replay(BufReader::new(file), wanted, &mut first, second.as_mut())?;
    match args.format {
        Format::Json => output::json(&report)?,
        Format::Table | Format::Auditd => print(&report),
    }
    if report.events == 0 {
        return Err(Failure::usage(anyhow::anyhow!("there is no event in {}", args.recording.display()))
            .hint("`yagura sensor record --out FILE` writes one"));
    }
    let failed = args.fail_on.is_some_and(|limit| first.worst().is_some_and(|worst| worst >= limit));
    Ok(ExitCode::from(u8::from(failed)))
}

fn audit_options(args: &Args) -> AuditOptions {
    AuditOptions { arch: host::audit_arch(), key: args.audit_key.clone(), enriched: !args.audit_raw }
}

// Writes the events as audit records and tells how many lines could not be read. Whoever reads may stop early.
fn write_audit(
    input: impl BufRead,
    wanted: impl Fn(&Event) -> bool,
    options: &AuditOptions,
    out: impl Write,
) -> Result<u64, Failure> {
    let mut out = BufWriter::new(out);
    let mut unreadable = 0;
    for event in RecordingReader::new(input) {
        match event {
            Ok(event) if wanted(&event) => {
                for record in audit_records(&event, options) {
                    match writeln!(out, "{}", record.line(options.enriched)) {
                        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(unreadable),
                        result => result.map_err(Failure::run)?,
                    }
                }
            }
            Ok(_) => {}
            Err(RecordingError::Line { .. }) => unreadable += 1,
            Err(error) => return Err(Failure::run(error)),
        }
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::run(error)),
        _ => Ok(unreadable),
    }
}

fn descends(event: &Event, pid: u32) -> bool {
    event.process.pid == pid || event.process.ancestors().any(|process| process.pid == pid)
}

fn replay(
    input: impl BufRead,
    wanted: impl Fn(&Event) -> bool,
    first: &mut Judge,
    mut second: Option<&mut Judge>,
) -> Result<Report, Failure> {
    let (mut events, mut unreadable) = (0, 0);
    for event in RecordingReader::new(input) {
        let event = match event {
            Ok(event) => event,
            Err(RecordingError::Line { .. }) => {
                unreadable += 1;
                continue;
            }
            Err(error) => return Err(Failure::run(error)),
        };
        if !wanted(&event) {
            continue;
        }
        events += 1;
        first.judge(&event);
        if let Some(second) = second.as_deref_mut() {
            second.judge(&event);
        }
    }
    let rules = first.tally();
    let against = second.map(|judge| judge.tally());
    #[expect(clippy::cast_precision_loss, reason = "counts of alerts are far below 2^52")]
    let ratio = against
        .as_ref()
        .filter(|against| against.alerts > 0)
        .map(|against| rules.alerts as f64 / against.alerts as f64);
    Ok(Report { events, unreadable, rules, against, ratio })
}

/// A set of rules and what it said so far.
struct Judge {
    engine: Arc<Engine>,
    matcher: Matcher,
    /// By the rule's place in the engine: how often, and the first alert's text.
    said: BTreeMap<RuleIndex, (u64, String)>,
    suppressed: BTreeMap<ExceptionIndex, u64>,
}

impl Judge {
    /// The rules of these paths, or those that come with Yagura. A rule with errors is an error: the count would lie.
    fn load(paths: &[PathBuf], exceptions: &[PathBuf]) -> Result<Self, Failure> {
        if let Some(missing) = paths.iter().chain(exceptions).find(|path| !Path::exists(path)) {
            return Err(Failure::usage(anyhow::anyhow!("{}: no such file or folder", missing.display())));
        }
        let (sources, failed) =
            if paths.is_empty() { (rulebook::builtin(), Vec::new()) } else { rulebook::read_sources(paths) };
        let loaded = if paths.is_empty() {
            rulebook::load_builtin(&sources)
        } else {
            falco::load(&sources, &falco::LoadOptions::default())
        };
        let errors: usize = loaded.files.iter().chain(&failed).map(|file| file.errors).sum();
        if errors > 0 {
            return Err(Failure::usage(anyhow::anyhow!(
                "the rules have {}",
                output::count(errors as u64, "error")
            ))
            .hint("`yagura rules lint` shows them"));
        }
        // An event's own time decides whether an exception counts; the present one is asked by nobody here.
        let (files, unread) = rulebook::read_sources(exceptions);
        let (exceptions, reports) = load_exceptions(&files, &loaded.rules, Timestamp::default());
        if let Some(bad) = reports.iter().chain(&unread).find(|report| report.errors > 0) {
            return Err(Failure::usage(anyhow::anyhow!("the exceptions in {} have errors", bad.file))
                .hint("`yagura rules exceptions lint` shows them"));
        }
        Ok(Self::new(&loaded.rules, &exceptions))
    }

    fn new(rules: &RuleSet, exceptions: &ExceptionSet) -> Self {
        let engine = Arc::new(Engine::compile_with(rules, exceptions, &EngineOptions::default()));
        let matcher = engine.matcher();
        Self { engine, matcher, said: BTreeMap::new(), suppressed: BTreeMap::new() }
    }

    fn judge(&mut self, event: &Event) {
        for index in self.matcher.matches(event) {
            let said = self.said.entry(*index).or_insert_with(|| {
                let alert = self.engine.alert(*index, event, "");
                (0, alert.output)
            });
            said.0 += 1;
        }
        for (_, exception) in self.matcher.suppressed() {
            *self.suppressed.entry(*exception).or_default() += 1;
        }
    }

    fn worst(&self) -> Option<Severity> {
        self.said.keys().map(|index| self.engine.rule(*index).priority.severity()).max()
    }

    fn tally(&self) -> Tally {
        let mut tally = Tally { rules: self.engine.rules().len(), ..Tally::default() };
        for severity in Severity::ALL {
            tally.by_severity.insert(severity.name(), 0);
        }
        for (index, (alerts, example)) in &self.said {
            let rule = self.engine.rule(*index);
            let severity = rule.priority.severity().name();
            tally.alerts += alerts;
            *tally.by_severity.entry(severity).or_default() += alerts;
            let (rule, example) = (rule.name.clone(), example.clone());
            tally.by_rule.push(RuleTally { rule, severity, alerts: *alerts, example });
        }
        for (index, count) in &self.suppressed {
            tally.suppressed.insert(self.engine.exception(*index).name.clone(), *count);
        }
        tally.by_rule.sort_by(|one, other| other.alerts.cmp(&one.alerts).then(one.rule.cmp(&other.rule)));
        tally
    }
}

fn print(report: &Report) {
    for (name, tally) in [("rules", Some(&report.rules)), ("against", report.against.as_ref())] {
        let Some(tally) = tally else { continue };
        let row = |rule: &RuleTally| {
            vec![rule.alerts.to_string(), rule.severity.to_owned(), rule.rule.clone(), rule.example.clone()]
        };
        output::print(&format!("{name}: {}\n", output::count(tally.alerts, "alert")));
        output::table(
            &["alerts", "severity", "rule", "first"],
            &tally.by_rule.iter().map(row).collect::<Vec<_>>(),
        );
        for (exception, count) in &tally.suppressed {
            output::print(&format!("suppressed {count} by exception `{}`\n", output::escaped(exception)));
        }
        let counts = Severity::ALL.iter().rev().map(|severity| {
            format!("{} {severity}", tally.by_severity.get(severity.name()).copied().unwrap_or_default())
        });
        output::print(&format!("{}\n\n", counts.collect::<Vec<_>>().join(", ")));
    }
    if let Some(ratio) = report.ratio {
        output::print(&format!("ratio: {ratio:.4}\n"));
    }
    eprintln!("{}, {} unreadable", output::count(report.events, "event"), report.unreadable);
}

#[cfg(test)]
mod tests {
    use yagura_detect::{SourceFile, case};
    use yagura_event::RecordingWriter;

    use super::*;

    fn judge(condition: &str) -> Judge {
        let text = format!(
            "- rule: r\n  desc: d\n  condition: {condition}\n  output: ran %proc.name\n  priority: ERROR\n"
        );
        let file = SourceFile { name: "r.yaml".to_owned(), text };
        let loaded = falco::load(&[file], &falco::LoadOptions::default());
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        Judge::new(&loaded.rules, &ExceptionSet::default())
    }

    fn recording() -> Vec<u8> {
        let mut writer = RecordingWriter::new(Vec::new());
        for (id, name) in (1..).zip(["sh", "nc", "sh", "sh"]) {
            let event = case::event(&format!("{{kind: execve, process: {{name: {name}}}}}"));
            let mut event = event.expect("an event");
            // A recording names processes by their id.
            Arc::make_mut(&mut event.process).id = id;
            writer.write(&event).expect("a vector takes everything");
        }
        let mut bytes = writer.finish().expect("a vector takes everything");
        bytes.extend(b"no event\n");
        bytes
    }

    #[test]
    fn two_sets_are_counted_over_the_same_events() {
        let (mut first, mut second) =
            (judge("evt.type = execve and proc.name = nc"), judge("evt.type = execve"));
        let report = replay(&recording()[..], |_| true, &mut first, Some(&mut second)).expect("readable");
        assert_eq!((report.events, report.unreadable), (4, 1));
        assert_eq!((report.rules.alerts, report.rules.by_severity["high"]), (1, 1));
        assert!(report.rules.by_rule[0].example.starts_with("ran nc"), "the first alert's text");
        assert_eq!(report.against.map(|tally| tally.alerts), Some(4));
        assert_eq!(report.ratio, Some(0.25));
    }

    #[test]
    fn a_recording_is_written_as_audit_records() {
        let options = AuditOptions { arch: host::audit_arch(), key: None, enriched: true };
        let mut out = Vec::new();
        let unreadable = write_audit(&recording()[..], |_| true, &options, &mut out).expect("readable");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(
            (unreadable, text.lines().filter(|line| line.starts_with("type=SYSCALL ")).count()),
            (1, 4)
        );
        assert!(text.contains("\u{1d}ARCH=x86_64 SYSCALL=execve "), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("type=EXECVE ")).count(), 4);
    }

    #[test]
    fn what_exceptions_suppress_is_counted_apart() {
        let dir = tempfile::tempdir().expect("a folder");
        let (rules, exceptions) = (dir.path().join("r.yaml"), dir.path().join("e.yaml"));
        let rule = "- rule: r\n  desc: d\n  condition: evt.type = execve\n  output: o\n  priority: ERROR\n";
        let exception =
            "- exception: shells\n  rule: r\n  fields: {proc.name: sh}\n  reason: x\n  expires: never\n";
        std::fs::write(&rules, rule).expect("writable");
        std::fs::write(&exceptions, exception).expect("writable");
        let mut judge = Judge::load(&[rules], &[exceptions]).expect("good files");
        let report = replay(&recording()[..], |_| true, &mut judge, None).expect("readable");
        assert_eq!((report.rules.alerts, report.rules.suppressed["shells"]), (1, 3));
    }

    #[test]
    fn a_process_and_its_descendants_can_be_asked_for_alone() {
        let event =
            case::event("{kind: execve, process: {name: a, pid: 7, parent: {pid: 5, parent: {pid: 3}}}}");
        let event = event.expect("an event");
        assert!(descends(&event, 7) && descends(&event, 3));
        assert!(!descends(&event, 1_007));
        let nobody = replay(&recording()[..], |_| false, &mut judge("evt.type = execve"), None);
        assert_eq!(nobody.expect("readable").events, 0);
    }

    #[test]
    fn without_alerts_to_compare_with_there_is_no_ratio() {
        let (mut first, mut second) =
            (judge("evt.type = execve"), judge("evt.type = execve and proc.name = nobody"));
        let report = replay(&recording()[..], |_| true, &mut first, Some(&mut second)).expect("readable");
        assert_eq!((report.rules.alerts, report.ratio), (4, None));
        assert_eq!(first.worst(), Some(Severity::High));
        assert_eq!(second.worst(), None);
    }
}
