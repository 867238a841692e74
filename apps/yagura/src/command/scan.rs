//! `yagura scan`: packages, vulnerabilities, secrets and malware of a host, a folder, an image or an SBOM.
//!
//! This file runs a scan from the arguments to the exit code; `scan/` holds the arguments, how targets are opened, the
//! rules, and the progress line.

mod args;
mod content;
mod open;
mod progress;

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, anyhow};
use yagura_advisory::{
    FixState,
    vex::{self, Statements},
};
use yagura_scan::{
    Advisor, Advisories, Answering, Base, Engines, Exceptions, Moment, Note, Options, Report, Status,
    output::{self, Format, Style},
};

use crate::{
    Global,
    control::Control,
    in_use::{self, FilesInUse, Whose},
    output::Failure,
};

pub use self::{
    args::Command,
    content::{builtin as builtin_secret_rules, malware_rules},
};
use self::{
    args::{Common, ScannerArg},
    open::{Subject, subject},
};

/// Runs the command. 0: nothing at or above `--fail-on`; 1: something; 2: usage; 3: nothing could be scanned.
pub fn run(global: &Global, command: &Command) -> Result<ExitCode, Failure> {
    let common = command.common().clone();
    let used = if common.in_use_only { Some(in_use(global, command)?) } else { None };
    let advisor = database(global, &common)?;
    let rules = common.wants(ScannerArg::Secret).then(|| content::secret_rules(&common)).transpose()?;
    let yara =
        common.wants(ScannerArg::Malware).then(|| content::malware_rules(&common.yara_rules)).transpose()?;
    let statements = statements(&common)?;
    let now = yagura_rt::now().to_rfc3339();
    let now = format!("{}Z", now.get(..19).unwrap_or(&now));
    let kernel = matches!(command, Command::Host(_)).then(running_kernel);
    let moment = Moment { now: &now, running_kernel: kernel.as_deref() };
    let engines = Engines {
        advisor: advisor.as_ref().map(|known| known as &dyn Advisor),
        wants_advisor: common.wants(ScannerArg::Vuln),
        vex: Some(&statements),
        secrets: rules
            .as_ref()
            .map(|rules| yagura_secrets::Scanner::new(rules).at(yagura_rt::now().millis() / 1000)),
        malware: yara.as_ref().map(|(rules, _)| rules),
    };
    let answering = Answering { owned: common.owned_packages, explain: common.explain };
    let files = used.as_ref().map(|used| used.files.paths());
    let scan = |subject: Subject| one(subject, &common, files.clone(), answering, engines, moment);
    let mut report = scan(subject(command)?)?;
    if let Some(time) = build_time()? {
        report.started = time;
    }
    if nothing_was_read(&report) {
        print(&report, &common)?;
        let first = report.problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        return Err(Failure::run(anyhow!("nothing of {} could be read: {first}", report.target.name)));
    }
    if let Some((_, files @ 1..)) = yara {
        let message =
            format!("YARA rule files with errors: {files}; what is wrong in them was not looked for");
        report.notes.push(Note { code: "bad_rules", message });
    }
    if let Some(base) = &common.since {
        base_of(base, command, scan)?.leave_new(&mut report);
    }
    if let Some(used) = used {
        used.narrow(&mut report);
    }
    narrow(&mut report, &common, moment.today())?;
    print(&report, &common)?;
    let fails =
        common.fail_on.is_some_and(|limit| report.worst().is_some_and(|worst| worst >= limit.severity()));
    Ok(if fails { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

// The time that a reproducible build says it has: what is written is then the same whenever it is written. Whether an
// exception is over is still decided by the clock. https://reproducible-builds.org/specs/source-date-epoch/
fn build_time() -> Result<Option<String>, Failure> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let seconds = text.to_str().and_then(|text| text.parse::<u32>().ok());
    let seconds = seconds.ok_or_else(|| {
        Failure::usage(anyhow!("SOURCE_DATE_EPOCH is `{}`, no number of seconds", text.display()))
    })?;
    let time = yagura_event::Timestamp::from_nanos(i64::from(seconds) * 1_000_000_000).to_rfc3339();
    Ok(Some(format!("{}Z", time.get(..19).unwrap_or(&time))))
}

fn one(
    subject: Subject,
    common: &Common,
    used_files: Option<Vec<String>>,
    answering: Answering,
    engines: Engines,
    moment: Moment,
) -> Result<Report, Failure> {
    match subject {
        Subject::Target(target) => {
            let options = Options { used_files, ..common.options() };
            let bar = progress::Bar::start(common.shows_progress());
            let report = yagura_scan::scan(&target, &options, answering, engines, moment, bar.counters());
            bar.end();
            Ok(report)
        }
        Subject::Sbom(path) => {
            let bytes = read(&path, yagura_packages::limits::SBOM_BYTES_MAX)?;
            let name = path.display().to_string();
            yagura_scan::scan_sbom(&bytes, &name, answering, engines, moment)
                .with_context(|| name)
                .map_err(Failure::run)
        }
    }
}

/// The release of the running kernel.
pub fn running_kernel() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

/// Files in use, and what a reader must know about them.
struct Used {
    files: FilesInUse,
    note: String,
}

/// Which files of this host are in use: by the processes of now, and by those a running server has seen.
fn in_use(global: &Global, command: &Command) -> Result<Used, Failure> {
    if !matches!(command, Command::Host(_)) {
        return Err(Failure::usage(anyhow!(
            "--in-use-only goes with `scan host`: only here it is known what runs"
        ))
        .hint("leave --in-use-only out; every package is judged then"));
    }
    let mut files = FilesInUse::default();
    files.add_present(Whose::Host, yagura_rt::now());
    let (_, data) = global.load_with_data()?;
    let question = serde_json::json!({ "sql": in_use::past_of_host(), "limit": in_use::PAST_ROWS_MAX });
    let past = Control::connect(&data).map(|server| server.ask("POST", "/v1/hunt", Some(&question)));
    let past = match past {
        None => "no server runs that has seen the past".to_owned(),
        Some(Err(error)) => format!("the running server could not be asked: {error:#}"),
        Some(Ok(answer)) => {
            let rows: Vec<Vec<serde_json::Value>> =
                serde_json::from_value(answer["rows"].clone()).unwrap_or_default();
            files.add_past(&rows);
            format!("{} programs that the running server has seen", rows.len())
        }
    };
    let own = if rustix::process::geteuid().is_root() {
        ""
    } else {
        "; without root only your own processes count"
    };
    let note =
        format!("only packages in use are told: {} files of processes count; {past}{own}", files.len());
    Ok(Used { files, note })
}

impl Used {
    fn narrow(self, report: &mut Report) {
        report.vulnerabilities.retain(|found| found.used_file.is_some());
        report.notes.push(yagura_scan::Note { code: "in_use_only", message: self.note });
    }
}

/// What others say about matches.
fn statements(common: &Common) -> Result<Statements, Failure> {
    let mut statements = Statements::default();
    for path in &common.vex {
        let bytes = read(path, yagura_scan::limits::INPUT_BYTES_MAX)?;
        let (_, wrong) =
            vex::read(&path.display().to_string(), &bytes, &mut statements).map_err(Failure::usage)?;
        wrong.iter().for_each(|problem| eprintln!("warning: {}", output::shown(problem)));
    }
    Ok(statements)
}

/// The advisories, where there are any. Without them packages and secrets are still told.
fn database(global: &Global, common: &Common) -> Result<Option<Advisories>, Failure> {
    if !common.wants(ScannerArg::Vuln) {
        return Ok(None);
    }
    let opened = match &common.db {
        Some(path) => yagura_advisory::Database::open(path),
        None => {
            let (_, data) = global.load_with_data()?;
            yagura_advisory::update::Home::new(data.join("advisories")).open(None)
        }
    };
    let database = match opened {
        Ok(database) => database,
        Err(yagura_advisory::Error::Missing { .. }) if common.db.is_none() => return Ok(None),
        Err(error) => {
            let hint = "build it again with `yagura db update`, or scan with --scanners sbom,secret";
            return Err(Failure::run(error).hint(hint));
        }
    };
    Ok(Some(Advisories::new(database)))
}

fn nothing_was_read(report: &Report) -> bool {
    report.counts.entries == 0 && report.packages.is_empty() && !report.problems.is_empty()
}

/// An earlier report, or another target of the same kind.
fn base_of(
    base: &str,
    command: &Command,
    scan: impl Fn(Subject) -> Result<Report, Failure>,
) -> Result<Base, Failure> {
    let path = Path::new(base);
    if path.is_file() {
        let bytes = read(path, yagura_scan::limits::INPUT_BYTES_MAX)?;
        if let Some(base) = Base::read(&bytes) {
            return Ok(base);
        }
    }
    let report = scan(subject(&command.with_target(base))?)?;
    Ok(Base::of(&report))
}

/// Exceptions first, so that an expired one is told even if its finding is filtered out.
fn narrow(report: &mut Report, common: &Common, today: &str) -> Result<(), Failure> {
    if let Some(path) = &common.exceptions {
        let bytes = read(path, yagura_scan::limits::INPUT_BYTES_MAX)?;
        let text =
            String::from_utf8(bytes).context("the exceptions file is no UTF-8").map_err(Failure::usage)?;
        let exceptions =
            Exceptions::read(&text).with_context(|| path.display().to_string()).map_err(Failure::usage)?;
        exceptions.apply(report, today);
    }
    if common.ignore_unfixed {
        report
            .vulnerabilities
            .retain(|found| found.fix_state == FixState::Fixed || !found.fixed_version.is_empty());
    }
    if !common.severity.is_empty() {
        let kept = |severity| common.severity.iter().any(|kept| kept.severity() == severity);
        report.vulnerabilities.retain(|found| kept(found.severity));
        report.secrets.retain(|found| kept(found.severity));
        report.malware.retain(|found| kept(found.severity));
    }
    yagura_scan::sort(&mut report.vulnerabilities);
    report.count();
    Ok(())
}

fn print(report: &Report, common: &Common) -> Result<(), Failure> {
    let format: Format = common.format.into();
    let to_terminal = common.output.is_none() && io::stdout().is_terminal();
    let style = Style {
        colour: to_terminal && std::env::var_os("NO_COLOR").is_none(),
        explain: common.explain,
        japanese: common.language == args::Language::Ja,
        set_aside: common.all,
    };
    match &common.output {
        Some(path) => {
            let shown = || format!("writing {}", path.display());
            let file = fs::File::create(path).with_context(shown).map_err(Failure::run)?;
            let mut out = io::BufWriter::new(file);
            output::write(report, format, style, &mut out)
                .and_then(|()| out.flush())
                .with_context(shown)
                .map_err(Failure::run)?;
            summary(report, common);
        }
        None => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            let written = output::write(report, format, style, &mut out).and_then(|()| out.flush());
            // A reader that went away (`| head`) is no error.
            if let Err(error) = written.as_ref().map_err(io::Error::kind)
                && error != io::ErrorKind::BrokenPipe
            {
                written.context("writing the report").map_err(Failure::run)?;
            }
        }
    }
    Ok(())
}

/// What went into a file, in a line.
fn summary(report: &Report, common: &Common) {
    if common.quiet {
        return;
    }
    let aside = report.vulnerabilities.iter().filter(|found| found.status != Status::Affected).count();
    let counts = report.counts;
    let vulnerabilities = report.vulnerabilities.len() - aside;
    let malware = match counts.malware {
        0 => String::new(),
        found => format!(", {found} of malware"),
    };
    eprintln!(
        "{} packages, {vulnerabilities} vulnerabilities, {} secrets{malware}",
        counts.packages, counts.secrets
    );
    for note in &report.notes {
        eprintln!("note: {}", output::shown(&note.message));
    }
}

fn read(path: &Path, max: u64) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let shown = || format!("reading {}", path.display());
    let file = fs::File::open(path).with_context(shown).map_err(Failure::run)?;
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes).with_context(shown).map_err(Failure::run)?;
    if bytes.len() as u64 > max {
        return Err(Failure::run(anyhow!("{} has more than {max} bytes", path.display())));
    }
    Ok(bytes)
}
