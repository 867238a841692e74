//! [`Service`]: what the API needs from the running system.

use std::sync::Arc;

use futures::future::BoxFuture;
use yagura_event::{Asset, SensorStatus, Timestamp};
use yagura_state::{Scan, State, Webhook};

use crate::{
    AdvisoriesWire, DiagnosticWire, Live, QueryErrorWire, QueryWire, RuleTrial, RulesView, ScanProgress,
    TableWire,
};

/// Everything the API answers from.
#[derive(Clone)]
pub struct Service {
    /// What exists and what was decided.
    pub state: Arc<State>,
    /// The running system.
    pub system: Arc<dyn System>,
    /// What happens now.
    pub live: Live,
    /// How the API presents itself.
    pub options: ApiOptions,
}

/// How the API presents itself.
#[derive(Debug, Clone, Default)]
pub struct ApiOptions {
    /// Host names by which browsers may call this server, besides `localhost` and plain addresses; without port.
    pub host_names: Vec<String>,
    /// Whether browsers reach it over TLS: cookies are then marked `Secure`.
    pub tls: bool,
    /// Version that is shown.
    pub version: String,
}

/// The running system. Every function is called on async threads and must return quickly; only `query`,
/// `rules_trial` and `webhook_test` may wait.
pub trait System: Send + Sync {
    /// What the sensor sees and lost.
    fn sensor_status(&self) -> SensorStatus;
    /// Every rule, and what could not be loaded.
    fn rules(&self) -> RulesView;
    /// The text of a rule as it stands in its file.
    fn rule_source(&self, name: &str) -> Option<String>;
    /// Switches a rule in the running engine. The API has checked that it exists, and remembers the choice.
    ///
    /// # Errors
    /// Why it could not be switched.
    fn rule_set_enabled(&self, name: &str, enabled: bool) -> Result<(), String>;
    /// What is wrong with the text of a rule file, as it would be loaded beside the others, and what others would miss
    /// without it. `file` names the stored rule file that it replaces, or that is to go where there is no text. Blocks.
    fn rules_check(&self, file: Option<&str>, text: Option<&str>) -> Vec<DiagnosticWire>;
    /// Puts these stored rule files, names and texts, in force in place of those before. Blocks.
    ///
    /// # Errors
    /// Why they could not be written where rules are read from.
    fn rule_files_set(&self, files: Vec<(String, String)>) -> Result<(), String>;
    /// What the rules of a text would have found in the stored events of the last days.
    fn rules_trial(
        &self,
        text: String,
        file: Option<String>,
        days: u32,
    ) -> BoxFuture<'_, Result<RuleTrial, String>>;
    /// The tables that can be asked.
    fn lake_schema(&self) -> Vec<TableWire>;
    /// Answers a question in SQL with at most `rows_max` rows.
    fn query(&self, sql: String, rows_max: usize) -> BoxFuture<'_, Result<QueryWire, QueryErrorWire>>;
    /// Sends a made-up finding to a webhook now; the error says why it was not taken.
    fn webhook_test(&self, webhook: Webhook, secret: Option<String>) -> BoxFuture<'_, Result<(), String>>;
    /// Whether this target can be scanned and may be; the error says why not. Looks at the text and the file system.
    ///
    /// # Errors
    /// What is wrong with it.
    fn scan_check(&self, target: &str) -> Result<(), String>;
    /// Puts a scan that was begun behind those that wait.
    ///
    /// # Errors
    /// When too many wait.
    fn scan_start(&self, scan: &Scan) -> Result<(), String>;
    /// Stops a scan that waits or runs; does nothing to one that is over.
    fn scan_stop(&self, id: &str);
    /// How far a scan is; `None` for one that is over.
    fn scan_progress(&self, id: &str) -> Option<ScanProgress>;
    /// The advisories that scans ask.
    fn advisories(&self) -> AdvisoriesWire;
    /// The protected host.
    fn host(&self) -> Asset;
    /// Metrics in Prometheus' text format.
    fn metrics(&self) -> String;
    /// The present time.
    fn now(&self) -> Timestamp;
}
