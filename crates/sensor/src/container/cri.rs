//! What a container runtime of Kubernetes says of a container when asked over its socket (CRI): labels and address of
//! the pod, image and digest, which its files do not tell.
//!
//! A thread of its own asks; whoever looks a container up never waits for it. A runtime that hangs, lies or is gone
//! costs its answers and nothing else: every question has an end, a socket that failed rests for a while, and what is
//! not known yet is filled in when the answer is there.

mod call;
mod message;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    time::{Duration, Instant},
};

use yagura_event::{Container, Timestamp};

use self::{call::Endpoint, message::Message};
use super::describe::set_image;
use crate::limits::{CONTAINERS_MAX, CRI_ASKS_MAX, CRI_LABELS_MAX};

/// Where runtimes listen, by the name the cgroup gives them.
const SOCKETS: [(&str, &str); 5] = [
    ("containerd", "run/containerd/containerd.sock"),
    ("containerd", "run/k3s/containerd/containerd.sock"),
    ("containerd", "run/k0s/containerd.sock"),
    ("containerd", "var/snap/microk8s/common/run/containerd.sock"),
    ("cri-o", "run/crio/crio.sock"),
];
/// How long one question may take, all together.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// How long a socket that did not answer is left alone.
const REST: Duration = Duration::from_secs(30);
/// When a container that the runtime does not list yet is asked for again; after the last it is none of Kubernetes.
const AGAIN: [Duration; 4] =
    [Duration::from_millis(300), Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(10)];

/// Asks runtimes about containers, on a thread that begins with the first question.
pub(super) struct Cri {
    endpoints: Vec<(&'static str, PathBuf)>,
    answers: Arc<Mutex<Answers>>,
    asks: Option<SyncSender<Ask>>,
}

type Answers = HashMap<String, Answer>;

/// How far a question is.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// It is on its way.
    Asked,
    /// The runtime told this.
    Told(Arc<Facts>),
    /// Nothing will come.
    Unknown,
}

/// One container that is asked for.
struct Ask {
    id: String,
    runtime: &'static str,
    tries: usize,
    due: Instant,
}

/// What a runtime said.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Facts {
    name: Option<String>,
    image: Option<String>,
    image_id: Option<String>,
    image_digest: Option<String>,
    created: Option<Timestamp>,
    labels: BTreeMap<String, String>,
    sandbox: Option<String>,
    pod_name: Option<String>,
    pod_uid: Option<String>,
    pod_namespace: Option<String>,
    pod_labels: BTreeMap<String, String>,
    ip: Option<String>,
    // The namespaces of the host that the pod has: network, pid, ipc.
    of_host: [bool; 3],
}

impl Facts {
    /// Fills what the runtime's files left open. Who it is by the files stays: they are read at the moment it begins.
    pub(super) fn fill(&self, container: &mut Container) {
        let fill = |to: &mut Option<String>, from: &Option<String>| {
            if to.is_none() {
                to.clone_from(from);
            }
        };
        if let Some(image) = self.image.as_deref().filter(|_| container.image.is_none()) {
            set_image(container, image);
        }
        fill(&mut container.name, &self.name);
        fill(&mut container.image_id, &self.image_id);
        fill(&mut container.image_digest, &self.image_digest);
        fill(&mut container.pod_sandbox_id, &self.sandbox);
        fill(&mut container.pod_name, &self.pod_name);
        fill(&mut container.pod_uid, &self.pod_uid);
        fill(&mut container.pod_namespace, &self.pod_namespace);
        fill(&mut container.ip, &self.ip);
        // Files show a joined namespace without telling whose it is: the pod's or the host's.
        let shares = [&mut container.host_network, &mut container.host_pid, &mut container.host_ipc];
        for (share, of_host) in shares.into_iter().zip(self.of_host) {
            if of_host {
                *share = Some(true);
            }
        }
        container.created = container.created.or(self.created);
        if container.labels.is_empty() {
            container.labels.clone_from(&self.labels);
        }
        if !self.pod_labels.is_empty() {
            container.pod_labels.clone_from(&self.pod_labels);
        }
    }
}

impl Cri {
    /// Runtimes whose sockets lie under this root.
    pub(super) fn under(root: &std::path::Path) -> Self {
        let endpoints = SOCKETS.map(|(runtime, path)| (runtime, root.join(path))).into();
        Self { endpoints, answers: Arc::default(), asks: None }
    }

