//! The server's scans: one at a time, on a thread that gives way to everything else.
//!
//! Who asks (the API, a schedule, the daily scan of this host) writes the scan into the state and puts it in the queue;
//! the thread opens the target, walks it, and records what it found. A scan that panics is one failed scan.

mod record;
mod schedule;
mod target;

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::runtime::Handle;
use yagura_advisory::{Database, update::Home};
use yagura_api::{AdvisoriesWire, Live, ScanProgress, ScanStep};
use yagura_event::{Asset, FindingKind, Timestamp};
use yagura_image::Progress;
use yagura_lake::{Lake, QueryLimits};
use yagura_scan::{Advisor, Advisories, Answering, Engines, Moment, Options, Patterns, Report, Scanners};
use yagura_state::{Scan, State};

use crate::{
    command::scan::{builtin_secret_rules, malware_rules, running_kernel},
    in_use::{self, FilesInUse, Whose},
};

pub use schedule::follow;
pub use target::ScanTarget;

/// Scans that may wait.
const QUEUE_SCANS: usize = 32;
/// Longest time a scan may take.
const SCAN_TIME_MAX: Duration = Duration::from_secs(2 * 3600);
/// Longest time the stored events are asked for who used what.
const PAST_TIME_MAX: Duration = Duration::from_secs(60);
/// Containers of one image that are looked at.
const CONTAINERS_MAX: usize = 200;

/// What the server's scans need.
pub struct Scanner {
    config: yagura_rt::Scan,
    data: PathBuf,
    host: Asset,
    state: Arc<State>,
    lake: Arc<Lake>,
    live: Live,
    runtime: Handle,
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    running: Option<Running>,
    closed: bool,
}

struct Job {
    id: String,
    target: String,
}

struct Running {
    id: String,
    step: ScanStep,
    progress: Arc<Progress>,
}

impl Scanner {
    /// A scanner with nothing to do. Called on the runtime whose tasks write the state.
    pub fn new(
        config: yagura_rt::Scan,
        data: PathBuf,
        host: Asset,
        state: Arc<State>,
        lake: Arc<Lake>,
        live: Live,
    ) -> Self {
        let data = data.canonicalize().unwrap_or(data);
        let (runtime, queue, wake) = (Handle::current(), Mutex::default(), Condvar::new());
        Self { config, data, host, state, lake, live, runtime, queue, wake }
    }

    /// Marks what a killed server left under way. To be called before anybody can start a scan.
    pub async fn fail_abandoned(&self) {
        if let Err(error) = self.state.scan_fail_abandoned(yagura_rt::now()).await {
            tracing::warn!(%error, "scans that a server left under way could not be marked");
        }
    }

