//! `yagura sensor`: what is seen, what is not, and recordings of it.

mod watch;

use std::{
    fs::File,
    io::{BufWriter, LineWriter, Write},
    path::PathBuf,
    process::ExitCode,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use yagura_event::{AuditOptions, Event, RecordingError, RecordingWriter, SensorStatus, audit_records};
use yagura_rt::Shutdown;
use yagura_sensor::{Sensor, SensorOptions};

use crate::{
    Global,
    control::Control,
    host,
    output::{self, Failure},
    signals,
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// How the kernel is watched, what cannot be seen, and what was lost: of the running server, or what this machine
    /// would offer.
    Status {
        /// How to print the answer.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Print what matches the rules as it happens: sensor and rules alone, without store and server.
    #[command(after_help = "Example:\n  sudo yagura sensor watch --rules /etc/falco/rules.d --format json")]
    Watch(watch::Args),
    /// Write events to a file, to judge them again later.
    #[command(after_help = "Example:\n  yagura sensor record --out events.ndjson --seconds 60")]
    Record {
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// Seconds after which to stop; otherwise Ctrl-C does.
        #[arg(long)]
        seconds: Option<u64>,
        /// Most events to write.
        #[arg(long, default_value_t = 10_000_000)]
        events: u64,
        /// What to write: `events` to be judged again, or `auditd`: audit records in auditd's format, line by line as they
        /// come (`--out /dev/stdout` shows them).
        #[arg(long, value_enum, default_value_t = RecordFormat::Events)]
        format: RecordFormat,
    },
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub enum RecordFormat {
    Events,
    Auditd,
}

/// Where events go.
enum Recorder {
    Events(RecordingWriter<BufWriter<File>>),
    Auditd(LineWriter<File>),
}

impl Recorder {
    fn new(format: RecordFormat, file: File) -> Self {
        match format {
            RecordFormat::Events => Self::Events(RecordingWriter::new(BufWriter::new(file))),
            RecordFormat::Auditd => Self::Auditd(LineWriter::new(file)),
        }
    }

    fn write(&mut self, event: &Event) -> Result<(), RecordingError> {
        match self {
            Self::Events(writer) => writer.write(event),
            Self::Auditd(out) => {
                let options = AuditOptions { arch: host::audit_arch(), key: None, enriched: true };
                for record in audit_records(event, &options) {
                    writeln!(out, "{}", record.line(true))?;
                }
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<(), RecordingError> {
        match self {
            Self::Events(writer) => writer.finish().map(|_| ()),
            Self::Auditd(mut out) => Ok(out.flush()?),
        }
    }
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
pub enum Format {
    #[value(alias = "text")]
    Table,
    Json,
}

/// Runs the command.
pub fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Status { format } => status(global, format),
        Command::Watch(args) => watch::run(global, args),
        Command::Record { out, seconds, events, format } => record(global, out, seconds, events, format),
    }
}

fn status(global: &Global, format: Format) -> Result<ExitCode, Failure> {
    let (_, data) = global.load_with_data()?;
    let running = Control::connect(&data);
    let status: SensorStatus = match &running {
        Some(control) => {
            let answer = control.ask("GET", "/v1/sensor", None).map_err(Failure::run)?;
            serde_json::from_value(answer).map_err(Failure::run)?
        }
        None => yagura_sensor::probe(),
    };
    if format == Format::Json {
        output::json(&status)?;
    } else {
        output::print(&text(&status, running.is_some()));
    }
    Ok(ExitCode::SUCCESS)
}

fn text(status: &SensorStatus, running: bool) -> String {
    let mut text = String::new();
    let mut add = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let mode = serde_json::to_value(status.mode).ok().and_then(|mode| mode.as_str().map(str::to_owned));
    add(format!(
        "mode      {}{}",
        mode.unwrap_or_default(),
        if running { "" } else { " (not running: what would be used)" }
    ));
    for reason in &status.mode_reasons {
        add(format!("          {reason}"));
    }
    add(format!("kernel    {}", status.kernel));
    if running {
        add(format!("events    {} seen, {} lost", status.events, status.lost));
        for loss in status.losses.iter().filter(|loss| loss.count > 0) {
            add(format!("          {} lost in {}: {}", loss.count, loss.place, loss.detail));
        }
        add(format!("memory    {} MiB", status.memory_bytes >> 20));
        add(format!("processes {}, containers {}", status.processes, status.containers));
    }
    add("\ntried at start".to_owned());
    for capability in &status.capabilities {
        let mark = if capability.available { "yes" } else { "no " };
        add(format!("  {mark}  {}  {}", capability.name, capability.detail));
    }
    add("\ncannot be seen".to_owned());
    if status.blind_spots.is_empty() {
        add("  nothing known".to_owned());
    }
    for spot in &status.blind_spots {
        add(format!("  {}: {}", spot.what, spot.why));
        if !spot.rules.is_empty() {
            add(format!("    blind rules: {}", spot.rules.join(", ")));
        }
    }
    text
}

fn record(
    global: &Global,
    out: PathBuf,
    seconds: Option<u64>,
    events_max: u64,
    format: RecordFormat,
) -> Result<ExitCode, Failure> {
    let config = global.load()?;
    let file =
        File::create(&out).map_err(|error| Failure::usage(anyhow::anyhow!("{}: {error}", out.display())))?;
    let sensor = Sensor::start(options(&config.sensor)?).map_err(Failure::run)?;
    let handle = sensor.handle();
    let shutdown = Shutdown::default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::run)?;
    let stop = shutdown.clone();
    runtime.spawn(async move {
        if let Some(seconds) = seconds {
            stop.sleep(Duration::from_secs(seconds)).await;
            stop.trigger();
        }
    });
    runtime.spawn(signals::listen(shutdown.clone(), || {}));
    let mut writer = Recorder::new(format, file);
    let written = AtomicU64::new(0);
    let mut failed = None;
    let flag = shutdown.flag();
    sensor
        .run(&flag, |event| {
            if failed.is_some() || written.load(Ordering::Relaxed) >= events_max {
                return;
            }
            match writer.write(&event) {
                Ok(()) if written.fetch_add(1, Ordering::Relaxed) + 1 < events_max => {}
                Ok(()) => shutdown.trigger(),
                Err(error) => {
                    failed = Some(error);
                    shutdown.trigger();
                }
            }
        })
        .map_err(Failure::run)?;
    if let Some(error) = failed {
        return Err(Failure::run(error));
    }
    writer.finish().map_err(Failure::run)?;
    let status = handle.status();
    eprintln!(
        "{} written to {}, {} lost",
        output::count(written.into_inner(), "event"),
        out.display(),
        status.lost
    );
    Ok(ExitCode::SUCCESS)
}

/// The sensor's options that follow from the configuration.
pub fn options(config: &yagura_rt::Sensor) -> Result<SensorOptions, Failure> {
    let mode = match config.mode.as_str() {
        "auto" => None,
        word => Some(serde_json::from_value(word.into()).map_err(|_| {
            Failure::usage(anyhow::anyhow!(
                "sensor.mode `{word}`: it is auto, ebpf, proc_connector, procfs or off"
            ))
        })?),
    };
    Ok(SensorOptions {
        mode,
        ring_bytes: config.ring_bytes,
        processes_max: config.processes_max,
        ..SensorOptions::default()
    })
}