    /// What is known of a container by now; asks where nobody did.
    pub(super) fn facts(&mut self, runtime: &str, id: &str) -> Answer {
        if let Some(answer) = lock(&self.answers).get(id) {
            return answer.clone();
        }
        let endpoint = self.endpoints.iter().find(|(name, path)| *name == runtime && path.exists());
        let Some((runtime, _)) = endpoint else { return Answer::Unknown };
        let ask = Ask { id: id.to_owned(), runtime, tries: 0, due: Instant::now() };
        // A queue that is full: the next look asks again.
        if self.ask(ask) { Answer::Asked } else { Answer::Unknown }
    }

    /// Whether a question is settled.
    pub(super) fn has_answer(&self, id: &str) -> bool {
        !matches!(lock(&self.answers).get(id), Some(Answer::Asked))
    }

    fn ask(&mut self, ask: Ask) -> bool {
        if self.asks.is_none() {
            let (sender, receiver) = sync_channel(CRI_ASKS_MAX);
            let asker = Asker {
                endpoints: self.endpoints.clone(),
                resting: HashMap::new(),
                answers: Arc::clone(&self.answers),
                waiting: VecDeque::new(),
            };
            let thread = std::thread::Builder::new().name("yagura-cri".to_owned());
            if thread.spawn(move || asker.run(&receiver)).is_err() {
                return false;
            }
            self.asks = Some(sender);
        }
        // Held until the question is noted, so that an answer cannot come before.
        let mut answers = lock(&self.answers);
        let id = ask.id.clone();
        let sent = self.asks.as_ref().is_some_and(|asks| asks.try_send(ask).is_ok());
        if sent {
            if answers.len() >= CONTAINERS_MAX {
                answers.clear();
            }
            answers.insert(id, Answer::Asked);
        }
        sent
    }
}

