//! `yagura db`: the advisory database: update it, look into it, and check an ecosystem's order of versions.

use std::{
    io::{BufRead, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use yagura_advisory::{
    Coverage, Database, Explained, Query,
    update::{self, Home, Outcome, Progress, SourceSpec, SourceState},
    version::{Scheme, compare},
};

use crate::{
    Global,
    output::{self, Failure},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Get the sources and build a new database from them. The old one stays in force until the new one is complete.
    #[command(
        after_help = "Examples:\n  yagura db update\n  yagura db update --source debian --source kev\n  \
                            yagura db update --source osv=/srv/osv/PyPI/all.zip --source rustsec=/srv/advisory-db"
    )]
    Update(UpdateArgs),
    /// What the database holds: sources, dates, counts, size.
    Status(StatusArgs),
    /// Everything known of an advisory, a CVE or an alias.
    #[command(after_help = "Example:\n  yagura db explain CVE-2021-44228")]
    Explain(ExplainArgs),
    /// The ecosystems and releases that can be matched.
    List(Input),
    /// The advisories of one package, with the proof.
    #[command(
        after_help = "Examples:\n  yagura db match pypi jinja2 3.1.2\n  yagura db match Debian:12 openssl 3.0.11-1"
    )]
    Match(MatchArgs),
    /// The published sources that can be named in `update --source`.
    Sources(FormatArgs),
    /// Check lines `a < b`, `a = b`, `a > b` against an ecosystem's order of versions; prints those that do not hold.
    #[command(after_help = "Example:\n  echo '1.0~rc1 < 1.0' | yagura db compare debian")]
    Compare(CompareArgs),
}

#[derive(clap::Args)]
pub struct UpdateArgs {
    /// A source: KIND=ADDRESS, KIND=PATH, NAME:KIND=…, or a name from `yagura db sources`. May be given several times;
    /// without it the sources of the last update, or the usual ones.
    #[arg(long = "source", value_name = "SOURCE")]
    sources: Vec<String>,
    /// Databases that are kept, the new one included.
    #[arg(long, default_value_t = update::KEEP_DEFAULT, value_name = "NUMBER")]
    keep: usize,
    /// Print nothing but failures.
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    format: FormatArgs,
}

#[derive(clap::Args)]
pub struct FormatArgs {
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(clap::Args)]
pub struct Input {
    /// Use this generation instead of the one in force.
    #[arg(long, value_name = "NUMBER")]
    db_generation: Option<u64>,
    #[command(flatten)]
    format: FormatArgs,
}

#[derive(clap::Args)]
pub struct StatusArgs {
    /// Read everything and compare the checksums.
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    input: Input,
}

#[derive(clap::Args)]
pub struct ExplainArgs {
    /// An id: CVE-…, GHSA-…, DSA-…, RUSTSEC-…
    id: String,
    #[command(flatten)]
    input: Input,
}

#[derive(clap::Args)]
pub struct MatchArgs {
    /// The ecosystem, with the release of a distribution: npm, PyPI, Debian:12, Alpine:3.19.
    ecosystem: String,
    /// The package's name in it.
    name: String,
    /// The installed version.
    version: String,
    /// The source package, where it has another name.
    #[arg(long, default_value = "", value_name = "NAME")]
    source_name: String,
    #[command(flatten)]
    input: Input,
}

#[derive(clap::Args)]
pub struct CompareArgs {
    /// The ecosystem: debian, npm, PyPI, Maven, …
    ecosystem: String,
    /// Files of lines; standard input without any.
    files: Vec<PathBuf>,
    #[command(flatten)]
    format: FormatArgs,
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
        Command::Update(args) => update(global, &args),
        Command::Status(args) => status(global, &args),
        Command::Explain(args) => explain(global, &args),
        Command::List(input) => list(global, &input),
        Command::Match(args) => match_one(global, &args),
        Command::Sources(args) => sources(args.format),
        Command::Compare(args) => compare_lines(&args),
    }
}

