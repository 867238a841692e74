//! [`dispatch`]: sends what is due, again and again.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinError;
use ureq::Agent;
use yagura_event::{Evidence, Finding, FindingId, FindingKind, FindingStatus, Severity, Timestamp};
use yagura_state::{DeliveryOutcome, DueDelivery, State, StateError, Webhook};

use crate::{
    limits::{BATCH, LOOK_EVERY, WAITS},
    message::{Told, message},
    send::{Message, SendError, agent, send},
};

/// What sending needs to know of its surroundings.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Where deliveries are written down.
    pub state: Arc<State>,
    /// Address of the console, for links; without a slash at its end.
    pub console: String,
    /// The present time.
    pub now: fn() -> Timestamp,
    /// Counts attempts that failed inside this program, whatever the other side would have said.
    pub panics: Arc<AtomicU64>,
}

/// Sends what is due until `stop` is over. What is under way is finished; the rest is sent after the next start.
pub async fn dispatch(sender: Sender, stop: impl Future<Output = ()>) {
    let agent = agent();
    let mut stop = std::pin::pin!(stop);
    loop {
        let sent = match sender.send_due(&agent).await {
            Ok(sent) => sent,
            Err(error) => {
                tracing::warn!(%error, "deliveries could not be read or written; trying again");
                0
            }
        };
        // A full batch means that more may wait.
        let pause = if sent == BATCH { Duration::ZERO } else { LOOK_EVERY };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Sends a made-up finding to a webhook now, once.
///
/// # Errors
/// Why the other side did not take it.
pub async fn send_test(sender: &Sender, webhook: Webhook, secret: Option<String>) -> Result<(), SendError> {
    let now = (sender.now)();
    let finding = sample(webhook.severity_min, now);
    sender.attempt(&agent(), now, "test", &webhook, secret, finding).await
}

impl Sender {
    // One after the other for each webhook, so that a receiver is not flooded; webhooks beside each other, so that a
    // slow one holds up nobody else.
    async fn send_due(&self, agent: &Agent) -> Result<usize, StateError> {
        let due = self.state.delivery_due((self.now)(), BATCH).await?;
        let count = due.len();
        let mut by_webhook: BTreeMap<String, Vec<DueDelivery>> = BTreeMap::new();
        for one in due {
            by_webhook.entry(one.webhook.id.clone()).or_default().push(one);
        }
        let mut running = tokio::task::JoinSet::new();
        for (_, deliveries) in by_webhook {
            let (sender, agent) = (self.clone(), agent.clone());
            running.spawn(async move { sender.send_all(&agent, deliveries).await });
        }
        // All are waited for, whatever one says: what is cut off here would be told twice.
        let mut failed = None;
        while let Some(done) = running.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) => failed = Some(error),
                Err(error) => self.count_panic(&error),
            }
        }
        failed.map_or(Ok(count), Err)
    }

    async fn send_all(&self, agent: &Agent, deliveries: Vec<DueDelivery>) -> Result<(), StateError> {
        for DueDelivery { delivery, webhook, secret, finding } in deliveries {
            let now = (self.now)();
            let sent = self.attempt(agent, now, &delivery.id, &webhook, secret, finding).await;
            let now = (self.now)();
            let unreachable = matches!(&sent, Err(error) if error.may_pass);
            let outcome = match sent {
                Ok(()) => DeliveryOutcome::Delivered,
                Err(error) => {
                    let wait = WAITS.get(delivery.attempts as usize).filter(|_| error.may_pass);
                    let next_try = wait.map(|wait| later(now, *wait));
                    DeliveryOutcome::Failed { error: error.reason, next_try }
                }
            };
            self.state.delivery_record(&delivery.id, &outcome, now).await?;
            // The others would only wait for the same silence; they stay due.
            if unreachable {
                break;
            }
        }
        Ok(())
    }

    // A panic is one failed attempt: counted, and given up as others are, so that it does not come back every second.
    async fn attempt(
        &self,
        agent: &Agent,
        now: Timestamp,
        delivery_id: &str,
        webhook: &Webhook,
        secret: Option<String>,
        finding: Finding,
    ) -> Result<(), SendError> {
        let (agent, console, webhook) = (agent.clone(), self.console.clone(), webhook.clone());
        let delivery_id = delivery_id.to_owned();
        let seconds = now.nanos() / 1_000_000_000;
        let work = move || {
            let told = Told { delivery_id: &delivery_id, console: &console, secret: secret.as_deref() };
            let body = message(webhook.shape, &finding, told);
            let (secret, delivery_id) = (secret.as_deref(), delivery_id.as_str());
            send(&agent, &Message { url: &webhook.url, secret, delivery_id, body: &body, seconds })
        };
        self.caught(tokio::task::spawn_blocking(work).await)
    }

    fn caught(&self, done: Result<Result<(), SendError>, JoinError>) -> Result<(), SendError> {
        done.unwrap_or_else(|error| {
            self.count_panic(&error);
            Err(SendError {
                reason: "sending failed inside Yagura; please report this".to_owned(),
                may_pass: true,
            })
        })
    }

    fn count_panic(&self, error: &JoinError) {
        self.panics.fetch_add(1, Ordering::Relaxed);
        // The panic's own text is left to the panic hook: it might quote what was sent.
        tracing::error!(task = %error.id(), cancelled = error.is_cancelled(), "sending failed inside; please report this");
    }
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = i64::try_from(wait.as_nanos()).unwrap_or(i64::MAX);
    Timestamp::from_nanos(now.nanos().saturating_add(wait))
}

