//! A server over an empty state and a made-up system.

use std::{
    borrow::Cow,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;
use yagura_api::{
    AdvisoriesWire, ApiOptions, BoxFuture, DiagnosticLevel, DiagnosticWire, Live, QueryColumn,
    QueryErrorKind, QueryErrorWire, QueryWire, RuleTrial, RulesView, ScanProgress, ScanStep, Service, System,
    TableWire,
};
use yagura_event::{
    Asset, AssetKind, Finding, FindingId, FindingKind, FindingStatus, RuleInfo, RuleLanguage, SensorStatus,
    Severity, Technique, Timestamp,
};
use yagura_state::{By, Password, Role, Scan, State, Webhook};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct FakeSystem {
    enabled: Mutex<bool>,
    pub(crate) rule_files: Mutex<Vec<(String, String)>>,
    scans: Mutex<Vec<String>>,
    seconds: AtomicI64,
}

impl System for FakeSystem {
    fn sensor_status(&self) -> SensorStatus {
        SensorStatus::off("6.18".to_owned(), "a test".to_owned())
    }

    fn rules(&self) -> RulesView {
        let rule = RuleInfo {
            name: "Shell in / container".to_owned(),
            language: RuleLanguage::Falco,
            file: "rules.yaml".to_owned(),
            line: 1,
            description: String::new(),
            severity: Severity::High,
            priority: "Error".to_owned(),
            condition: "evt.type = execve".to_owned(),
            output: String::new(),
            tags: Vec::new(),
            techniques: Vec::new(),
            enabled: *self.enabled.lock().expect("no panic"),
            event_kinds: Vec::new(),
            blind_kinds: Vec::new(),
            blind_fields: Vec::new(),
            blind_types: Vec::new(),
            exceptions: Vec::new(),
            matches: 0,
            suppressed: 0,
        };
        RulesView { rules: vec![rule], diagnostics: self.rules_check(None, Some("")), loaded: self.now() }
    }

    fn rule_source(&self, name: &str) -> Option<String> {
        Some(format!("- rule: {name}\n"))
    }

    fn rule_set_enabled(&self, _: &str, enabled: bool) -> Result<(), String> {
        *self.enabled.lock().expect("no panic") = enabled;
        Ok(())
    }

    fn rules_check(&self, _: Option<&str>, text: Option<&str>) -> Vec<DiagnosticWire> {
        assert_ne!(text, Some("panic"), "on purpose");
        if text.is_none_or(|text| text.contains("good")) {
            return Vec::new();
        }
        vec![DiagnosticWire {
            level: DiagnosticLevel::Error,
            code: "unknown_field".to_owned(),
            message: "no such field".to_owned(),
            file: None,
            line: Some(1),
            column: None,
            rule: None,
            help: None,
        }]
    }

    fn rule_files_set(&self, files: Vec<(String, String)>) -> Result<(), String> {
        *self.rule_files.lock().expect("no panic") = files;
        Ok(())
    }

    fn rules_trial(&self, _: String, _: Option<String>, _: u32) -> BoxFuture<'_, Result<RuleTrial, String>> {
        Box::pin(async { Ok(RuleTrial::default()) })
    }

    fn lake_schema(&self) -> Vec<TableWire> {
        Vec::new()
    }

    fn query(&self, sql: String, rows_max: usize) -> BoxFuture<'_, Result<QueryWire, QueryErrorWire>> {
        Box::pin(async move {
            match sql.as_str() {
                "panic" => panic!("on purpose"),
                "bad" => Err(QueryErrorWire {
                    kind: QueryErrorKind::Invalid,
                    message: "no such column".to_owned(),
                    hint: Some("see the schema".to_owned()),
                }),
                _ => Ok(QueryWire {
                    columns: vec![QueryColumn { name: "n".to_owned(), data_type: "Int64".to_owned() }],
                    rows: vec![vec![rows_max.into()]],
                    truncated: false,
                    elapsed_ms: 1,
                }),
            }
        })
    }

    fn webhook_test(&self, webhook: Webhook, secret: Option<String>) -> BoxFuture<'_, Result<(), String>> {
        let refused = webhook.url.contains("refused");
        Box::pin(
            async move { if refused { Err(format!("answered 500; {}", secret.is_some())) } else { Ok(()) } },
        )
    }

    fn scan_check(&self, target: &str) -> Result<(), String> {
        let known = target == "host" || target.starts_with("image:") || target.starts_with("fs:/");
        if known { Ok(()) } else { Err(format!("`{target}` is no target")) }
    }

    fn scan_start(&self, scan: &Scan) -> Result<(), String> {
        if scan.target == "fs:/busy" {
            return Err("16 scans wait already".to_owned());
        }
        self.scans.lock().expect("no panic").push(scan.id.clone());
        Ok(())
    }

    fn scan_stop(&self, id: &str) {
        self.scans.lock().expect("no panic").retain(|scan| scan != id);
    }

    fn scan_progress(&self, id: &str) -> Option<ScanProgress> {
        let scans = self.scans.lock().expect("no panic");
        scans.iter().any(|scan| scan == id).then(|| ScanProgress {
            step: ScanStep::Reading,
            entries: 7,
            ..ScanProgress::default()
        })
    }

    fn advisories(&self) -> AdvisoriesWire {
        AdvisoriesWire {
            path: "advisories".to_owned(),
            built: None,
            advisories: 0,
            problem: None,
            command: "yagura db update".to_owned(),
            host_every_hours: Some(24),
        }
    }

    fn host(&self) -> Asset {
        Asset {
            id: "machine".to_owned(),
            kind: AssetKind::Host,
            name: "host".to_owned(),
            facts: Default::default(),
            first_seen: self.now(),
            last_seen: self.now(),
        }
    }

    fn metrics(&self) -> String {
        "yagura_events_total 7\n".to_owned()
    }

    fn now(&self) -> Timestamp {
        at(self.seconds.load(Ordering::Relaxed))
    }
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_nanos((1_700_000_000 + seconds) * 1_000_000_000)
}