/// The thread's side.
struct Asker {
    endpoints: Vec<(&'static str, PathBuf)>,
    resting: HashMap<PathBuf, Instant>,
    answers: Arc<Mutex<Answers>>,
    waiting: VecDeque<Ask>,
}

impl Asker {
    // Until the sensor is gone.
    fn run(mut self, asks: &Receiver<Ask>) {
        loop {
            let now = Instant::now();
            let next = self.waiting.iter().map(|ask| ask.due).min();
            let wait = next.map_or(Duration::from_secs(3600), |due| due.saturating_duration_since(now));
            match asks.recv_timeout(wait) {
                Ok(ask) => self.try_one(ask),
                Err(RecvTimeoutError::Timeout) => {
                    let now = Instant::now();
                    let at = self.waiting.iter().position(|ask| ask.due <= now);
                    if let Some(ask) = at.and_then(|at| self.waiting.remove(at)) {
                        self.try_one(ask);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn try_one(&mut self, mut ask: Ask) {
        if let Some(facts) = self.answer(&ask) {
            lock(&self.answers).insert(ask.id, Answer::Told(Arc::new(facts)));
            return;
        }
        let Some(delay) = AGAIN.get(ask.tries) else {
            lock(&self.answers).insert(ask.id, Answer::Unknown);
            return;
        };
        ask.tries += 1;
        ask.due = Instant::now() + *delay;
        if self.waiting.len() < CRI_ASKS_MAX {
            self.waiting.push_back(ask);
        } else {
            lock(&self.answers).remove(&ask.id);
        }
    }

    fn answer(&mut self, ask: &Ask) -> Option<Facts> {
        let now = Instant::now();
        self.resting.retain(|_, until| *until > now);
        for (runtime, path) in &self.endpoints {
            if *runtime != ask.runtime || self.resting.contains_key(path) || !path.exists() {
                continue;
            }
            let endpoint = Endpoint { path, deadline: Instant::now() + ANSWER_MAX };
            match describe(&endpoint, &ask.id) {
                Ok(Some(facts)) => return Some(facts),
                Ok(None) => {}
                Err(reason) => {
                    tracing::debug!(socket = %path.display(), %reason, "container runtime does not answer");
                    self.resting.insert(path.clone(), Instant::now() + REST);
                }
            }
        }
        None
    }
}

const RUNTIME: &str = "/runtime.v1.RuntimeService/";

// `None` where the runtime does not know it.
fn describe(endpoint: &Endpoint<'_>, id: &str) -> Result<Option<Facts>, call::CallError> {
    // ListContainersRequest.filter.id
    let filter = message::text(1, id);
    let listed = endpoint.call(&format!("{RUNTIME}ListContainers"), &message::nested(1, &filter))?;
    let listed = Message(&listed);
    let container = listed.messages(1).find(|container| container.text(1).as_deref() == Some(id));
    let mut facts = Facts::default();
    // A pod's own container is none of the list.
    let sandbox = container.map_or_else(|| Some(id.to_owned()), |container| container.text(2));
    if let Some(container) = container {
        container_facts(&mut facts, container);
        image_facts(&mut facts, endpoint, container);
    }
    let Some(sandbox) = sandbox else { return Ok(Some(facts)) };
    let asked = message::text(1, &sandbox);
    match endpoint.call(&format!("{RUNTIME}PodSandboxStatus"), &asked) {
        Ok(answer) => pod_facts(&mut facts, Message(&answer)),
        Err(call::CallError::Refused(_)) if container.is_none() => return Ok(None),
        Err(call::CallError::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    facts.sandbox = Some(sandbox);
    Ok(Some(facts))
}

// runtime.v1.Container
fn container_facts(facts: &mut Facts, container: Message<'_>) {
    facts.name = container.message(3).and_then(|metadata| metadata.text(1));
    facts.created =
        container.number(7).and_then(|nanos| i64::try_from(nanos).ok()).map(Timestamp::from_nanos);
    facts.labels = labels(container, 8);
    facts.image_id = container.text(10).or_else(|| container.text(5).filter(|id| id.starts_with("sha256:")));
    // As the pod asked for it, where the runtime kept that.
    let image = container.message(4);
    facts.image = image.and_then(|image| image.text(18).or_else(|| image.text(1)));
    facts.image_digest = container.text(5).and_then(|image| digest(&image));
}

// runtime.v1.Image: what an id is called, and under which digest it was pulled.
fn image_facts(facts: &mut Facts, endpoint: &Endpoint<'_>, container: Message<'_>) {
    let Some(reference) = container.text(5).or_else(|| facts.image.clone()) else { return };
    let asked = message::nested(1, &message::text(1, &reference));
    let Ok(answer) = endpoint.call("/runtime.v1.ImageService/ImageStatus", &asked) else { return };
    let Some(image) = Message(&answer).message(1) else { return };
    facts.image_id = image.text(1).or(facts.image_id.take());
    let by_digest = image.text(3);
    facts.image_digest = facts.image_digest.take().or_else(|| by_digest.as_deref().and_then(digest));
    let is_bare = facts.image.as_deref().is_none_or(|name| name.starts_with("sha256:"));
    if is_bare {
        facts.image = image.text(2).or(by_digest).or(facts.image.take());
    }
}

// runtime.v1.PodSandboxStatus
fn pod_facts(facts: &mut Facts, answer: Message<'_>) {
    let Some(status) = answer.message(1) else { return };
    if let Some(metadata) = status.message(2) {
        (facts.pod_name, facts.pod_uid, facts.pod_namespace) =
            (metadata.text(1), metadata.text(2), metadata.text(3));
    }
    facts.ip = status.message(5).and_then(|network| network.text(1));
    facts.pod_labels = labels(status, 7);
    let spaces = status.message(6).and_then(|linux| linux.message(1)).and_then(|spaces| spaces.message(2));
    // NamespaceMode NODE
    facts.of_host = [1, 2, 3].map(|space| spaces.and_then(|spaces| spaces.number(space)) == Some(2));
}

fn digest(reference: &str) -> Option<String> {
    reference.split_once('@').map(|(_, digest)| digest.to_owned())
}

fn labels(message: Message<'_>, field: u32) -> BTreeMap<String, String> {
    let entries = message.messages(field).take(CRI_LABELS_MAX);
    entries.filter_map(|entry| Some((entry.text(1)?, entry.text(2).unwrap_or_default()))).collect()
}

fn lock(answers: &Mutex<Answers>) -> MutexGuard<'_, Answers> {
    answers.lock().unwrap_or_else(PoisonError::into_inner)
}