fn sample(severity: Severity, now: Timestamp) -> Finding {
    Finding {
        id: FindingId::from_cause(&["test"]),
        kind: FindingKind::Runtime,
        severity,
        confidence: 100,
        title: "Test from Yagura".to_owned(),
        message: "Nothing happened: someone pressed the button that tries this webhook.".to_owned(),
        rule: "test".to_owned(),
        rule_source: String::new(),
        techniques: Vec::new(),
        tags: Vec::new(),
        asset_id: "test".to_owned(),
        asset_name: "test".to_owned(),
        container_id: None,
        process_path: None,
        user_name: None,
        first_seen: now,
        last_seen: now,
        count: 1,
        status: FindingStatus::Open,
        status_reason: None,
        accepted_until: None,
        remediation: None,
        evidence: Vec::<Evidence>::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpListener,
        sync::atomic::AtomicI64,
        thread::JoinHandle,
    };

    use yagura_state::{By, DeliveryStatus, WebhookChange, WebhookShape};

    use super::*;

    static SECONDS: AtomicI64 = AtomicI64::new(1_700_000_000);

    fn now() -> Timestamp {
        Timestamp::from_nanos(SECONDS.load(Ordering::SeqCst) * 1_000_000_000)
    }

    // Answers one request with each status and returns their signatures and bodies.
    fn answer(listener: TcpListener, statuses: &'static [u16]) -> JoinHandle<Vec<(String, Vec<u8>)>> {
        std::thread::spawn(move || {
            let one = |status: &u16| {
                let (stream, _) = listener.accept().expect("a request");
                let mut reader = BufReader::new(stream);
                let (mut signature, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).expect("a header");
                    let line = line.trim().to_owned();
                    let Some((name, value)) = line.split_once(": ") else {
                        if line.is_empty() {
                            break;
                        }
                        continue;
                    };
                    match name.to_ascii_lowercase().as_str() {
                        "x-yagura-signature" => signature = value.to_owned(),
                        "content-length" => length = value.parse().expect("a number"),
                        _ => {}
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).expect("a body");
                let text = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                reader.get_mut().write_all(text.as_bytes()).expect("answered");
                (signature, body)
            };
            statuses.iter().map(one).collect()
        })
    }

    #[tokio::test]
    async fn what_is_not_taken_is_sent_again_later_and_what_is_refused_is_given_up() {
        let dir = tempfile::tempdir().expect("a folder");
        let state = Arc::new(State::open(dir.path()).await.expect("a state"));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let change = WebhookChange {
            name: "w",
            url: &format!("http://{}/", listener.local_addr().expect("an address")),
            shape: WebhookShape::Generic,
            severity_min: Severity::Low,
            enabled: true,
            secret: Some("key"),
        };
        let by = By { actor: "ann", address: None, time: now() };
        state.webhook_create(change, by).await.expect("made");
        state.finding_record(&[sample(Severity::High, now())]).await.expect("recorded");
        let told = answer(listener, &[503, 200, 403]);
        let sender =
            Sender { state: Arc::clone(&state), console: "http://c".to_owned(), now, panics: Arc::default() };
        let agent = agent();

        assert_eq!(sender.send_due(&agent).await.expect("sent"), 1);
        // Not before its time.
        assert_eq!(sender.send_due(&agent).await.expect("sent"), 0);
        SECONDS.fetch_add(5, Ordering::SeqCst);
        assert_eq!(sender.send_due(&agent).await.expect("sent"), 1);
        let done = state.delivery_list(Some(DeliveryStatus::Delivered), 10).await.expect("listed");
        assert_eq!((done.len(), done[0].attempts), (1, 2));

        let other = Finding { id: FindingId::from_cause(&["other"]), ..sample(Severity::High, now()) };
        state.finding_record(&[other]).await.expect("recorded");
        sender.send_due(&agent).await.expect("sent");
        let dead = state.delivery_list(Some(DeliveryStatus::Dead), 10).await.expect("listed");
        assert_eq!((dead.len(), dead[0].attempts), (1, 1));
        assert!(dead[0].last_error.as_deref().is_some_and(|text| text.contains("403")), "{dead:?}");

        for (value, body) in told.join().expect("answered") {
            let seconds = value.trim_start_matches("t=").split(',').next().and_then(|text| text.parse().ok());
            assert_eq!(value, crate::signature("key", seconds.expect("a time"), &body));
        }
    }

    #[tokio::test]
    async fn a_panic_while_sending_is_counted_and_is_one_failed_attempt() {
        let dir = tempfile::tempdir().expect("a folder");
        let state = Arc::new(State::open(dir.path()).await.expect("a state"));
        let sender = Sender { state, console: String::new(), now, panics: Arc::default() };
        let done = tokio::task::spawn_blocking(|| -> Result<(), SendError> { panic!("on purpose") }).await;
        let error = sender.caught(done).expect_err("failed");
        assert!(error.may_pass && error.reason.contains("inside"), "{error:?}");
        assert_eq!(sender.panics.load(Ordering::Relaxed), 1);
        assert_eq!(sender.caught(Ok(Ok(()))), Ok(()));
        assert_eq!(sender.panics.load(Ordering::Relaxed), 1);
    }
}