pub(crate) struct Harness {
    pub(crate) state: Arc<State>,
    pub(crate) live: Live,
    pub(crate) router: Router,
    pub(crate) system: Arc<FakeSystem>,
    _dir: tempfile::TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The `name=value` of the cookie that was set.
    pub(crate) fn cookie(&self) -> String {
        let cookie = self.headers[header::SET_COOKIE].to_str().expect("text");
        cookie.split(';').next().expect("a first part").to_owned()
    }
}

impl Harness {
    pub(crate) async fn new() -> Self {
        Self::with(|options| options.version = "1.2.3".to_owned()).await
    }

    pub(crate) async fn with(set: impl FnOnce(&mut ApiOptions)) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let state = Arc::new(State::open(dir.path()).await.expect("an empty state"));
        let system = Arc::new(FakeSystem {
            enabled: Mutex::new(true),
            rule_files: Mutex::default(),
            scans: Mutex::default(),
            seconds: AtomicI64::new(0),
        });
        let live = Live::default();
        let mut options = ApiOptions::default();
        set(&mut options);
        let service =
            Service { state: Arc::clone(&state), system: system.clone(), live: live.clone(), options };
        Self { state, live, router: yagura_api::router(service, file), system, _dir: dir }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.system.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn by(&self) -> By<'static> {
        By { actor: "test", address: None, time: self.system.now() }
    }

    /// A user of this role, signed in: the cookie.
    pub(crate) async fn session(&self, role: Role) -> String {
        let password = Password::new(PASSWORD).expect("long enough");
        let user = match self.state.user_create(role.name(), role, &password, self.by()).await {
            Ok(user) => user,
            Err(_) => self.state.user_verify(role.name(), PASSWORD).await.expect("looked").expect("right"),
        };
        let (secret, _) = self.state.session_create(&user, self.by()).await.expect("begun");
        format!("yagura_session={}", secret.reveal())
    }

    /// An API token of this role: the header's value.
    pub(crate) async fn token(&self, role: Role) -> String {
        let name = format!("{} {:p}", role.name(), &role);
        let made = self.state.token_create(&name, role, None, self.by()).await.expect("made");
        format!("Bearer {}", made.0.reveal())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    pub(crate) async fn finding(&self, rule: &str) -> Finding {
        let finding = finding(rule);
        self.state.finding_record(std::slice::from_ref(&finding)).await.expect("recorded");
        finding
    }
}

/// A request with these headers, to localhost; a body goes as JSON.
pub(crate) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Request<Body> {
    let method: Method = method.to_uppercase().parse().expect("a method");
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8470");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/json");
    }
    request.body(Body::from(body.unwrap_or_default().to_owned())).expect("a request")
}

pub(crate) fn finding(rule: &str) -> Finding {
    Finding {
        id: FindingId::from_cause(&[rule]),
        kind: FindingKind::Runtime,
        severity: Severity::High,
        confidence: 90,
        title: rule.to_owned(),
        message: format!("{rule} happened"),
        rule: rule.to_owned(),
        rule_source: "rules.yaml".to_owned(),
        techniques: Technique::parse("T1059").into_iter().collect(),
        tags: Vec::new(),
        asset_id: "machine".to_owned(),
        asset_name: "host".to_owned(),
        container_id: None,
        process_path: None,
        user_name: None,
        first_seen: at(0),
        last_seen: at(0),
        count: 1,
        status: FindingStatus::Open,
        status_reason: None,
        accepted_until: None,
        remediation: None,
        evidence: Vec::new(),
    }
}

fn file(path: &str) -> Option<(Cow<'static, [u8]>, Cow<'static, str>)> {
    let (bytes, mime): (&[u8], &str) = match path {
        "index.html" => (b"<!doctype html>", "text/html; charset=utf-8"),
        "assets/app-1a2b.js" => (b"plain script", "text/javascript"),
        "assets/app-1a2b.js.br" => (b"brotli script", "application/octet-stream"),
        "favicon.svg" => (b"<svg/>", "image/svg+xml"),
        _ => return None,
    };
    Some((bytes.into(), mime.into()))
}
