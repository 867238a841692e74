//! What rules would have found in the events that are stored.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use yagura_api::{RuleTrial, RuleTrialExample, RuleTrialMatches};
use yagura_detect::{Engine, EngineOptions, Loaded, Matcher, RuleIndex, RuleMatching};
use yagura_event::Timestamp;
use yagura_lake::{EventSink, Lake, QueryLimits, RebuiltEvent};

/// Longest a trial goes through events, and longest it may take in all.
const TIME_MAX: Duration = Duration::from_secs(40);
const ANSWER_TIME_MAX: Duration = Duration::from_secs(50);
/// Examples kept of one rule.
const EXAMPLES_MAX: usize = 5;
/// Rules of one text that are tried.
const RULES_MAX: usize = 500;
const DAY_NANOS: i64 = 24 * 3_600 * 1_000_000_000;

/// Tries the rules of `file` among `loaded` on what was stored in the last days. Each rule is tried by itself, switched
/// off ones too; exceptions are left aside.
///
/// # Errors
/// When the lake cannot be read.
pub async fn run(
    lake: &Lake,
    loaded: &Loaded,
    file: &str,
    days: u32,
    now: Timestamp,
) -> Result<RuleTrial, String> {
    let begun = Instant::now();
    let tried: Vec<&str> = loaded
        .rules
        .rules()
        .iter()
        .filter(|rule| rule.file == file)
        .map(|rule| rule.name.as_str())
        .take(RULES_MAX)
        .collect();
    let enabled: BTreeMap<String, bool> = loaded
        .rules
        .rules()
        .iter()
        .map(|rule| (rule.name.clone(), tried.contains(&rule.name.as_str())))
        .collect();
    let options = EngineOptions { rule_matching: RuleMatching::All, enabled, ..EngineOptions::default() };
    let engine = Arc::new(Engine::compile(&loaded.rules, &options));
    let since = Timestamp::from_nanos(now.nanos() - i64::from(days) * DAY_NANOS);
    let limits = QueryLimits { time_max: ANSWER_TIME_MAX, ..QueryLimits::default() };
    let make = || Trial::new(&engine, &tried, since, days, begun + TIME_MAX);
    let trial = if tried.is_empty() {
        make()
    } else {
        lake.event_scan(since, limits, make).await.map_err(|error| error.to_string())?
    };
    Ok(RuleTrial {
        diagnostics: Vec::new(),
        events: trial.events,
        truncated: trial.truncated,
        elapsed_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        rules: trial.rules.into_values().collect(),
    })
}

struct Trial {
    engine: Arc<Engine>,
    matcher: Matcher,
    since: Timestamp,
    deadline: Instant,
    events: u64,
    truncated: bool,
    rules: BTreeMap<RuleIndex, RuleTrialMatches>,
}

impl Trial {
    fn new(engine: &Arc<Engine>, tried: &[&str], since: Timestamp, days: u32, deadline: Instant) -> Self {
        let indexes = (0..).map(RuleIndex).zip(engine.rules());
        let rules = indexes.filter(|(_, rule)| tried.contains(&rule.name.as_str())).map(|(index, rule)| {
            let none = RuleTrialMatches {
                rule: rule.name.clone(),
                matches: 0,
                days: vec![0; days as usize],
                examples: Vec::new(),
            };
            (index, none)
        });
        Self {
            engine: Arc::clone(engine),
            matcher: engine.matcher(),
            since,
            deadline,
            events: 0,
            truncated: false,
            rules: rules.collect(),
        }
    }
}

impl EventSink for Trial {
    fn event(&mut self, RebuiltEvent { event, host, .. }: RebuiltEvent) -> bool {
        self.events += 1;
        for index in self.matcher.matches(&event) {
            let Some(found) = self.rules.get_mut(index) else { continue };
            found.matches += 1;
            let day = (event.time.nanos() - self.since.nanos()).div_euclid(DAY_NANOS);
            let last = found.days.len().saturating_sub(1);
            if let Some(count) = found.days.get_mut(usize::try_from(day).unwrap_or(0).min(last)) {
                *count += 1;
            }
            if found.examples.len() < EXAMPLES_MAX {
                let message = self.engine.alert(*index, &event, &host).output;
                found.examples.push(RuleTrialExample { time: event.time, message });
            }
        }
        // The clock is asked now and then.
        self.truncated = self.events.is_multiple_of(256) && Instant::now() >= self.deadline;
        !self.truncated
    }

    fn broken(&mut self, reason: &str) {
        tracing::debug!(reason, "a stored row is no event");
    }
}
