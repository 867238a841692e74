//! `yagura up`: this machine protected, in one process.
//!
//! What cannot be had is said and done without: no eBPF, no room on the disk, a port that is taken. Only a second
//! server on the same data is refused.

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, mpsc::sync_channel},
    time::{Duration, Instant},
};

use tokio::net::{TcpListener, UnixListener};
use yagura_api::{ApiOptions, Live, Service};
use yagura_event::{EventKind, SensorMode, SensorStatus};
use yagura_lake::{Lake, LakeError, LakeOptions};
use yagura_respond::Sender;
use yagura_rt::{Config, Shutdown, Tasks};
use yagura_sensor::{Sensor, SensorHandle};
use yagura_state::State;

use crate::{
    Global,
    command::sensor,
    console, control,
    findings::{FindingWriter, QUEUE_FINDINGS},
    host,
    judge::{Causes, Counters, Hit, Judge, Outlets},
    loss::LossWatch,
    output::{self, Failure},
    prevention::{Containment, Prevention},
    rulebook::{Rulebook, stored},
    scanner::{self, Scanner},
    signals, store,
    system::Machine,
};

/// Protect this machine: sensor, rules, store, API and console in one process.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  sudo yagura up\n  sudo yagura up --rules /etc/falco/rules.d --listen 127.0.0.1:9000"
)]
pub struct Args {
    /// Address and port of console and API (default 127.0.0.1:8470).
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Files and folders of rules, instead of those of the configuration. May be repeated.
    #[arg(long, value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Leave out the rules that come with Yagura.
    #[arg(long)]
    no_builtin_rules: bool,
    /// How to watch the kernel: auto, ebpf, procfs or off.
    #[arg(long, value_name = "MODE")]
    sensor: Option<String>,
    /// Refuse what this rule finds, as far as the kernel can; `*` stands for any text. May be repeated.
    #[arg(long, value_name = "RULE")]
    prevent: Vec<String>,
    /// Tell what of this rule would have been refused. May be repeated.
    #[arg(long, value_name = "RULE")]
    prevent_dry_run: Vec<String>,
}

/// How long threads may take to finish their work at the end.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long another server on the same data may take to end.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// How often a port that is taken is tried again.
const BIND_AGAIN: Duration = Duration::from_secs(5);

/// Runs the command until SIGTERM or SIGINT.
pub fn run(global: &Global, args: Args) -> Result<ExitCode, Failure> {
    let (mut config, data) = global.load_with_data()?;
    apply(&mut config, args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(Failure::run)?;
    let code = runtime.block_on(up(config, data))?;
    runtime.shutdown_timeout(Duration::from_secs(2));
    Ok(code)
}

fn apply(config: &mut Config, args: Args) -> Result<(), Failure> {
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    for path in &args.rules {
        if !path.exists() {
            return Err(Failure::usage(anyhow::anyhow!(
                "--rules {}: no such file or folder",
                path.display()
            )));
        }
    }
    if !args.rules.is_empty() {
        config.detect.rules = args.rules;
    }
    config.detect.builtin &= !args.no_builtin_rules;
    if let Some(mode) = args.sensor {
        config.sensor.mode = mode;
    }
    config.prevent.rules.extend(args.prevent);
    config.prevent.dry_run.extend(args.prevent_dry_run);
    Ok(())
}

// Every listener of the live stream holds a socket: as many files as this process may have, not the few it is given.
fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the number of open files could not be raised");
    }
}

