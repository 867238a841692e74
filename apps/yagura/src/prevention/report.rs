//! [`Report`]: what was refused, as findings and in the audit trail.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use smallvec::smallvec;
use yagura_detect::{
    Engine, Rule, RuleIndex,
    enforce::{Answer, Condition},
};
use yagura_event::{
    Arg, ArgName, ArgValue, Asset, Credentials, Event, EventKind, Evidence, ExeFile, Fd, FdKind, Finding,
    FindingId, FindingKind, FindingStatus, L4Protocol, Process, Role, Socket, Technique, User, to_ocsf,
};
use yagura_sensor::prevent::{Hook, Verdict};

use super::posts::Refused;
use crate::judge::Hit;

/// How often what was refused is written into the audit trail, a row a rule.
const AUDIT_EVERY: Duration = Duration::from_secs(1);
/// Rules that wait for their row.
const RULES_MAX: usize = 1_000;

/// The number of an event that is one of the sensor's, too.
const KILLED: u64 = u64::MAX;

/// Tells what was refused.
pub struct Report<'a> {
    asset: &'a Asset,
    hits: &'a tokio::sync::mpsc::Sender<Hit>,
    // By rule and whether it was told only: how often, and the latest in words.
    waiting: BTreeMap<(String, bool), (u64, String)>,
    written: Instant,
}

impl<'a> Report<'a> {
    /// Reports to the writer of findings.
    pub fn new(asset: &'a Asset, hits: &'a tokio::sync::mpsc::Sender<Hit>) -> Self {
        Self { asset, hits, waiting: BTreeMap::new(), written: Instant::now() }
    }

    /// Tells of what the kernel did; true where it only would have.
    pub fn verdict(&mut self, engine: &Engine, verdict: &Verdict) -> bool {
        let how = match (verdict.dry, verdict.hook) {
            (true, Hook::Exec) => "would be killed before its first instruction",
            (true, Hook::Connect) => "the connection would be refused",
            (false, Hook::Exec) => "killed before its first instruction",
            (false, Hook::Connect) => "the connection was refused",
        };
        // The kernel told of a kill that failed: then nothing was refused.
        let failed = verdict.error.is_some();
        let index = RuleIndex(verdict.rule);
        if engine.rules().get(verdict.rule as usize).is_some() {
            self.tell(engine, index, &event_of(verdict), how, verdict.dry || failed);
        }
        verdict.dry || failed
    }

    /// Tells of what the gate did; true where it only would have.
    pub fn refusal(&mut self, engine: &Engine, refused: Box<Refused>) -> bool {
        let Refused { rule, dry, mut event } = *refused;
        event.time = yagura_rt::now();
        let place = engine.rules().iter().position(|known| known.name == rule);
        let how = match (dry, event.kind) {
            (true, EventKind::Execve) => "the program would not be started",
            (true, _) => "the file would not be opened",
            (false, EventKind::Execve) => "the program was not started",
            (false, _) => "the file was not opened",
        };
        if let Some(index) = place.and_then(|place| u32::try_from(place).ok()) {
            self.tell(engine, RuleIndex(index), &event, how, dry);
        }
        dry
    }

    fn tell(&mut self, engine: &Engine, index: RuleIndex, event: &Event, how: &str, dry: bool) {
        let rule = engine.rule(index).name.clone();
        let process = &*event.process;
        let words = format!("{how}: pid {} {} ({})", process.pid, process.name, process.exe_file.path);
        if self.waiting.len() < RULES_MAX || self.waiting.contains_key(&(rule.clone(), dry)) {
            let waiting = self.waiting.entry((rule, dry)).or_default();
            *waiting = (waiting.0 + 1, words);
        }
        let mut finding = finding(engine, index, event, self.asset, how, dry);
        // One act is counted once: the sensor tells of it, too.
        finding.count = u64::from(!is_told_anyway(engine.rule(index), event));
        // A queue that is full drops and says so elsewhere; the count of refusals stays right.
        let _ = self.hits.try_send(Hit::Finding(Box::new(finding)));
    }

    /// Writes what waits into the audit trail.
    pub fn flush(&mut self) {
        if self.written.elapsed() < AUDIT_EVERY || self.waiting.is_empty() {
            return;
        }
        self.written = Instant::now();
        for ((rule, dry), (count, words)) in std::mem::take(&mut self.waiting) {
            let action = if dry { "prevent_dry_run" } else { "prevent_refused" };
            let detail = if count > 1 { format!("{count} times, at last: {words}") } else { words };
            let _ = self.hits.try_send(Hit::Audit { action, object: rule, detail });
        }
    }
}

