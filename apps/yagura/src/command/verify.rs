//! `yagura verify`: safe attack emulations; what was seen, what was blocked, how fast.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use serde_json::Value;
use yagura_event::{Process, Timestamp};
use yagura_rt::{Shutdown, Tasks};
use yagura_sensor::Sensor;
use yagura_verify::{Mark, Observer, ResultRow, RunOptions, Sighting};

use crate::{
    Global,
    command::sensor,
    control::Control,
    output::{self, Failure},
    rulebook::Rulebook,
};

/// The server joins alerts of one cause within a second into one finding, whose evidence is the first's.
const SAME_CAUSE_APART: Duration = Duration::from_millis(1_200);

/// Run safe attack emulations and tell which were seen.
///
/// With `yagura up` running its findings are asked; otherwise a sensor is started for the duration. Nothing leaves the
/// machine, and what an emulation makes it removes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  sudo yagura verify\n  sudo yagura verify --only T1059 --format json")]
pub struct Args {
    /// Only emulations whose id or technique begins with one of these.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// List the emulations and run none.
    #[arg(long)]
    list: bool,
    /// Files and folders of rules to verify with, instead of those of the configuration.
    #[arg(long)]
    rules: Vec<PathBuf>,
    /// Seconds to wait for an alert. One that comes is not waited for; a busy machine may take a while.
    #[arg(long, default_value_t = 10.0)]
    timeout: f64,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = sensor::Format::Table)]
    format: sensor::Format,
    // The child that acts; started by the parent only.
    #[arg(long, hide = true, value_name = "ID")]
    run_emulation: Option<String>,
    #[arg(long, hide = true, requires = "run_emulation")]
    work_dir: Option<PathBuf>,
}