async fn up(mut config: Config, data: PathBuf) -> Result<ExitCode, Failure> {
    raise_open_files();
    let data = Data::open(data, &config).await?;
    let rule_files = data.write_rule_files().await;
    config.detect.rules.push(rule_files.clone());
    let asset = host::asset(yagura_rt::now());
    if let Err(error) = data.state.asset_upsert(&asset).await {
        tracing::warn!(%error, "this machine could not be written to the list of assets");
    }
    let enabled = data.state.rule_setting_list().await.unwrap_or_default().into_iter().collect();
    let rulebook = Arc::new(Rulebook::load(config.detect.clone(), enabled, yagura_rt::now()));
    let counters = Arc::new(Counters::default());
    let causes = Arc::new(Causes::default());
    let live = Live::default();
    let shutdown = Shutdown::default();
    let mut tasks = Tasks::default();

    let (hits, hit_queue) = tokio::sync::mpsc::channel(QUEUE_FINDINGS);
    let (store_queue, stored) = sync_channel(store::QUEUE_EVENTS);
    let writer = FindingWriter {
        state: Arc::clone(&data.state),
        host: asset.clone(),
        live: live.clone(),
        causes: Arc::clone(&causes),
        dropped: Arc::default(),
    };
    let findings_dropped = Arc::clone(&writer.dropped);
    let writer = tokio::spawn(writer.run(hit_queue));
    let lake = Arc::clone(&data.lake);
    tasks.spawn("store", move || store::write(&lake, &stored)).map_err(Failure::run)?;
    tasks
        .spawn("housekeeping", {
            let (lake, stop) = (Arc::clone(&data.lake), shutdown.flag());
            move || store::maintain(&lake, &stop)
        })
        .map_err(Failure::run)?;

    let told = hits.clone();
    let prevention = Arc::new(Prevention::new(config.prevent.clone(), &data.dir));
    if prevention.is_configured() {
        let (prevention, rulebook) = (Arc::clone(&prevention), Arc::clone(&rulebook));
        let (asset, hits, stop) = (asset.clone(), hits.clone(), shutdown.flag());
        let body = move || prevention.run(&rulebook, &asset, &hits, &stop);
        tasks.spawn("prevent", body).map_err(Failure::run)?;
    }
    let containment = Containment::new(config.prevent.clone());
    let outlets = Outlets {
        hits,
        store: store_queue,
        live: live.clone(),
        store_reads: config.store.reads,
        containment,
    };
    let judge =
        Judge::new(Arc::clone(&rulebook), &asset, Arc::clone(&counters), Arc::clone(&causes), outlets);
    let sensor = watch(&config, &rulebook, judge, &shutdown, &mut tasks)?;

    let sender = Sender {
        state: Arc::clone(&data.state),
        console: config
            .server
            .public_url
            .as_deref()
            .map_or_else(|| base_address(config.server.listen), |url| url.trim_end_matches('/').to_owned()),
        now: yagura_rt::now,
        panics: Arc::default(),
    };
    let scanner = Arc::new(Scanner::new(
        config.scan.clone(),
        data.dir.clone(),
        asset.clone(),
        Arc::clone(&data.state),
        Arc::clone(&data.lake),
        live.clone(),
    ));
    scanner.fail_abandoned().await;
    let scanning = Arc::clone(&scanner);
    tasks.spawn("scans", move || scanning.run()).map_err(Failure::run)?;
    let scheduling = tokio::spawn(scanner::follow(Arc::clone(&scanner), shutdown.clone()));

    let machine = Arc::new(Machine {
        asset,
        rulebook: Arc::clone(&rulebook),
        rule_files,
        lake: Arc::clone(&data.lake),
        counters,
        findings_dropped,
        sender: sender.clone(),
        scanner,
        sensor,
        prevention,
    });
    let options = ApiOptions {
        host_names: config.server.host_names.clone(),
        tls: false,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let service = Service { state: Arc::clone(&data.state), system: machine.clone(), live, options };
    let router = yagura_api::router(service, console::Console);
    let control = serve_control(&data.dir, router.clone(), &shutdown)?;
    greet(&config, &data, &machine).await;
    let serving = tokio::spawn(serve(config.server.listen, router, shutdown.clone()));
    let stop = shutdown.clone();
    let telling = tokio::spawn(yagura_respond::dispatch(sender, async move { stop.wait().await }));
    let follower = tokio::spawn(follow_rules(Arc::clone(&machine), told, shutdown.clone()));

    let reload = || {
        machine.rulebook.reload(yagura_rt::now());
        machine.follow_rules();
    };
    signals::listen(shutdown.clone(), reload).await.map_err(Failure::run)?;
    for (name, task) in [
        ("server", serving),
        ("control socket", control),
        ("rules", follower),
        ("webhooks", telling),
        ("schedules", scheduling),
    ] {
        if tokio::time::timeout(PATIENCE, task).await.is_err() {
            tracing::warn!("{name}: did not end in time");
        }
    }
    let left = tokio::task::spawn_blocking(move || tasks.join(PATIENCE)).await.unwrap_or_default();
    for name in left {
        tracing::warn!("{name}");
    }
    let _ = tokio::time::timeout(PATIENCE, writer).await;
    let _ = fs::remove_file(control::socket_path(&data.dir));
    Ok(ExitCode::SUCCESS)
}

/// The data directory and the two stores in it.
struct Data {
    dir: PathBuf,
    state: Arc<State>,
    lake: Arc<Lake>,
    // Where the real directory cannot be used, data goes here and is deleted at the end.
    temporary: Option<String>,
    _scratch: Option<Scratch>,
}

/// A directory that is deleted when it goes out of use.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Data {
    // The folder of the rule files that the state keeps, made to hold what it says. One that cannot be written keeps what
    // it held.
    async fn write_rule_files(&self) -> PathBuf {
        let folder = stored::folder(&self.dir);
        let written = match self.state.rule_file_texts().await {
            Ok(files) => {
                let files: Vec<_> = files.into_iter().map(|file| (file.version.name, file.text)).collect();
                stored::write(&folder, &files).map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = written {
            tracing::error!(%error, "the rule files saved in the console could not be written to {}", folder.display());
        }
        folder
    }

    async fn open(dir: PathBuf, config: &Config) -> Result<Self, Failure> {
        let mut opened = Self::open_in(&dir, config).await;
        let begin = Instant::now();
        // A server that was killed a moment ago may still be on its way out.
        while matches!(opened, Err(OpenError::InUse(_))) && begin.elapsed() < LOCK_PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
            opened = Self::open_in(&dir, config).await;
        }
        let reason = match opened {
            Ok((state, lake)) => return Ok(Self { dir, state, lake, temporary: None, _scratch: None }),
            Err(OpenError::InUse(error)) => {
                return Err(
                    Failure::run(error).hint("stop the other server, or give this one its own --data")
                );
            }
            Err(OpenError::Unusable(error)) => format!("{error:#}"),
        };
        let scratch = std::env::temp_dir().join(format!("yagura-{}", std::process::id()));
        eprintln!("warning: {} cannot be used: {reason}", dir.display());
        eprintln!(
            "warning: protecting all the same; findings and events are kept in {} only until the end",
            scratch.display()
        );
        let (state, lake) = Self::open_in(&scratch, config).await.map_err(|error| match error {
            OpenError::InUse(error) | OpenError::Unusable(error) => Failure::run(error)
                .hint("make room in or give rights to the data directory, or name another with --data"),
        })?;
        let kept = Some(Scratch(scratch.clone()));
        Ok(Self { dir: scratch, state, lake, temporary: Some(reason), _scratch: kept })
    }

    async fn open_in(dir: &Path, config: &Config) -> Result<(Arc<State>, Arc<Lake>), OpenError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(|error| OpenError::Unusable(anyhow::anyhow!("creating {}: {error}", dir.display())))?;
        let options = LakeOptions {
            host: host::name(),
            retention_age: Duration::from_secs(u64::from(config.store.retention_days) * 86_400),
            retention_bytes: config.store.retention_bytes,
            // A row takes some two kilobytes until it is sealed.
            seal_rows: 40_000,
            memory_bytes_max: 96 << 20,
            ..LakeOptions::default()
        };
        let lake = Lake::open(&dir.join("lake"), options).map_err(|error| match error {
            LakeError::Locked { .. } => OpenError::InUse(error.into()),
            _ => OpenError::Unusable(error.into()),
        })?;
        let state = open_state(dir).await.map_err(|failure| OpenError::Unusable(failure.into_error()))?;
        Ok((Arc::new(state), Arc::new(lake)))
    }
}

