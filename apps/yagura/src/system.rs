//! [`Machine`]: the running system as the API sees it.

use std::{
    collections::BTreeSet,
    fmt::Write,
    future::Future,
    path::PathBuf,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use yagura_api::{
    AdvisoriesWire, ColumnWire, DiagnosticLevel, DiagnosticWire, QueryColumn, QueryErrorKind, QueryErrorWire,
    QueryWire, RuleTrial, RulesView, ScanProgress, System, TableWire,
};
use yagura_detect::{Diagnostic, DiagnosticSeverity, FileReport};
use yagura_event::{Asset, BlindSpot, EventKind, Loss, RuleInfo, SensorMode, SensorStatus, Timestamp};
use yagura_lake::{Lake, LakeError, QueryLimits, QueryResult};
use yagura_sensor::SensorHandle;
use yagura_state::{Scan, Webhook};

use crate::{
    judge::Counters,
    prevention::Prevention,
    rulebook::{Rulebook, stored, trial},
    scanner::Scanner,
};

/// Longest time a question over the API may take.
const QUERY_TIME_MAX: Duration = Duration::from_secs(60);

/// The running system.
pub struct Machine {
    /// This machine.
    pub asset: Asset,
    /// The rules in force.
    pub rulebook: Arc<Rulebook>,
    /// Where rule files that the state keeps are written to.
    pub rule_files: PathBuf,
    /// The events.
    pub lake: Arc<Lake>,
    /// What was counted on the way of the events.
    pub counters: Arc<Counters>,
    /// Findings given up because they could not be written.
    pub findings_dropped: Arc<AtomicU64>,
    /// Sends what webhooks are told.
    pub sender: yagura_respond::Sender,
    /// The scans.
    pub scanner: Arc<Scanner>,
    /// The sensor, or why there is none.
    pub sensor: Result<SensorHandle, SensorStatus>,
    /// What is refused.
    pub prevention: Arc<Prevention>,
}

impl Machine {
    fn captured(&self) -> BTreeSet<EventKind> {
        match &self.sensor {
            Ok(sensor) => yagura_sensor::capturable_kinds(sensor.status().mode),
            Err(_) => BTreeSet::new(),
        }
    }

    // Where a stored rule file lies; a text that is none yet has a name of its own.
    fn rule_file(&self, name: Option<&str>) -> PathBuf {
        let name = name.filter(|name| !name.contains(['/', '\0'])).unwrap_or("~unnamed");
        stored::path(&self.rule_files, name)
    }

    // What was lost behind the sensor, by place.
    fn losses(&self) -> Vec<Loss> {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let loss = |place: &str, count, detail: &str| Loss {
            place: place.to_owned(),
            count,
            detail: detail.to_owned(),
        };
        let stats = self.lake.stats().unwrap_or_default();
        let stored = stats.dropped.values().sum();
        let damaged = format!(
            "in {} damaged stored files, set aside in the folder `damaged`; the latest: {}",
            stats.damaged_files,
            stats.damaged.last().map_or("none", |file| &file.reason),
        );
        vec![
            loss(
                "store_queue",
                count(&self.counters.store_dropped),
                "judged, but the store could not keep up",
            ),
            loss("store", stored, "judged, but the disk did not take them"),
            // A file whose rows nobody knows still counts as one loss.
            loss("damaged_files", stats.damaged_rows.max(stats.damaged_files), &damaged),
            loss("finding_queue", count(&self.counters.finding_dropped), "findings that waited too long"),
            loss("finding_store", count(&self.findings_dropped), "findings that could not be written"),
            loss("judge", count(&self.counters.panics), "events whose judgement failed; please report this"),
        ]
    }
}

impl System for Machine {
    fn sensor_status(&self) -> SensorStatus {
        let mut status = match &self.sensor {
            Ok(sensor) => sensor.status(),
            Err(off) => off.clone(),
        };
        status.capabilities.extend(self.prevention.capabilities());
        let mut losses = self.losses();
        losses.extend(self.prevention.losses());
        status.lost += losses.iter().map(|loss| loss.count).sum::<u64>();
        status.losses.extend(losses);
        let captured = yagura_sensor::capturable_kinds(status.mode);
        let infos = self.rulebook.current().infos(&captured);
        status.blind_spots.extend(blind_rules(&infos, status.mode));
        status
    }

    fn rules(&self) -> RulesView {
        let attempt = self.rulebook.attempt();
        let mut diagnostics: Vec<DiagnosticWire> =
            attempt.files.iter().flat_map(|file| &file.diagnostics).map(diagnostic_wire).collect();
        if !attempt.taken {
            diagnostics.insert(
                0,
                DiagnosticWire {
                    level: DiagnosticLevel::Error,
                    code: "old-rules-in-force".to_owned(),
                    message: "the changed rules have errors; the rules from before stay in force".to_owned(),
                    file: None,
                    line: None,
                    column: None,
                    rule: None,
                    help: Some("repair the errors below; the files are read again by themselves".to_owned()),
                },
            );
        }
        RulesView {
            rules: self.rulebook.current().infos(&self.captured()),
            diagnostics,
            loaded: attempt.time,
        }
    }

    fn rule_source(&self, name: &str) -> Option<String> {
        let rules = self.rulebook.current();
        let rule = rules.engine.rules().iter().find(|rule| rule.name == name)?;
        let text = rules.source(&rule.file)?;
        Some(item_at(text, rule.line))
    }

    fn rule_set_enabled(&self, name: &str, enabled: bool) -> Result<(), String> {
        if !self.rulebook.set_enabled(name, enabled) {
            return Err(format!("no rule is called `{name}`"));
        }
        self.follow_rules();
        Ok(())
    }

    fn rules_check(&self, file: Option<&str>, text: Option<&str>) -> Vec<DiagnosticWire> {
        let path = self.rule_file(file);
        let loaded = self.rulebook.load_with(&path, text);
        let own = path.display().to_string();
        let before = self.rulebook.attempt();
        // What is wrong with other files counts where it was not before.
        let is_new = |report: &FileReport| {
            report.file == own
                || report.errors
                    > before.files.iter().find(|file| file.file == report.file).map_or(0, |file| file.errors)
        };
        let concerned = loaded.files.iter().filter(|report| is_new(report));
        concerned
            .flat_map(|report| &report.diagnostics)
            .filter(|one| one.file == own || one.severity == DiagnosticSeverity::Error)
            .map(diagnostic_wire)
            .collect()
    }

    fn rule_files_set(&self, files: Vec<(String, String)>) -> Result<(), String> {
        stored::write(&self.rule_files, &files).map_err(|error| error.to_string())?;
        self.rulebook.reload(self.now());
        self.follow_rules();
        let attempt = self.rulebook.attempt();
        if attempt.taken {
            return Ok(());
        }
        let bad = attempt.files.iter().find(|file| file.errors > 0).map_or("", |file| file.file.as_str());
        Err(format!("{bad} has errors, and the rules from before stay in force until it has none"))
    }

    fn rules_trial(
        &self,
        text: String,
        file: Option<String>,
        days: u32,
    ) -> Pin<Box<dyn Future<Output = Result<RuleTrial, String>> + Send + '_>> {
        Box::pin(async move {
            let path = self.rule_file(file.as_deref());
            let rulebook = Arc::clone(&self.rulebook);
            let name = path.display().to_string();
            let load = move || rulebook.load_with(&path, Some(&text));
            let loaded = tokio::task::spawn_blocking(load).await.map_err(|error| error.to_string())?;
            let mut trial = trial::run(&self.lake, &loaded, &name, days, self.now()).await?;
            let own = loaded.files.iter().filter(|report| report.file == name);
            trial.diagnostics = own.flat_map(|report| &report.diagnostics).map(diagnostic_wire).collect();
            Ok(trial)
        })
    }

    fn lake_schema(&self) -> Vec<TableWire> {
        let column = |column: &yagura_lake::ColumnSchema| ColumnWire {
            name: column.name.to_string(),
            data_type: column.data_type.to_string(),
            description: column.description.to_string(),
        };
        let table = |table: yagura_lake::TableSchema| TableWire {
            name: table.name.to_string(),
            description: table.description.to_string(),
            columns: table.columns.iter().map(column).collect(),
        };
        Lake::schema().into_iter().map(table).collect()
    }

    fn query(
        &self,
        sql: String,
        rows_max: usize,
    ) -> Pin<Box<dyn Future<Output = Result<QueryWire, QueryErrorWire>> + Send + '_>> {
        let lake = Arc::clone(&self.lake);
        let limits = QueryLimits { rows_max, time_max: QUERY_TIME_MAX, ..QueryLimits::default() };
        Box::pin(async move { lake.query(&sql, limits).await.map(query_wire).map_err(query_error) })
    }

    fn webhook_test(
        &self,
        webhook: Webhook,
        secret: Option<String>,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        Box::pin(async move {
            yagura_respond::send_test(&self.sender, webhook, secret).await.map_err(|error| error.reason)
        })
    }

    fn scan_check(&self, target: &str) -> Result<(), String> {
        self.scanner.check(target)
    }

    fn scan_start(&self, scan: &Scan) -> Result<(), String> {
        self.scanner.start(scan)
    }

    fn scan_stop(&self, id: &str) {
        self.scanner.stop(id);
    }

    fn scan_progress(&self, id: &str) -> Option<ScanProgress> {
        self.scanner.progress(id)
    }

    fn advisories(&self) -> AdvisoriesWire {
        self.scanner.advisories()
    }

    fn host(&self) -> Asset {
        self.asset.clone()
    }

    fn metrics(&self) -> String {
        let status = self.sensor_status();
        let mut text = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, value: u64| {
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
        };
        metric("yagura_events_total", "counter", "Events seen.", status.events);
        metric("yagura_events_lost_total", "counter", "Events lost, over all places.", status.lost);
        metric(
            "yagura_rule_matches_total",
            "counter",
            "Matches of rules.",
            self.counters.matches.load(Ordering::Relaxed),
        );
        let (refused, would) = self.prevention.refused();
        metric("yagura_refused_total", "counter", "Acts that were refused.", refused);
        metric("yagura_refused_dry_run_total", "counter", "Acts that would have been refused.", would);
        metric("yagura_processes", "gauge", "Processes in the process table.", status.processes);
        metric("yagura_resident_memory_bytes", "gauge", "Resident memory.", status.memory_bytes);
        metric(
            "yagura_response_panics_total",
            "counter",
            "Attempts to send that failed inside.",
            self.sender.panics.load(Ordering::Relaxed),
        );
        if let Ok(stats) = self.lake.stats() {
            metric("yagura_store_rows", "gauge", "Events that can be queried.", stats.rows);
            metric("yagura_store_bytes", "gauge", "Bytes of sealed event files.", stats.bytes);
            metric(
                "yagura_store_memory_bytes",
                "gauge",
                "Memory of events not sealed yet.",
                stats.memory_bytes,
            );
            metric("yagura_store_damaged_files", "gauge", "Damaged files set aside.", stats.damaged_files);
        }
        text.push_str(
            "# HELP yagura_exception_suppressed_total Matches that an exception suppressed.\n# TYPE \
             yagura_exception_suppressed_total counter\n",
        );
        for exception in self.rulebook.current().exception_infos(self.now()) {
            let _ = writeln!(
                text,
                "yagura_exception_suppressed_total{{exception={:?}}} {}",
                exception.name, exception.suppressed
            );
        }
        text.push_str("# HELP yagura_events_kind_total Events judged, by kind.\n# TYPE yagura_events_kind_total counter\n");
        for kind in EventKind::ALL.iter().filter(|kind| self.counters.kinds.get(**kind) > 0) {
            let _ = writeln!(
                text,
                "yagura_events_kind_total{{kind=\"{kind}\"}} {}",
                self.counters.kinds.get(*kind)
            );
        }
        text.push_str(
            "# HELP yagura_lost_total What was lost, by place.\n# TYPE yagura_lost_total counter\n",
        );
        for loss in &status.losses {
            let _ = writeln!(text, "yagura_lost_total{{place=\"{}\"}} {}", loss.place, loss.count);
        }
        text
    }

    fn now(&self) -> Timestamp {
        yagura_rt::now()
    }
}