// Whether the rule finds the act in the sensor's own event: a program that was killed did begin, and a call that was
// refused is told as one that failed, which some rules ask for and some do not.
fn is_told_anyway(rule: &Rule, event: &Event) -> bool {
    if event.kind == EventKind::Execve {
        return event.number == KILLED;
    }
    let mut failed = Event { result: -1, ..event.clone() };
    if let Some(fd) = &mut failed.fd {
        fd.number = -1;
    }
    Condition::new(rule, event.kind).is_some_and(|it| it.answer(&failed, &|_| true) == Answer::Yes)
}

fn finding(engine: &Engine, index: RuleIndex, event: &Event, asset: &Asset, how: &str, dry: bool) -> Finding {
    let rule = engine.rule(index);
    let alert = engine.alert(index, event, &asset.name);
    let process = &*event.process;
    let user = &process.credentials.user;
    let user_name = user.name.as_deref().map_or_else(|| user.id.to_string(), str::to_owned);
    let container = process.container.as_ref().map_or("", |container| container.id.as_str());
    let subject = event.fd.as_ref().map_or(String::new(), |fd| match &fd.socket {
        Some(socket) => socket.remote.map(|end| end.to_string()).unwrap_or_default(),
        None => fd.name.to_string(),
    });
    let cause = ["falco", &rule.name, &asset.id, container, &process.exe_file.path, &user_name, &subject];
    let mut fields = alert.output_fields;
    fields.insert("blocked".to_owned(), (!dry).into());
    fields.insert("prevention".to_owned(), how.into());
    let message = format!("{}: {}. {}", if dry { "Dry run" } else { "Blocked" }, how, alert.output);
    let evidence = Evidence {
        time: event.time,
        message: message.clone(),
        fields,
        event: to_ocsf(event, &asset.name),
        explanation: None,
    };
    Finding {
        id: FindingId::from_cause(&cause),
        kind: FindingKind::Runtime,
        severity: alert.priority.severity(),
        confidence: 70,
        title: rule.name.clone(),
        message,
        rule: rule.name.clone(),
        rule_source: rule.file.clone(),
        techniques: alert.tags.iter().filter_map(|tag| Technique::parse(tag)).collect(),
        tags: alert.tags,
        asset_id: asset.id.clone(),
        asset_name: asset.name.clone(),
        container_id: process.container.as_ref().map(|container| container.short_id().to_owned()),
        process_path: (!process.exe_file.path.is_empty()).then(|| process.exe_file.path.to_string()),
        user_name: Some(user_name),
        first_seen: event.time,
        last_seen: event.time,
        count: 1,
        status: FindingStatus::Open,
        status_reason: None,
        accepted_until: None,
        remediation: None,
        evidence: vec![evidence],
    }
}

// What the kernel told, as an event: what it did not look at is missing.
fn event_of(verdict: &Verdict) -> Event {
    let now = yagura_rt::now();
    let args: Vec<Box<str>> = verdict.args.split_ascii_whitespace().map(Into::into).collect();
    let name: Arc<str> = verdict.name.as_str().into();
    let parent =
        Process { pid: verdict.ppid, name: verdict.parent_name.as_str().into(), ..Process::default() };
    let root = (verdict.uid == 0).then(|| "root".into());
    let process = Process {
        pid: verdict.pid,
        ppid: verdict.ppid,
        start_time: now,
        exec_time: now,
        cmdline: Process::join_cmdline(&name, &args),
        name,
        exe: verdict.path.as_str().into(),
        exe_file: ExeFile { path: verdict.path.as_str().into(), ..ExeFile::default() },
        args: args.into(),
        credentials: Credentials {
            user: User { id: verdict.uid, name: root, ..User::default() },
            ..Credentials::default()
        },
        parent: Arc::new(parent).into(),
        ..Process::default()
    };
    let refused: i64 = if verdict.dry || verdict.hook == Hook::Exec { 0 } else { -1 };
    Event {
        number: if verdict.hook == Hook::Exec { KILLED } else { 0 },
        time: now,
        kind: if verdict.hook == Hook::Exec { EventKind::Execve } else { EventKind::Connect },
        result: refused,
        cpu: 0,
        tid: verdict.tid,
        process: Arc::new(process),
        fd: verdict.remote.map(|remote| Fd {
            number: -1,
            kind: if remote.is_ipv4() { FdKind::Ipv4 } else { FdKind::Ipv6 },
            name: remote.to_string().into(),
            raw_name: None,
            inode: None,
            socket: Some(Socket {
                protocol: if verdict.protocol == 17 { L4Protocol::Udp } else { L4Protocol::Tcp },
                role: Role::Client,
                local: None,
                remote: Some(remote),
                connected: false,
                name_changed: false,
            }),
        }),
        args: smallvec![Arg { name: ArgName::Res, value: ArgValue::Errno(refused) }],
        data: None,
    }
}