enum OpenError {
    InUse(anyhow::Error),
    Unusable(anyhow::Error),
}

/// Opens the state of a data directory.
pub async fn open_state(dir: &Path) -> Result<State, Failure> {
    State::open(dir).await.map_err(|error| {
        Failure::run(error).hint(
            "the data directory must be writable by this user; a damaged state.sqlite can be moved away",
        )
    })
}

// Starts the sensor and the thread that judges its events. A sensor that cannot start is told, not fatal.
fn watch(
    config: &Config,
    rulebook: &Rulebook,
    mut judge: Judge,
    shutdown: &Shutdown,
    tasks: &mut Tasks,
) -> Result<Result<SensorHandle, SensorStatus>, Failure> {
    let off = |reason| Ok(Err(SensorStatus::off(host::kernel_release(), reason)));
    let mut options = sensor::options(&config.sensor)?;
    if options.mode == Some(SensorMode::Off) {
        return off("switched off in the configuration".to_owned());
    }
    options.kinds = wanted_kinds(rulebook);
    options.data = rulebook.current().engine.data_kinds();
    let sensor = match Sensor::start(options) {
        Ok(sensor) => sensor,
        Err(error) => {
            eprintln!("warning: the sensor could not start: {error}");
            return off(error.to_string());
        }
    };
    let handle = sensor.handle();
    let flag = shutdown.flag();
    tasks
        .spawn("sensor", move || {
            if let Err(error) = sensor.run(&flag, |event| judge.judge(event)) {
                tracing::error!(%error, "the sensor stopped");
            }
        })
        .map_err(Failure::run)?;
    Ok(Ok(handle))
}

