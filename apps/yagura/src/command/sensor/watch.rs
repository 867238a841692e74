//! `yagura sensor watch`: sensor and rules alone; what matches is printed as it happens. No store, no server.

use std::{
    io::Write,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use yagura_detect::Alert;
use yagura_event::Event;
use yagura_rt::{Config, Shutdown};
use yagura_sensor::Sensor;

use crate::{
    Global, host,
    output::{self, Failure},
    rulebook::Rulebook,
    signals,
};

/// Alerts that may wait to be printed; whoever reads them may be slow.
const WAITING_MAX: usize = 4_096;

#[derive(clap::Args)]
pub struct Args {
    /// Files and folders of rules, instead of those of the configuration. May be repeated.
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Leave out the rules that come with Yagura.
    #[arg(long)]
    no_builtin_rules: bool,
    /// How to print what matches: a line of text, or a line of JSON with Falco's keys.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Seconds after which to stop; otherwise Ctrl-C does.
    #[arg(long)]
    seconds: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

pub fn run(global: &Global, args: Args) -> Result<ExitCode, Failure> {
    let mut config = global.load()?;
    if let Some(missing) = args.rules.iter().find(|path| !path.exists()) {
        return Err(Failure::usage(anyhow::anyhow!("--rules {}: no such file or folder", missing.display())));
    }
    if !args.rules.is_empty() {
        config.detect.rules.clone_from(&args.rules);
    }
    config.detect.builtin &= !args.no_builtin_rules;
    let shutdown = Shutdown::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::run)?;
    let (stop, seconds) = (shutdown.clone(), args.seconds);
    let waiting = thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let ended = signals::listen(stop.clone(), || {});
            match seconds {
                Some(seconds) => {
                    let _ = tokio::time::timeout(Duration::from_secs(seconds), ended).await;
                    stop.trigger();
                }
                None => drop(ended.await),
            }
        });
    });
    waiting.map_err(Failure::run)?;
    watch(&config, args.format, &shutdown)
}

fn watch(config: &Config, format: Format, shutdown: &Shutdown) -> Result<ExitCode, Failure> {
    let rulebook = Rulebook::load(config.detect.clone(), std::collections::BTreeMap::new(), yagura_rt::now());
    let errors = rulebook.attempt().errors() as u64;
    if errors > 0 {
        let errors = output::count(errors, "error");
        eprintln!("warning: {errors} in the rules, the others are used: `yagura rules lint` shows them");
    }
    let engine = Arc::clone(&rulebook.current().engine);
    drop(rulebook);
    let mut options = super::options(&config.sensor)?;
    (options.kinds, options.data) = (engine.kinds(), engine.data_kinds());
    let sensor = Sensor::start(options).map_err(Failure::run)?;
    let handle = sensor.handle();
    for reason in &handle.status().mode_reasons {
        eprintln!("warning: {reason}");
    }
    let (send, alerts) = sync_channel(WAITING_MAX);
    let printer = thread::Builder::new().name("alerts".to_owned()).spawn(move || print(&alerts, format));
    let printer = printer.map_err(Failure::run)?;
    let (matched, unprinted, panics) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let (host, mut matcher) = (host::name(), engine.matcher());
    let judge = |event: Event| {
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for index in matcher.matches(&event) {
                matched.fetch_add(1, Ordering::Relaxed);
                say(engine.alert(*index, &event, &host), &send, &unprinted);
            }
        }));
        if judged.is_err() {
            panics.fetch_add(1, Ordering::Relaxed);
            matcher = engine.matcher();
        }
    };
    sensor.run(&shutdown.flag(), judge).map_err(Failure::run)?;
    drop(send);
    let _ = printer.join();
    let status = handle.status();
    eprintln!(
        "{}, {} lost; {}, {} not printed, because the reader was too slow; {} MiB resident",
        output::count(status.events, "event"),
        status.lost,
        output::count(matched.into_inner(), "alert"),
        unprinted.into_inner(),
        status.memory_bytes >> 20
    );
    for loss in status.losses.iter().filter(|loss| loss.count > 0) {
        eprintln!("{} lost in {}: {}", loss.count, loss.place, loss.detail);
    }
    match panics.into_inner() {
        0 => Ok(ExitCode::SUCCESS),
        count => Err(Failure::run(anyhow::anyhow!("{count} events could not be judged; please report this"))),
    }
}

// Whoever judges does not wait for whoever reads.
fn say(alert: Alert, send: &SyncSender<Alert>, unprinted: &AtomicU64) {
    if send.try_send(alert).is_err() {
        unprinted.fetch_add(1, Ordering::Relaxed);
    }
}

// A reader that went away (`| head`) ends the printing.
fn print(alerts: &Receiver<Alert>, format: Format) {
    let mut out = std::io::stdout();
    for alert in alerts {
        let line = match format {
            Format::Text => output::escaped(&alert.to_falco_text()),
            Format::Json => alert.to_falco_json().to_string(),
        };
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}