fn home(global: &Global) -> Result<Home, Failure> {
    let (_, data) = global.load_with_data()?;
    Ok(Home::new(data.join("advisories")))
}

fn open(global: &Global, input: &Input) -> Result<Database, Failure> {
    home(global)?.open(input.db_generation).map_err(|error| {
        let missing = matches!(error, yagura_advisory::Error::Missing { .. });
        let failure = Failure::run(error);
        if missing { failure.hint("`yagura db update` builds one") } else { failure }
    })
}

fn update(global: &Global, args: &UpdateArgs) -> Result<ExitCode, Failure> {
    let home = home(global)?;
    let specs = specs(&home, args)?;
    let now = yagura_rt::now().to_string();
    let mut shown = Bar::new(args.quiet);
    let outcome = home.update(&specs, &now, args.keep, &mut |progress| shown.show(&progress));
    shown.clear();
    let outcome = outcome.map_err(Failure::run)?;
    if args.format.format == Format::Json {
        output::json(&serde_json::json!({
            "generation": outcome.generation,
            "written": outcome.written.is_some(),
            "sources": outcome.sources,
        }))?;
    } else {
        tell(&outcome, args.quiet);
    }
    let bad = |state: &SourceState| matches!(state, SourceState::Kept { .. } | SourceState::Missing { .. });
    let failed = outcome.sources.iter().filter(|source| bad(&source.state)).count();
    Ok(if failed == outcome.sources.len() { ExitCode::from(3) } else { ExitCode::from(u8::from(failed > 0)) })
}

// What was asked for, else what the database in force was built of, else the usual ones.
fn specs(home: &Home, args: &UpdateArgs) -> Result<Vec<SourceSpec>, Failure> {
    if !args.sources.is_empty() {
        let parse = |text: &String| SourceSpec::parse(text).map_err(Failure::usage);
        return args.sources.iter().map(parse).collect();
    }
    let Ok(database) = home.open(None) else { return Ok(SourceSpec::defaults()) };
    let again = database.status().sources.into_iter().filter_map(|source| {
        SourceSpec::parse(&format!("{}:{}={}", source.name, source.kind, source.location)).ok()
    });
    Ok(again.collect())
}

fn tell(outcome: &Outcome, quiet: bool) {
    let mut rows = Vec::new();
    for source in &outcome.sources {
        let (state, reason) = match &source.state {
            SourceState::New => ("new", ""),
            SourceState::Unchanged => ("unchanged", ""),
            SourceState::Kept { reason } => ("failed, old content kept", reason.as_str()),
            SourceState::Missing { reason } => ("failed", reason.as_str()),
        };
        if !reason.is_empty() {
            eprintln!("{}: {reason}", source.name);
        }
        for diagnostic in source.diagnostics.iter().take(DIAGNOSTICS_SHOWN) {
            eprintln!("{}: {diagnostic}", source.name);
        }
        if source.problems > DIAGNOSTICS_SHOWN as u64 {
            eprintln!("{}: {} more", source.name, source.problems - DIAGNOSTICS_SHOWN as u64);
        }
        let counts = [source.records, source.rows, source.problems].map(|count| count.to_string());
        rows.push([source.name.clone(), state.to_owned()].into_iter().chain(counts).collect());
    }
    if quiet {
        return;
    }
    output::table(&["source", "state", "records", "rows", "problems"], &rows);
    match &outcome.written {
        Some(summary) => output::print(&format!(
            "generation {}: {} advisories, {} rows, {} packages\n",
            outcome.generation, summary.advisories, summary.rows, summary.packages
        )),
        None => output::print(&format!("generation {} is up to date\n", outcome.generation)),
    }
}

// Diagnostics of one source that are printed; JSON has more.
const DIAGNOSTICS_SHOWN: usize = 10;

// One line that is drawn over; on a terminal only.
struct Bar {
    on: bool,
    drawn: std::time::Instant,
}

impl Bar {
    fn new(quiet: bool) -> Self {
        Self { on: !quiet && std::io::stderr().is_terminal(), drawn: std::time::Instant::now() }
    }