/// Kinds of event worth their cost: those the rules need, and those a story is told with.
fn wanted_kinds(rulebook: &Rulebook) -> BTreeSet<EventKind> {
    use EventKind::{Accept, Accept4, Connect, Execve, Execveat, Listen, ProcExit, Unlink, Unlinkat};
    let mut kinds = rulebook.current().engine.kinds();
    kinds.extend([Accept, Accept4, Connect, Execve, Execveat, Listen, ProcExit, Unlink, Unlinkat]);
    kinds
}

// Looks once a second whether a rule file changed, and keeps the sensor at what the rules need; tells which rules were
// blind where the sensor lost something.
async fn follow_rules(machine: Arc<Machine>, hits: tokio::sync::mpsc::Sender<Hit>, shutdown: Shutdown) {
    let mut losses = LossWatch::default();
    while !shutdown.sleep(Duration::from_secs(1)).await {
        let (rulebook, now) = (Arc::clone(&machine.rulebook), yagura_rt::now());
        let changed =
            tokio::task::spawn_blocking(move || rulebook.reload_if_changed(now)).await.unwrap_or(false);
        if changed {
            machine.follow_rules();
        }
        if let Ok(sensor) = &machine.sensor {
            let engine = Arc::clone(&machine.rulebook.current().engine);
            let mut found = losses.look(&sensor.status().losses, &engine, &machine.asset, now);
            found.extend(losses.look_again(sensor.rescan(), &machine.asset, now));
            for finding in found {
                // A full queue is counted where it matters; the next loss is told again.
                let _ = hits.try_send(Hit::Finding(Box::new(finding)));
            }
        }
    }
}

impl Machine {
    /// Tells the sensor which kinds of event the rules in force need.
    pub fn follow_rules(&self) {
        let Ok(sensor) = &self.sensor else { return };
        let data = self.rulebook.current().engine.data_kinds();
        if let Err(error) =
            sensor.set_kinds(&wanted_kinds(&self.rulebook)).and_then(|()| sensor.set_data(&data))
        {
            tracing::warn!(%error, "the sensor could not follow the changed rules");
        }
    }
}

