//! [`respond`]: the loop that answers the gate, made to run as a process of its own beside a guard.
//!
//! Two threads: one takes questions and lets this process's own through at once (whoever decides may open files, and
//! would wait for itself); the other decides. A question that waited too long, or finds no room, is answered *yes* and
//! counted. A beat is written while both go on; where they do not, the guard ends the process and with it the gate.

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use yagura_sensor::{
    SensorError,
    prevent::{Gate, Question, current_thread, go_first},
};

use crate::{Gatekeeper, Refusal};

/// How often a beat is written.
pub const BEAT: Duration = Duration::from_millis(100);
/// How long the guard waits for one before it ends the process that should write them.
pub const PATIENCE: Duration = Duration::from_millis(600);
/// Oldest question that is still decided.
const AGE_MAX: Duration = Duration::from_millis(400);
/// Questions that wait at once.
const WAITING_MAX: usize = 1_024;

/// What was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Questions.
    pub asked: u64,
    /// Of those: refused.
    pub refused: u64,
    /// Of those: let through undecided, because they waited too long or found no room.
    pub undecided: u64,
    /// Of those: let through because deciding failed.
    pub failed: u64,
}

#[derive(Default)]
struct Shared {
    looks: AtomicU64,
    overfull: AtomicU64,
    decider: AtomicU64,
    broken: AtomicBool,
}

/// Answers until `stop` is true or the gate cannot be read. `tell` gets every refusal and now and then the counts.
///
/// # Errors
/// Where the gate cannot be opened.
pub fn respond(
    mut gatekeeper: Gatekeeper,
    mut beats: impl Write,
    mut tell: impl FnMut(Option<Refusal>, Answers),
    stop: &Arc<AtomicBool>,
) -> Result<(), SensorError> {
    go_first();
    let shared = Arc::new(Shared::default());
    shared.decider.store(current_thread().into(), Ordering::Release);
    let (send, questions) = sync_channel(WAITING_MAX);
    let gate = Gate::open(gatekeeper.watched().unwrap_or_default())?;
    let reader = {
        let (shared, stop) = (Arc::clone(&shared), Arc::clone(stop));
        thread::Builder::new().name("gate".to_owned()).spawn(move || read(gate, &send, &shared, &stop))
    };
    reader.map_err(|error| SensorError::Kernel {
        action: "starting the gate's reader",
        reason: error.to_string(),
    })?;
    decide(&mut gatekeeper, &questions, &mut beats, &mut tell, &shared, stop);
    Ok(())
}

fn read(mut gate: Gate, send: &SyncSender<(Question, Instant)>, shared: &Shared, stop: &AtomicBool) {
    go_first();
    let own = u64::from(current_thread());
    while !stop.load(Ordering::Acquire) {
        shared.looks.fetch_add(1, Ordering::Relaxed);
        let Ok(questions) = gate.wait(BEAT) else {
            shared.broken.store(true, Ordering::Release);
            return;
        };
        for question in questions {
            let tid = u64::from(question.tid());
            if tid == own || tid == shared.decider.load(Ordering::Acquire) {
                question.allow();
                continue;
            }
            // What finds no room is dropped, which answers it.
            match send.try_send((question, Instant::now())) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => drop(shared.overfull.fetch_add(1, Ordering::Relaxed)),
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }
}

fn decide(
    gatekeeper: &mut Gatekeeper,
    questions: &Receiver<(Question, Instant)>,
    beats: &mut impl Write,
    tell: &mut impl FnMut(Option<Refusal>, Answers),
    shared: &Shared,
    stop: &AtomicBool,
) {
    let mut answers = Answers::default();
    let (mut beat, mut looks) = (Instant::now(), u64::MAX);
    while !stop.load(Ordering::Acquire) && !shared.broken.load(Ordering::Acquire) {
        match questions.recv_timeout(BEAT) {
            Ok((question, since)) => {
                answers.asked += 1;
                if since.elapsed() > AGE_MAX {
                    answers.undecided += 1;
                    question.allow();
                } else {
                    answer(gatekeeper, question, &mut answers, tell);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if beat.elapsed() >= BEAT {
            beat = Instant::now();
            let now = shared.looks.load(Ordering::Relaxed);
            // The reader looks at least as often as a beat is due, give or take a busy processor.
            if now != looks {
                let _ = beats.write_all(b".");
            }
            looks = now;
            let undecided = answers.undecided + shared.overfull.load(Ordering::Relaxed);
            tell(None, Answers { undecided, ..answers });
        }
    }
}

fn answer(
    gatekeeper: &mut Gatekeeper,
    question: Question,
    answers: &mut Answers,
    tell: &mut impl FnMut(Option<Refusal>, Answers),
) {
    let Ok(judged) = catch_unwind(AssertUnwindSafe(|| gatekeeper.judge(&question))) else {
        answers.failed += 1;
        return;
    };
    let Some(refusal) = judged else { return question.allow() };
    if refusal.dry {
        question.allow();
    } else if question.deny() {
        answers.refused += 1;
    } else {
        return;
    }
    tell(Some(refusal), *answers);
}