// Rules that ask for kinds of event which this sensor does not deliver in its mode.
fn blind_rules(infos: &[RuleInfo], mode: SensorMode) -> Option<BlindSpot> {
    let blind = || infos.iter().filter(|info| info.enabled && !info.blind_kinds.is_empty());
    let kinds: BTreeSet<&str> = blind().flat_map(|info| &info.blind_kinds).map(String::as_str).collect();
    if mode == SensorMode::Off || kinds.is_empty() {
        return None;
    }
    Some(BlindSpot {
        what: format!("events that rules ask for: {}", kinds.into_iter().collect::<Vec<_>>().join(", ")),
        why: "this sensor does not capture them in its present mode; the rules see only their other events"
            .to_owned(),
        rules: blind().map(|info| info.name.clone()).collect(),
    })
}

// The list item of a YAML file that begins on this line (from 1), up to the next one.
fn item_at(text: &str, line: u32) -> String {
    let start = usize::try_from(line).unwrap_or(1).max(1) - 1;
    let mut lines = text.lines().skip(start);
    let mut item: Vec<&str> = lines.next().into_iter().collect();
    item.extend(lines.take_while(|line| !line.starts_with("- ") && !line.starts_with("---")));
    // Comments before the next item belong to that one.
    while item.last().is_some_and(|line| line.trim().is_empty() || line.starts_with('#')) {
        item.pop();
    }
    item.join("\n") + "\n"
}