    /// Whether this can be scanned, and by the configuration may be.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, target: &str) -> Result<(), String> {
        if !ScanTarget::is_allowed(target, &self.config.targets) {
            return Err(format!(
                "the server's configuration (`[scan] targets`) allows only {}",
                self.config.targets.join(", ")
            ));
        }
        ScanTarget::parse(target).map(drop)
    }

    /// Puts a scan behind those that wait.
    ///
    /// # Errors
    /// When too many wait, or one of the same target does.
    pub fn start(&self, scan: &Scan) -> Result<(), String> {
        let mut queue = self.queue();
        if queue.waiting.len() >= QUEUE_SCANS {
            return Err(format!("{QUEUE_SCANS} scans wait already"));
        }
        if queue.waiting.iter().any(|job| job.target == scan.target) {
            return Err("a scan of the same target waits already".to_owned());
        }
        queue.waiting.push_back(Job { id: scan.id.clone(), target: scan.target.clone() });
        self.wake.notify_all();
        Ok(())
    }

    /// Stops a scan that waits or runs.
    pub fn stop(&self, id: &str) {
        let mut queue = self.queue();
        queue.waiting.retain(|job| job.id != id);
        if let Some(running) = queue.running.as_ref().filter(|running| running.id == id) {
            running.progress.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Stops everything: the server ends.
    pub fn close(&self) {
        let mut queue = self.queue();
        queue.closed = true;
        if let Some(running) = &queue.running {
            running.progress.cancelled.store(true, Ordering::Relaxed);
        }
        self.wake.notify_all();
    }

    /// How far a scan is.
    pub fn progress(&self, id: &str) -> Option<ScanProgress> {
        let queue = self.queue();
        if let Some(running) = queue.running.as_ref().filter(|running| running.id == id) {
            let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
            let progress = &running.progress;
            return Some(ScanProgress {
                step: running.step,
                entries: count(&progress.entries),
                bytes: count(&progress.bytes),
                bytes_total: count(&progress.bytes_total),
            });
        }
        queue.waiting.iter().any(|job| job.id == id).then(ScanProgress::default)
    }

    /// The advisories, or why there are none.
    pub fn advisories(&self) -> AdvisoriesWire {
        let (path, opened) = self.open_database();
        let (built, advisories, problem) = match opened {
            Ok(Some((database, _))) => {
                let status = database.status();
                (Timestamp::parse_rfc3339(&status.built).ok(), status.advisories, None)
            }
            Ok(None) => (None, 0, None),
            Err(why) => (None, 0, Some(why)),
        };
        AdvisoriesWire {
            path: path.display().to_string(),
            built,
            advisories,
            problem,
            command: format!("yagura db update --data {}", self.data.display()),
            host_every_hours: self.config.host.then_some(self.config.host_hours),
        }
    }

    /// Works until [`Scanner::close`].
    pub fn run(&self) {
        if let Err(error) = yagura_sensor::be_idle() {
            tracing::debug!(%error, "scans run with the usual priority");
        }
        while let Some((job, progress)) = self.next() {
            let done = catch_unwind(AssertUnwindSafe(|| self.scan(&job, &progress)));
            let outcome =
                done.unwrap_or_else(|_| Err("the scan failed inside; please report this".to_owned()));
            let was_stopped = progress.cancelled.load(Ordering::Relaxed);
            if let Err(why) = outcome
                && !was_stopped
            {
                tracing::warn!(target = job.target, "a scan failed: {why}");
                let failed = self.runtime.block_on(self.state.scan_fail(&job.id, &why, yagura_rt::now()));
                if let Err(error) = failed {
                    tracing::warn!(%error, "that a scan failed could not be written down");
                }
            }
            self.queue().running = None;
        }
    }

    fn next(&self) -> Option<(Job, Arc<Progress>)> {
        let mut queue = self.queue();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.waiting.pop_front() {
                let progress = Arc::new(Progress::default());
                let (id, step) = (job.id.clone(), ScanStep::Opening);
                queue.running = Some(Running { id, step, progress: Arc::clone(&progress) });
                return Some((job, progress));
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self, step: ScanStep) {
        if let Some(running) = self.queue().running.as_mut() {
            running.step = step;
        }
    }

    fn scan(&self, job: &Job, progress: &Progress) -> Result<(), String> {
        let began = Instant::now();
        let target = ScanTarget::parse(&job.target)?;
        let (_, opened) = self.open_database();
        let database = opened?;
        let generation = database.as_ref().and_then(|(_, generation)| generation.clone());
        let advisor = database.map(|(database, _)| Advisories::new(database));
        let used = self.files_in_use(&job.target);
        self.step(ScanStep::Reading);
        let report = self.report(&target, advisor.as_ref(), &used, progress)?;
        if progress.cancelled.load(Ordering::Relaxed) {
            return Ok(());
        }
        if report.counts.entries == 0 && report.packages.is_empty() && !report.problems.is_empty() {
            return Err("nothing of the target could be read".to_owned());
        }
        self.step(ScanStep::Recording);
        let known = record::Known {
            target: &job.target,
            host: &self.host,
            used: &used,
            advisories: generation,
            kinds: self.looked_for(&target, &report, advisor.is_some()),
            now: yagura_rt::now(),
        };
        let result = record::result(&report, known);
        drop(report);
        let recorded = self.runtime.block_on(self.state.scan_record(&job.id, &result, yagura_rt::now()));
        let new = recorded.map_err(|error| format!("it could not be recorded: {error}"))?;
        new.iter()
            .filter(|finding| !finding.kind.is_standing())
            .for_each(|one| self.live.publish_finding(one));
        tracing::info!(
            target = job.target,
            packages = result.packages.len(),
            vulnerabilities = result.vulnerabilities.len(),
            seconds = began.elapsed().as_secs(),
            "scanned"
        );
        Ok(())
    }

    fn report(
        &self,
        target: &ScanTarget,
        advisor: Option<&Advisories>,
        used: &FilesInUse,
        progress: &Progress,
    ) -> Result<Report, String> {
        let rules = self.config.secrets.then(builtin_secret_rules);
        let yara = match self.config.malware.then(|| malware_rules(&self.config.yara_rules)).transpose() {
            Ok(yara) => yara,
            Err(failure) => return Err(format!("{:#}", failure.into_error())),
        };
        let now = yagura_rt::now();
        let text = now.to_rfc3339();
        let kernel = (*target == ScanTarget::Host).then(running_kernel);
        let moment = Moment { now: &text, running_kernel: kernel.as_deref() };
        let engines = Engines {
            advisor: advisor.map(|known| known as &dyn Advisor),
            wants_advisor: true,
            vex: None,
            secrets: rules.as_ref().map(|rules| yagura_secrets::Scanner::new(rules).at(now.millis() / 1000)),
            malware: yara.as_ref().map(|(rules, _)| rules),
        };
        let answering = Answering { owned: false, explain: true };
        if let ScanTarget::Sbom(path) = target {
            let bytes = read(path)?;
            return yagura_scan::scan_sbom(&bytes, &path.display().to_string(), answering, engines, moment)
                .map_err(|_| format!("{} is no SBOM that can be read", path.display()));
        }
        let opened = target.open()?;
        Ok(yagura_scan::scan(&opened, &self.options(used), answering, engines, moment, progress))
    }

    fn options(&self, used: &FilesInUse) -> Options {
        let limits = yagura_image::Limits {
            deadline: Instant::now().checked_add(SCAN_TIME_MAX),
            threads: 1,
            ..yagura_image::Limits::default()
        };
        Options {
            scanners: Scanners {
                vulnerabilities: true,
                secrets: self.config.secrets,
                malware: self.config.malware,
                inventory: true,
            },
            used_files: (used.len() > 0).then(|| used.paths()),
            skip_files: Patterns::default(),
            // What was stored of events and findings is not what is installed.
            skip_folders: Patterns::new([self.data.display().to_string()]),
            limits,
        }
    }

    // What is not found again of these is gone, so only what was looked for to the end may be named.
    fn looked_for(&self, target: &ScanTarget, report: &Report, has_advisories: bool) -> Vec<FindingKind> {
        if report.problems.iter().any(|problem| problem.path.is_none() && problem.kind == "limit") {
            return Vec::new();
        }
        let secrets = self.config.secrets && !matches!(target, ScanTarget::Sbom(_));
        let malware = self.config.malware && !matches!(target, ScanTarget::Sbom(_));
        let kinds = [
            (has_advisories, FindingKind::Vulnerability),
            (secrets, FindingKind::Secret),
            (malware, FindingKind::Malware),
        ];
        kinds.into_iter().filter(|(looked, _)| *looked).map(|(_, kind)| kind).collect()
    }

    // Where the database is, and the database with its generation, if there is one.
    #[expect(clippy::type_complexity, reason = "two facts and an error, read on the spot")]
    fn open_database(&self) -> (PathBuf, Result<Option<(Database, Option<String>)>, String>) {
        let (path, generation, opened) = match &self.config.db {
            Some(path) => (path.clone(), None, Database::open(path)),
            None => {
                let home = Home::new(self.data.join("advisories"));
                (self.data.join("advisories"), home.current(), home.open(None))
            }
        };
        let result = match opened {
            Ok(database) => {
                let generation =
                    generation.map_or_else(|| database.status().built, |number| number.to_string());
                Ok(Some((database, Some(generation))))
            }
            Err(yagura_advisory::Error::Missing { .. }) if self.config.db.is_none() => Ok(None),
            Err(error) => Err(format!("the advisory database cannot be used: {error}")),
        };
        (path, result)
    }

    // Who uses which file: of this host, or of the containers of the image that is scanned.
    fn files_in_use(&self, target: &str) -> FilesInUse {
        let mut files = FilesInUse::default();
        let now = yagura_rt::now();
        if target == "host" {
            files.add_present(Whose::Host, now);
            files.add_past(&self.ask(in_use::past_of_host()));
        } else if let Some(image) = target.strip_prefix("image:") {
            let containers = self.containers_of(image);
            if !containers.is_empty() {
                files.add_present(Whose::Containers(&containers), now);
                files.add_past(&self.ask(in_use::past_of_containers(&containers)));
            }
        }
        files
    }

    // Id and name of containers that were seen to run the image.
    fn containers_of(&self, image: &str) -> Vec<(String, String)> {
        let whole = |name: &str| yagura_image::Reference::parse(name).ok().map(|name| name.to_string());
        let bare = ["docker:", "podman:", "containerd:", "registry:"];
        let bare = bare.iter().find_map(|store| image.strip_prefix(store)).unwrap_or(image);
        let Some(wanted) = whole(bare) else { return Vec::new() };
        let rows = self.ask(in_use::containers());
        let text = |row: &[serde_json::Value], index: usize| {
            row.get(index).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
        };
        let of_image = rows.iter().filter(|row| whole(&text(row, 2)).is_some_and(|name| name == wanted));
        of_image.map(|row| (text(row, 0), text(row, 1))).take(CONTAINERS_MAX).collect()
    }

    fn ask(&self, sql: String) -> Vec<Vec<serde_json::Value>> {
        let limits = QueryLimits {
            rows_max: in_use::PAST_ROWS_MAX,
            time_max: PAST_TIME_MAX,
            ..QueryLimits::default()
        };
        match self.runtime.block_on(self.lake.query(&sql, limits)) {
            Ok(answer) => answer.rows,
            Err(error) => {
                tracing::warn!(%error, "what ran before could not be asked for");
                Vec::new()
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    use std::io::Read;
    let failed = |error: std::io::Error| format!("{} cannot be read: {}", path.display(), error.kind());
    let max = yagura_packages::limits::SBOM_BYTES_MAX;
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(failed)?.take(max + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > max {
        return Err(format!("{} has more than {max} bytes", path.display()));
    }
    Ok(bytes)
}