/// Runs the command.
pub fn run(global: &Global, args: Args) -> Result<ExitCode, Failure> {
    if let Some(id) = &args.run_emulation {
        let dir = args.work_dir.clone().unwrap_or_else(std::env::temp_dir);
        return Ok(yagura_verify::run_child(id, &dir));
    }
    if args.list {
        list(args.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (config, data) = global.load_with_data()?;
    // The same folder every time: what a killed run left there, the next one removes.
    let work_dir = std::env::temp_dir().join("yagura-verify");
    let control = Control::connect(&data).filter(|_| args.rules.is_empty());
    let options = RunOptions {
        only: args.only.clone(),
        timeout: Duration::from_secs_f64(args.timeout.clamp(0.1, 600.0)),
        apart: if control.is_some() { SAME_CAUSE_APART } else { Duration::ZERO },
        self_exe: std::env::current_exe().map_err(Failure::run)?,
        work_dir,
    };
    let show = args.format == sensor::Format::Table && std::io::stderr().is_terminal();
    let mut progress = |row: &ResultRow| {
        if show {
            eprintln!("{}  {}", verdict(row), row.id);
        }
    };
    let rows = if let Some(control) = control {
        let rows = yagura_verify::run(&options, &mut Server { control: &control }, &mut progress);
        let proofs: Vec<Value> = rows.iter().filter(|row| !row.skipped).map(proof).collect();
        if let Err(error) = control.ask("POST", "/v1/proofs", Some(&proofs.into())) {
            eprintln!("note: the server did not take the results: {error:#}");
        }
        rows
    } else {
        let mut detect = config.detect.clone();
        if !args.rules.is_empty() {
            detect.rules = args.rules.clone();
        }
        let (mut local, tasks, shutdown) = Local::start(&config.sensor, detect)?;
        let rows = yagura_verify::run(&options, &mut local, &mut progress);
        shutdown.trigger();
        tasks.join(Duration::from_secs(5));
        rows
    };
    report(&rows, args.format)?;
    if rows.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!("no emulation is called that"))
            .hint("`yagura verify --list` lists them"));
    }
    let missed = rows.iter().any(|row| !row.seen && !row.blocked && !row.skipped);
    Ok(if missed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn list(format: sensor::Format) -> Result<(), Failure> {
    let catalogue = yagura_verify::catalogue();
    if format == sensor::Format::Json {
        return output::json(&catalogue.iter().map(|emulation| serde_json::json!({
            "id": emulation.id, "technique": emulation.technique, "title": emulation.title, "rules": emulation.rules,
        })).collect::<Vec<Value>>());
    }
    let row = |emulation: &yagura_verify::Emulation| {
        vec![emulation.id.to_owned(), emulation.technique.to_owned(), emulation.title.to_owned()]
    };
    output::table(&["id", "technique", "what it does"], &catalogue.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

// A result in the API's words.
fn proof(row: &ResultRow) -> Value {
    serde_json::json!({
        "emulation": row.id,
        "technique": row.technique,
        "rule": row.rule,
        "seen": row.seen,
        "blocked": row.blocked,
        "latency_ms": row.latency_ms.map(|latency| latency.ceil() as u32),
        "detail": row.reason.as_deref().unwrap_or(&row.title),
        "time": yagura_rt::now().to_rfc3339(),
    })
}

fn verdict(row: &ResultRow) -> &'static str {
    match (row.skipped, row.blocked, row.seen) {
        (true, ..) => "skipped",
        (_, true, _) => "blocked",
        (.., true) => "seen",
        _ => "MISSED",
    }
}

fn report(rows: &[ResultRow], format: sensor::Format) -> Result<(), Failure> {
    if format == sensor::Format::Json {
        return output::json(&rows);
    }
    let cells = |row: &ResultRow| {
        let latency = row.latency_ms.map_or_else(|| "-".to_owned(), |latency| format!("{latency:.1}"));
        let note = row.reason.clone().unwrap_or_else(|| row.rule.clone());
        vec![verdict(row).to_owned(), row.technique.clone(), row.id.clone(), latency, note]
    };
    output::table(
        &["result", "technique", "emulation", "ms", "rule"],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    );
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(verdict(row)).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(word, number)| format!("{number} {word}")).collect();
    output::print(&format!("{} of {}\n", counts.join(", "), output::count(rows.len() as u64, "emulation")));
    Ok(())
}

/// An alert as the local sensor saw it.
struct Sight {
    rule: String,
    pids: Vec<u32>,
    event_time: Timestamp,
    seen_time: Timestamp,
}

/// Observes with a sensor of its own.
struct Local {
    sights: Receiver<Sight>,
    kept: Vec<Sight>,
}

impl Local {
    fn start(
        config: &yagura_rt::Sensor,
        detect: yagura_rt::Detect,
    ) -> Result<(Self, Tasks, Shutdown), Failure> {
        let rulebook = Rulebook::load(detect, BTreeMap::new(), yagura_rt::now());
        let engine = Arc::clone(&rulebook.current().engine);
        let sensor = Sensor::start(sensor::options(config)?).map_err(|error| {
            Failure::run(error).hint("verify needs root: it watches the kernel while the emulations run")
        })?;
        let (sender, sights) = channel();
        let shutdown = Shutdown::default();
        let flag = shutdown.flag();
        let mut tasks = Tasks::default();
        let mut matcher = engine.matcher();
        let body = move || {
            let result = sensor.run(&flag, |event| {
                for index in matcher.matches(&event) {
                    let pids = std::iter::once(&*event.process)
                        .chain(event.process.ancestors())
                        .map(|process: &Process| process.pid)
                        .collect();
                    let rule = engine.rule(*index).name.clone();
                    let _ = sender.send(Sight {
                        rule,
                        pids,
                        event_time: event.time,
                        seen_time: yagura_rt::now(),
                    });
                }
            });
            if let Err(error) = result {
                tracing::error!(%error, "the sensor stopped");
            }
        };
        tasks.spawn("sensor", body).map_err(Failure::run)?;
        Ok((Self { sights, kept: Vec::new() }, tasks, shutdown))
    }
}

impl Observer for Local {
    fn mark(&mut self) -> Mark {
        self.kept.clear();
        Mark { time: yagura_rt::now() }
    }

    fn wait(&mut self, mark: &Mark, root_pid: u32, rules: &[&str], timeout: Duration) -> Option<Sighting> {
        let deadline = Instant::now() + timeout;
        let fits = |sight: &Sight| {
            sight.event_time >= mark.time
                && sight.pids.contains(&root_pid)
                && rules.contains(&sight.rule.as_str())
        };
        loop {
            if let Some(sight) = self.kept.iter().find(|sight| fits(sight)) {
                return Some(Sighting {
                    rule: sight.rule.clone(),
                    event_time: sight.event_time,
                    seen_time: sight.seen_time,
                });
            }
            match self.sights.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(sight) => self.kept.push(sight),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}

/// Observes through the findings of the running server.
struct Server<'a> {
    control: &'a Control,
}

impl Server<'_> {
    // A finding of the rule whose latest evidence has the emulation's process among its ancestors.
    fn look(&self, mark: &Mark, root_pid: u32, rule: &str) -> Option<Sighting> {
        let query =
            format!("/v1/findings?rule={}&since={}&limit=20", encode(rule), encode(&mark.time.to_rfc3339()));
        let answer = self.control.ask("GET", &query, None).ok()?;
        let seen_time = yagura_rt::now();
        let findings = answer.get("items")?.as_array()?.clone();
        findings.iter().filter_map(|finding| finding.get("id")?.as_str().map(str::to_owned)).find_map(|id| {
            let finding = self.control.ask("GET", &format!("/v1/findings/{id}"), None).ok()?;
            let evidence = finding.get("evidence")?.as_array()?.clone();
            evidence.iter().rev().find_map(|piece| {
                let time = Timestamp::parse_rfc3339(piece.get("time")?.as_str()?).ok()?;
                let event = piece.get("event")?;
                let mut process = event.get("process").or_else(|| event.pointer("/actor/process"));
                let mut found = false;
                while let Some(current) = process {
                    found |= current.get("pid").and_then(Value::as_u64) == Some(u64::from(root_pid));
                    process = current.get("parent_process");
                }
                (found && time >= mark.time).then(|| Sighting {
                    rule: rule.to_owned(),
                    event_time: time,
                    seen_time,
                })
            })
        })
    }
}

impl Observer for Server<'_> {
    fn mark(&mut self) -> Mark {
        Mark { time: yagura_rt::now() }
    }

    fn wait(&mut self, mark: &Mark, root_pid: u32, rules: &[&str], timeout: Duration) -> Option<Sighting> {
        let deadline = Instant::now() + timeout;
        loop {
            if let Some(sighting) = rules.iter().find_map(|rule| self.look(mark, root_pid, rule)) {
                return Some(sighting);
            }
            if Instant::now() >= deadline {
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
fn encode(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
