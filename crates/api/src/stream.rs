//! `/v1/stream`: what happens now, as server-sent events.

use std::{
    convert::Infallible,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    extract::State,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::stream;
use serde::Deserialize;
use tokio::{
    sync::{OwnedSemaphorePermit, broadcast, broadcast::error::RecvError},
    time::{Interval, MissedTickBehavior, interval},
};
use utoipa::IntoParams;

use crate::{access::Caller, app::App, extract::Params, problem::Problem, wire::StreamMissed};

/// The sensor's status is sent this often.
const TICK: Duration = Duration::from_secs(1);
/// After so many ticks it is asked again whether the caller may still listen.
const TICKS_PER_CHECK: u32 = 10;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a stream tells of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamQuery {
    /// Topics, separated by commas: `finding`, `event`, `sensor`. Left out: `finding,sensor`.
    topics: Option<String>,
}

/// What happens now, as server-sent events. `event: finding` carries a Finding that just happened or was decided about,
/// with its latest piece of evidence; `event: event` an event in OCSF form; `event: sensor` a SensorStatus once a
/// second; `event: missed` a StreamMissed when the client was too slow or too much happened at once.
#[utoipa::path(get, path = "/v1/stream", tag = "stream", operation_id = "stream_open",
    params(StreamQuery),
    responses(
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many streams"),
    ))]
pub(crate) async fn stream_open(
    State(app): State<App>,
    caller: Caller,
    Params(query): Params<StreamQuery>,
) -> Result<Response, Problem> {
    let topics = query.topics.as_deref().unwrap_or("finding,sensor");
    let mut wants = [false; 3];
    for topic in topics.split(',').map(str::trim).filter(|topic| !topic.is_empty()) {
        let known = ["finding", "event", "sensor"].iter().position(|known| *known == topic);
        let known = known.ok_or_else(|| {
            Problem::invalid("topics: has an unknown topic; known are `finding`, `event` and `sensor`")
        })?;
        wants[known] = true;
    }
    let permit = Arc::clone(&app.streams)
        .try_acquire_owned()
        .map_err(|_| Problem::busy("as many live streams are open as the server keeps", 10))?;
    app.counters.streams.fetch_add(1, Ordering::Relaxed);
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let live = app.service.live.clone();
    let client = Client {
        findings: wants[0].then(|| live.findings()),
        events: wants[1].then(|| live.events()),
        sensor: wants[2],
        left_out: live.left_out(),
        told: false,
        ticks: 0,
        tick,
        app,
        caller,
        _permit: permit,
    };
    let stream = Sse::new(stream::unfold(client, next)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies must hand every event on at once.
    Ok(([("x-accel-buffering", "no"), ("cache-control", "no-store")], stream).into_response())
}

struct Client {
    findings: Option<broadcast::Receiver<Arc<str>>>,
    events: Option<broadcast::Receiver<Arc<str>>>,
    sensor: bool,
    left_out: (u64, u64),
    // Whether left-out items were looked at in this tick already.
    told: bool,
    ticks: u32,
    tick: Interval,
    app: App,
    caller: Caller,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.app.counters.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Happened {
    Item(&'static str, Result<Arc<str>, RecvError>),
    Tick,
}

async fn next(mut client: Client) -> Option<(Result<Event, Infallible>, Client)> {
    loop {
        if !client.told {
            client.told = true;
            if let Some(event) = client.left_out() {
                return Some((Ok(event), client));
            }
        }
        let happened = tokio::select! {
            // The tick comes first: a flood of events must not keep a revoked client listening.
            biased;
            _ = client.tick.tick() => Happened::Tick,
            item = receive(&mut client.findings) => Happened::Item("finding", item),
            item = receive(&mut client.events) => Happened::Item("event", item),
        };
        let event = match happened {
            Happened::Item(topic, Ok(json)) => Some(Event::default().event(topic).data(&*json)),
            Happened::Item(topic, Err(RecvError::Lagged(count))) => Some(client.missed(topic, count)),
            Happened::Item(_, Err(RecvError::Closed)) => return None,
            Happened::Tick => {
                client.told = false;
                client.ticks = client.ticks.wrapping_add(1);
                if client.ticks.is_multiple_of(TICKS_PER_CHECK) && !client.may_listen().await {
                    return None;
                }
                client.status()
            }
        };
        if let Some(event) = event {
            return Some((Ok(event), client));
        }
    }
}

async fn receive(receiver: &mut Option<broadcast::Receiver<Arc<str>>>) -> Result<Arc<str>, RecvError> {
    match receiver {
        Some(receiver) => receiver.recv().await,
        None => std::future::pending().await,
    }
}

impl Client {
    fn status(&self) -> Option<Event> {
        if !self.sensor {
            return None;
        }
        Event::default().event("sensor").json_data(self.app.system().sensor_status()).ok()
    }

    fn missed(&self, topic: &str, count: u64) -> Event {
        self.app.counters.stream_missed.fetch_add(count, Ordering::Relaxed);
        let missed = StreamMissed { topic: topic.to_owned(), count };
        Event::default().event("missed").data(serde_json::to_string(&missed).unwrap_or_default())
    }

    // Items that no stream got, because too many came at once or one was too large.
    fn left_out(&mut self) -> Option<Event> {
        let now = self.app.service.live.left_out();
        let before = self.left_out;
        if self.events.is_some() && now.0 > before.0 {
            self.left_out.0 = now.0;
            return Some(self.missed("event", now.0 - before.0));
        }
        if self.findings.is_some() && now.1 > before.1 {
            self.left_out.1 = now.1;
            return Some(self.missed("finding", now.1 - before.1));
        }
        None
    }

    async fn may_listen(&self) -> bool {
        let credential = self.caller.credential.clone();
        let found = self.app.authenticate(credential, self.caller.address.clone()).await;
        matches!(found, Ok(Some(caller)) if caller.role >= self.caller.role)
    }
}