fn diagnostic_wire(diagnostic: &Diagnostic) -> DiagnosticWire {
    DiagnosticWire {
        level: match diagnostic.severity {
            DiagnosticSeverity::Error => DiagnosticLevel::Error,
            DiagnosticSeverity::Warning => DiagnosticLevel::Warning,
        },
        code: diagnostic.code.to_string(),
        message: diagnostic.message.clone(),
        file: Some(diagnostic.file.clone()),
        line: Some(diagnostic.line).filter(|line| *line > 0),
        column: Some(diagnostic.column).filter(|column| *column > 0),
        rule: None,
        help: diagnostic.help.clone(),
    }
}

/// An answer of the lake in the API's words.
pub fn query_wire(result: QueryResult) -> QueryWire {
    let column =
        |column: yagura_lake::ResultColumn| QueryColumn { name: column.name, data_type: column.data_type };
    QueryWire {
        columns: result.columns.into_iter().map(column).collect(),
        rows: result.rows,
        truncated: result.truncated,
        elapsed_ms: result.elapsed_ms,
    }
}

fn query_error(error: LakeError) -> QueryErrorWire {
    let kind = match &error {
        LakeError::Sql { .. } | LakeError::NotAllowed(_) => QueryErrorKind::Invalid,
        LakeError::TimedOut(_) | LakeError::TooMuchMemory { .. } => QueryErrorKind::TooLarge,
        LakeError::Locked { .. } | LakeError::Io { .. } => QueryErrorKind::Unavailable,
        _ => QueryErrorKind::Failed,
    };
    let text = error.to_string();
    let (message, hint) = match text.split_once("\nhint: ") {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (text, None),
    };
    QueryErrorWire { kind, message, hint }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rules_source_ends_before_the_next_item_and_its_comments() {
        let text = "- rule: a\n  desc: x\n\n  output: y\n\n# about b\n- rule: b\n  desc: z\n";
        assert_eq!(item_at(text, 1), "- rule: a\n  desc: x\n\n  output: y\n");
        assert_eq!(item_at(text, 7), "- rule: b\n  desc: z\n");
        assert_eq!(item_at(text, 70), "\n");
    }
}
