//! The task that writes findings down and tells whoever watches.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::mpsc::Receiver;
use yagura_api::Live;
use yagura_event::{Asset, Finding, FindingId, Timestamp};
use yagura_state::{By, State};

use crate::judge::{Causes, Hit};

/// Findings that may wait for the writer.
pub const QUEUE_FINDINGS: usize = 4_096;
/// Findings written in one transaction.
const BATCH_FINDINGS: usize = 256;
/// Findings kept while the store refuses them.
const UNWRITTEN_MAX: usize = 10_000;
const TICK: Duration = Duration::from_secs(1);
/// The host's last sight is written down once in so many ticks.
const TICKS_PER_SIGHT: u64 = 60;

/// Writes findings until the sender is gone; then what is left.
pub struct FindingWriter {
    /// Where findings are written.
    pub state: Arc<State>,
    /// This machine.
    pub host: Asset,
    /// Who is told.
    pub live: Live,
    /// What was only counted.
    pub causes: Arc<Causes>,
    /// Findings given up because the store refused them for too long.
    pub dropped: Arc<AtomicU64>,
}

impl FindingWriter {
    /// Runs until the sender is gone.
    pub async fn run(self, mut hits: Receiver<Hit>) {
        let mut unwritten: VecDeque<Finding> = VecDeque::new();
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(BATCH_FINDINGS);
        let mut ticks = 0_u64;
        loop {
            tokio::select! {
                received = hits.recv_many(&mut batch, BATCH_FINDINGS) => {
                    for hit in batch.drain(..) {
                        match hit {
                            Hit::Finding(finding) => unwritten.push_back(*finding),
                            Hit::Asset(asset) => self.meet(&asset).await,
                            Hit::Audit { action, object, detail } => self.audit(action, &object, &detail).await,
                        }
                    }
                    if received == 0 {
                        unwritten.extend(self.causes.drain(Timestamp::from_nanos(i64::MAX)));
                        self.write(&mut unwritten).await;
                        return;
                    }
                }
                _ = tick.tick() => {
                    let before = Timestamp::from_nanos(yagura_rt::now().nanos() - 1_000_000_000);
                    unwritten.extend(self.causes.drain(before));
                    ticks += 1;
                    if ticks.is_multiple_of(TICKS_PER_SIGHT) {
                        self.meet(&Asset { last_seen: yagura_rt::now(), ..self.host.clone() }).await;
                    }
                }
            }
            self.write(&mut unwritten).await;
        }
    }

    // What is known of an asset is told again soon: a store that refuses it now loses nothing.
    async fn meet(&self, asset: &Asset) {
        if let Err(error) = self.state.asset_upsert(asset).await {
            tracing::debug!(%error, asset = asset.id, "an asset could not be written");
        }
    }

    // What this program did by itself.
    async fn audit(&self, action: &str, object: &str, detail: &str) {
        let by = By { actor: "prevention", address: None, time: yagura_rt::now() };
        if let Err(error) = self.state.audit_append(by, action, object, detail).await {
            tracing::error!(%error, action, object, "not in the audit trail");
        }
    }

    // A store that refuses is asked again at the next tick; findings wait, as many as there is room for.
    async fn write(&self, unwritten: &mut VecDeque<Finding>) {
        while !unwritten.is_empty() {
            let batch: Vec<Finding> = unwritten.iter().take(BATCH_FINDINGS).cloned().collect();
            match self.state.finding_record_at(&batch, Some(yagura_rt::now())).await {
                Ok(recorded) => {
                    unwritten.drain(..batch.len());
                    self.publish(recorded.iter().map(|(id, _)| id)).await;
                }
                Err(error) => {
                    let error = anyhow::Error::from(error);
                    tracing::error!(
                        "{} findings could not be written, trying again: {error:#}",
                        unwritten.len()
                    );
                    let excess = unwritten.len().saturating_sub(UNWRITTEN_MAX);
                    unwritten.drain(..excess);
                    self.dropped.fetch_add(excess as u64, Ordering::Relaxed);
                    return;
                }
            }
        }
    }

    // The findings as they are now, with their whole count.
    async fn publish(&self, ids: impl Iterator<Item = &FindingId>) {
        if self.live.subscribers() == 0 {
            return;
        }
        for id in ids.collect::<BTreeSet<_>>() {
            if let Ok(finding) = self.state.finding_get(id).await {
                self.live.publish_finding(&finding);
            }
        }
    }
}