// A taken port is tried again and again: protection does not wait for it.
async fn serve(listen: SocketAddr, router: yagura_api::Router, shutdown: Shutdown) {
    loop {
        match TcpListener::bind(listen).await {
            Ok(listener) => {
                let stop = shutdown.clone();
                yagura_api::serve(listener, router, async move { stop.wait().await }).await;
                return;
            }
            Err(error) => {
                eprintln!(
                    "warning: {listen} cannot be listened on: {error}; trying again (--listen names another port)"
                );
                if shutdown.sleep(BIND_AGAIN).await {
                    return;
                }
            }
        }
    }
}

fn serve_control(
    dir: &Path,
    router: yagura_api::Router,
    shutdown: &Shutdown,
) -> Result<tokio::task::JoinHandle<()>, Failure> {
    let path = control::socket_path(dir);
    let _ = fs::remove_file(&path);
    let listener = UnixListener::bind(&path)
        .map_err(|error| Failure::run(anyhow::anyhow!("{}: {error}", path.display())))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(Failure::run)?;
    let stop = shutdown.clone();
    Ok(tokio::spawn(async move {
        yagura_api::serve(listener, router, async move { stop.wait().await }).await;
    }))
}

/// The address at which a new administrator sets name and password.
pub fn setup_address(listen: SocketAddr, token: &str) -> String {
    format!("{}/setup?token={token}", base_address(listen))
}

fn base_address(listen: SocketAddr) -> String {
    let host = if listen.ip().is_unspecified() { "localhost".to_owned() } else { listen.ip().to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    format!("http://{host}:{}", listen.port())
}

async fn greet(config: &Config, data: &Data, machine: &Machine) {
    use yagura_api::System;
    let status = machine.sensor_status();
    let attempt = machine.rulebook.attempt();
    let rules = machine.rulebook.current();
    let on = rules.infos(&BTreeSet::new()).iter().filter(|info| info.enabled).count();
    let system = host::operating_system().unwrap_or_else(|| "Linux".to_owned());
    let mut text = format!(
        "Yagura {} protects {} ({system}, kernel {})\n\n",
        env!("CARGO_PKG_VERSION"),
        machine.asset.name,
        status.kernel
    );
    let mode = match status.mode {
        SensorMode::Ebpf => "eBPF".to_owned(),
        SensorMode::ProcConnector => "process connector".to_owned(),
        SensorMode::Procfs => "procfs, polled".to_owned(),
        SensorMode::Off => "OFF".to_owned(),
    };
    text.push_str(&format!("  sensor   {mode}\n"));
    for reason in &status.mode_reasons {
        text.push_str(&format!("           {reason}\n"));
    }
    text.push_str(&format!("  rules    {on} on of {}", rules.engine.rules().len()));
    if attempt.errors() > 0 {
        let errors = output::count(attempt.errors() as u64, "error");
        text.push_str(&format!("; {errors}: `yagura rules lint` shows them"));
    }
    text.push_str(&format!("\n  data     {}\n", data.dir.display()));
    if data.temporary.is_some() {
        text.push_str("           TEMPORARY: deleted at the end\n");
    }
    text.push_str(&format!("  console  {}/\n", base_address(config.server.listen)));
    if !data.state.user_exists().await.unwrap_or(true) {
        match data.state.setup_token_create(yagura_rt::now()).await {
            Ok(token) => {
                let address = setup_address(config.server.listen, token.reveal());
                text.push_str(&format!("\n  Open this address once, within a day, to choose name and password:\n\n    {address}\n"));
            }
            Err(error) => text.push_str(&format!("\n  no one-time address could be made: {error}\n")),
        }
    }
    output::print(&format!("{text}\n"));
}
