//! What is scanned again and again: schedules, and this host.

use std::{sync::Arc, time::Duration};

use yagura_event::Timestamp;
use yagura_rt::Shutdown;
use yagura_state::{By, StateError};

use super::Scanner;

/// How often it is looked what is due.
const TICK: Duration = Duration::from_secs(10);
const MINUTE_NANOS: i64 = 60_000_000_000;
const HOURS: std::ops::RangeInclusive<u32> = 1..=8784;

/// Starts what is due until the server ends; then stops the scan that runs.
pub async fn follow(scanner: Arc<Scanner>, shutdown: Shutdown) {
    let mut host_due = first_of_host(&scanner).await;
    loop {
        let now = yagura_rt::now();
        match scanner.state.scan_schedule_take_due(now).await {
            Ok(due) => {
                for schedule in due {
                    begin(&scanner, &schedule.target, &schedule.created_by).await;
                }
            }
            Err(error) => tracing::warn!(%error, "it could not be looked which scans are due"),
        }
        if host_due.is_some_and(|due| due <= now) {
            begin(&scanner, "host", "yagura").await;
            host_due = Some(after(now, period(&scanner)));
        }
        if shutdown.sleep(TICK).await {
            break;
        }
    }
    scanner.close();
}

// Some minutes after the start, when the machine has come to rest; later if the latest scan is not old enough.
async fn first_of_host(scanner: &Scanner) -> Option<Timestamp> {
    if !scanner.config.host {
        return None;
    }
    let soon = after(yagura_rt::now(), i64::from(scanner.config.host_delay_minutes) * MINUTE_NANOS);
    let latest = scanner.state.scan_latest_done(&["host".to_owned()]).await.unwrap_or_default();
    Some(latest.map_or(soon, |scan| soon.max(after(scan.started, period(scanner)))))
}

fn period(scanner: &Scanner) -> i64 {
    i64::from(scanner.config.host_hours.clamp(*HOURS.start(), *HOURS.end())) * 60 * MINUTE_NANOS
}

fn after(time: Timestamp, nanos: i64) -> Timestamp {
    Timestamp::from_nanos(time.nanos().saturating_add(nanos))
}

async fn begin(scanner: &Scanner, target: &str, actor: &str) {
    let begun: Result<(), String> = async {
        let by = By { actor, address: None, time: yagura_rt::now() };
        let scan = scanner.state.scan_begin(target, by).await.map_err(text)?;
        let started = scanner.check(target).or_else(|why| if target == "host" { Ok(()) } else { Err(why) });
        if let Err(why) = started.and_then(|()| scanner.start(&scan)) {
            scanner.state.scan_fail(&scan.id, &why, yagura_rt::now()).await.map_err(text)?;
        }
        Ok(())
    }
    .await;
    if let Err(error) = begun {
        tracing::warn!(error, target, "a scan that is due could not be started");
    }
}

fn text(error: StateError) -> String {
    error.to_string()
}