    fn show(&mut self, progress: &Progress) {
        if !self.on || self.drawn.elapsed().as_millis() < 100 {
            return;
        }
        self.drawn = std::time::Instant::now();
        let line = match progress {
            Progress::Fetching { name, bytes, total: Some(total) } => {
                format!("{name}: {} of {} MB", bytes >> 20, total >> 20)
            }
            Progress::Fetching { name, bytes, total: None } => format!("{name}: {} MB", bytes >> 20),
            Progress::Reading { name, files } => format!("{name}: {files} files read"),
            Progress::Writing => "writing".to_owned(),
        };
        let _ = write!(std::io::stderr(), "\r\x1b[K{line}");
    }

    fn clear(&self) {
        if self.on {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn status(global: &Global, args: &StatusArgs) -> Result<ExitCode, Failure> {
    let home = home(global)?;
    let database = open(global, &args.input)?;
    if args.verify {
        database.verify().map_err(|error| Failure::run(error).hint("`yagura db update` builds a new one"))?;
    }
    let status = database.status();
    if args.input.format.format == Format::Json {
        output::json(&serde_json::json!({
            "generation": args.input.db_generation.or_else(|| home.current()),
            "generations": home.generations(),
            "status": status,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = status
        .sources
        .iter()
        .map(|source| {
            let counts = [source.records, source.rows, source.problems].map(|count| count.to_string());
            let place = if source.failed.is_empty() { &source.location } else { &source.failed };
            let words = [source.name.clone(), source.fetched.clone(), source.newest.clone()];
            words.into_iter().chain(counts).chain([place.clone()]).collect()
        })
        .collect();
    output::table(&["source", "fetched", "newest", "records", "rows", "problems", "from"], &rows);
    let generations: Vec<String> = home.generations().iter().map(ToString::to_string).collect();
    let per_row = status.match_table_bytes as f64 / status.rows.max(1) as f64;
    output::print(&format!(
        "\nbuilt {}, format {}, {} bytes, {} advisories, {} rows ({per_row:.1} bytes each), {} packages, {} CVEs known\n\
         generations kept: {}\n{}",
        status.built,
        status.format,
        status.bytes,
        status.advisories,
        status.rows,
        status.packages,
        status.vulnerabilities,
        generations.join(", "),
        if args.verify { "every checksum holds\n" } else { "" },
    ));
    Ok(ExitCode::SUCCESS)
}

fn explain(global: &Global, args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let database = open(global, &args.input)?;
    let records = database.explain(&args.id).map_err(Failure::run)?;
    let known = database.vulnerability(&args.id.to_ascii_uppercase()).map_err(Failure::run)?;
    if args.input.format.format == Format::Json {
        output::json(&serde_json::json!({ "id": args.id, "known": known, "records": records }))?;
    } else {
        if let Some(known) = &known {
            let mut text = format!("{}\n", args.id.to_ascii_uppercase());
            if let Some(kev) = &known.kev {
                let ransomware = if kev.ransomware { ", used by ransomware" } else { "" };
                text.push_str(&format!("  exploited   since {} by CISA{ransomware}\n", kev.added));
            }
            if let Some(epss) = &known.epss {
                text.push_str(&format!(
                    "  EPSS        {:.3} % (higher than {:.1} % of all)\n",
                    epss.probability * 100.0,
                    epss.percentile * 100.0
                ));
            }
            field(&mut text, "CVSS", &known.cvss.join("  "));
            field(&mut text, "CWE", &numbers(&known.cwe));
            field(&mut text, "about", &known.description);
            output::print(&format!("{}\n", printable(&text)));
        }
        for record in &records {
            output::print(&printable(&described(record)));
        }
    }
    if records.is_empty() && known.is_none() {
        return Err(Failure::usage(anyhow::anyhow!("{}: no source has an advisory of that name", args.id)));
    }
    Ok(ExitCode::SUCCESS)
}

fn described(record: &Explained) -> String {
    let mut text = format!("{}  ({})\n", record.id, record.source);
    field(&mut text, "title", &record.title);
    field(&mut text, "aliases", &record.aliases.join(", "));
    field(&mut text, "repairs", &record.covers.join(", "));
    field(&mut text, "published", &record.published);
    field(&mut text, "changed", &record.modified);
    if record.withdrawn {
        field(&mut text, "state", "withdrawn: matches nothing");
    }
    field(&mut text, "severity", record.severity.map_or("", yagura_advisory::Severity::name));
    for score in &record.cvss {
        field(&mut text, "CVSS", &format!("{:.1} {}  {}", score.score, score.severity.name(), score.vector));
    }
    field(&mut text, "CWE", &numbers(&record.cwe));
    for package in &record.packages {
        let mut ranges = package.ranges.join("  or  ");
        if package.versions > 0 {
            ranges.push_str(&format!("  ({} versions listed)", package.versions));
        }
        let words = [ranges.as_str(), package.severity.as_str(), package.note.as_str()];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        field(&mut text, "affects", &format!("{} {}: {}", package.ecosystem, package.name, words.join("  ")));
    }
    if record.packages_total > record.packages.len() as u64 {
        let more = record.packages_total - record.packages.len() as u64;
        field(&mut text, "affects", &format!("{more} more"));
    }
    for reference in &record.references {
        field(&mut text, "see", reference);
    }
    field(&mut text, "details", record.details.trim());
    text.push('\n');
    text
}

fn field(text: &mut String, name: &str, value: &str) {
    if !value.is_empty() {
        text.push_str(&format!("  {name:<11} {}\n", value.replace('\n', "\n              ")));
    }
}

fn numbers(cwe: &[u32]) -> String {
    cwe.iter().map(|number| format!("CWE-{number}")).collect::<Vec<_>>().join(", ")
}

// Advisories come from outside: nothing of them may steer the terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn list(global: &Global, input: &Input) -> Result<ExitCode, Failure> {
    let status = open(global, input)?.status();
    if input.format.format == Format::Json {
        output::json(&status.ecosystems)?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |(name, info): (&String, &yagura_advisory::EcosystemInfo)| {
        let order = Scheme::of(name).map_or("", Scheme::name);
        vec![name.clone(), info.packages.to_string(), info.rows.to_string(), order.to_owned()]
    };
    let rows: Vec<Vec<String>> = status.ecosystems.iter().map(row).collect();
    output::table(&["ecosystem", "packages", "rows", "versions ordered by"], &rows);
    Ok(ExitCode::SUCCESS)
}

fn match_one(global: &Global, args: &MatchArgs) -> Result<ExitCode, Failure> {
    let database = open(global, &args.input)?;
    let query = Query {
        package_type: &args.ecosystem,
        name: &args.name,
        version: &args.version,
        source_name: &args.source_name,
        ..Query::default()
    };
    let answer = database.matches(&query).map_err(Failure::run)?;
    if args.input.format.format == Format::Json {
        output::json(&answer)?;
    } else {
        for found in &answer.matches {
            let fixed = match found.fixed_version.as_str() {
                "" => found.fix_state.name().to_owned(),
                version => format!("fixed in {version}"),
            };
            let mut text = format!("{}  {}  {fixed}  {}\n", found.id, found.severity.name(), found.title);
            for proof in &found.proof {
                let why = proof.comparisons.join(" and ");
                let because = format!("{} ({}): {}; {why}", proof.advisory, proof.source, proof.range);
                field(&mut text, "because", &because);
            }
            output::print(&printable(&text));
        }
    }
    match &answer.coverage {
        Coverage::Covered { .. } => Ok(ExitCode::from(u8::from(!answer.matches.is_empty()))),
        Coverage::NoSource { ecosystem, nearest } => {
            let failure = Failure::run(anyhow::anyhow!("no source in the database covers {ecosystem}"));
            Err(if nearest.is_empty() {
                failure
            } else {
                failure.hint(format!("it has {}", nearest.join(", ")))
            })
        }
        Coverage::UnknownEcosystem { package_type } => Err(unknown(package_type)),
    }
}

fn unknown(ecosystem: &str) -> Failure {
    let failure = Failure::usage(anyhow::anyhow!("`{ecosystem}` is no known ecosystem"));
    match Scheme::nearest(ecosystem) {
        Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
        None => failure,
    }
}

fn sources(format: Format) -> Result<ExitCode, Failure> {
    let all = update::catalogue();
    if format == Format::Json {
        let rows: Vec<_> = all
            .iter()
            .map(|s| serde_json::json!({ "name": s.name, "kind": s.kind, "address": s.address, "default": s.default }))
            .collect();
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let row = |source: &update::Published| {
        let default = if source.default { "yes" } else { "" };
        [source.name, source.kind.name(), default, source.about, source.address].map(str::to_owned).to_vec()
    };
    let rows: Vec<Vec<String>> = all.iter().map(row).collect();
    output::table(&["name", "kind", "default", "about", "address"], &rows);
    Ok(ExitCode::SUCCESS)
}

#[derive(serde::Serialize)]
struct Wrong {
    file: String,
    line: usize,
    text: String,
    verdict: String,
}

fn compare_lines(args: &CompareArgs) -> Result<ExitCode, Failure> {
    let scheme = Scheme::of(&args.ecosystem).ok_or_else(|| unknown(&args.ecosystem))?;
    let mut wrong = Vec::new();
    let mut checked = 0u64;
    if args.files.is_empty() {
        check(scheme, "-", std::io::stdin().lock(), &mut checked, &mut wrong)?;
    }
    for file in &args.files {
        if file.as_os_str() == "-" {
            check(scheme, "-", std::io::stdin().lock(), &mut checked, &mut wrong)?;
            continue;
        }
        let said = |error| Failure::usage(anyhow::Error::new(error).context(file.display().to_string()));
        let reader = std::io::BufReader::new(std::fs::File::open(file).map_err(said)?);
        check(scheme, &file.display().to_string(), reader, &mut checked, &mut wrong)?;
    }
    if args.format.format == Format::Json {
        output::json(&serde_json::json!({ "scheme": scheme.name(), "checked": checked, "wrong": wrong }))?;
    } else {
        for one in &wrong {
            output::print(&printable(&format!("{}:{}: {}: {}\n", one.file, one.line, one.text, one.verdict)));
        }
        let lines = output::count(checked, "line");
        output::print(&format!("{lines} by the order of {}, {} do not hold\n", scheme.name(), wrong.len()));
    }
    Ok(ExitCode::from(u8::from(!wrong.is_empty())))
}

// A line is read to this length; no two versions need more.
const LINE_BYTES_MAX: u64 = 8 << 10;

fn check(
    scheme: Scheme,
    file: &str,
    mut reader: impl BufRead,
    checked: &mut u64,
    wrong: &mut Vec<Wrong>,
) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let count = std::io::Read::take(&mut reader, LINE_BYTES_MAX).read_until(b'\n', &mut bytes);
        if count.map_err(Failure::run)? == 0 {
            break;
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        let comment = text == "#" || text.starts_with("# ") || text.starts_with("//");
        if text.is_empty() || comment {
            continue;
        }
        *checked += 1;
        if let Err(verdict) = holds(scheme, text) {
            wrong.push(Wrong { file: file.to_owned(), line, text: text.to_owned(), verdict });
        }
    }
    Ok(())
}

fn holds(scheme: Scheme, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [a, sign @ ("<" | "=" | "==" | ">"), b] = words.as_slice() else {
        return Err("this is not `a < b`, `a = b` or `a > b`".to_owned());
    };
    let order = compare(scheme, a, b).map_err(|error| error.to_string())?;
    let ours = match order {
        std::cmp::Ordering::Less => "<",
        std::cmp::Ordering::Equal => "=",
        std::cmp::Ordering::Greater => ">",
    };
    if ours == sign.trim_end_matches("==") || (ours == "=" && *sign == "==") {
        return Ok(());
    }
    Err(format!("{a} {ours} {b}"))
}
