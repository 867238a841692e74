//! [`Posts`]: the gate's responder and the guard that watches it, as processes of their own.
//!
//! The responder reads its orders from standard input and ends where that ends; it tells refusals on standard output,
//! never waiting for a reader; its beats go by standard error into the guard's standard input.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write, pipe},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, sync_channel},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use yagura_event::{Event, Process};
use yagura_protect::{Answers, Gatekeeper, Mode, PATIENCE, Refusal, respond, safe_files};
use yagura_rt::Detect;
use yagura_sensor::prevent::{guard, never_wait, survive_shortage};

use crate::rulebook::Rulebook;

/// Lines that wait for the server.
const LINES_MAX: usize = 1_024;
/// Longest line that is read.
const LINE_BYTES_MAX: u64 = 1 << 20;
/// A line that a pipe takes whole or not at all (PIPE_BUF of pipe(7)).
const WHOLE_BYTES: usize = 4_096;
/// How often the responder tells its counts.
const COUNTS_EVERY: Duration = Duration::from_secs(1);

/// What the responder is told at its start.
#[derive(Serialize, Deserialize)]
pub struct Orders {
    /// Where the rules are.
    pub detect: Detect,
    /// Rules that were switched on or off.
    pub enabled: BTreeMap<String, bool>,
    /// What is to be done for which rule.
    pub modes: BTreeMap<String, Mode>,
    /// The kernel's deciders are in force.
    pub kill: bool,
}

/// Something that was refused, or would have been.
#[derive(Serialize, Deserialize)]
pub struct Refused {
    /// The rule.
    pub rule: String,
    /// It was told only.
    pub dry: bool,
    /// The act.
    pub event: Event,
}

/// What the responder tells.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Something was refused.
    Refusal(Box<Refused>),
    /// Its counts.
    Answers(Answers),
}

/// The two processes. Dropped, both end.
pub struct Posts {
    responder: Child,
    guard: Child,
    lines: Receiver<Line>,
    // Ends the responder where it is closed.
    _orders: ChildStdin,
}

impl Posts {
    /// Starts both.
    pub fn start(orders: &Orders) -> anyhow::Result<Self> {
        let (beats, writes) = pipe().context("a pipe")?;
        let this = std::env::current_exe().context("this program's own file")?;
        let command = |name: &str| {
            let mut command = Command::new(&this);
            // A group of its own: a terminal that stops the server does not stop those who keep others going.
            command.args(["prevent", name]).process_group(0);
            command
        };
        let mut responder = command("responder")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(writes)
            .spawn()
            .context("the responder")?;
        let watched = responder.id().to_string();
        let guard = command("guard")
            .args(["--watch", &watched])
            .stdin(beats)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let guard = match guard {
            Ok(guard) => guard,
            Err(error) => {
                // Unwatched, it does not answer for anybody.
                let _ = responder.kill();
                let _ = responder.wait();
                return Err(error).context("the guard");
            }
        };
        let mut stdin = responder.stdin.take().context("its standard input")?;
        let lines = read_lines(responder.stdout.take().context("its standard output")?)?;
        let mut posts_orders = serde_json::to_vec(orders)?;
        posts_orders.push(b'\n');
        stdin.write_all(&posts_orders).context("giving the responder its orders")?;
        Ok(Self { responder, guard, lines, _orders: stdin })
    }

    /// What the responder told since.
    pub fn lines(&self) -> Vec<Line> {
        self.lines.try_iter().collect()
    }

    /// Whether the responder ended. A guard that ended ends it: nobody answers unwatched.
    pub fn has_ended(&mut self) -> bool {
        if matches!(self.guard.try_wait(), Ok(Some(_))) {
            let _ = self.responder.kill();
        }
        matches!(self.responder.try_wait(), Ok(Some(_)) | Err(_))
    }
}

impl Drop for Posts {
    fn drop(&mut self) {
        let _ = self.responder.kill();
        let _ = self.responder.wait();
        // Its pipe is closed now: it ends by itself, and is ended where it does not.
        let begin = Instant::now();
        while begin.elapsed() < PATIENCE && matches!(self.guard.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}

fn read_lines(output: impl Read + Send + 'static) -> io::Result<Receiver<Line>> {
    let (send, lines) = sync_channel(LINES_MAX);
    let body = move || {
        let mut reader = BufReader::new(output);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            match reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if let Ok(line) = serde_json::from_slice(&bytes)
                && send.send(line).is_err()
            {
                return;
            }
        }
    };
    std::thread::Builder::new().name("gate-lines".to_owned()).spawn(body)?;
    Ok(lines)
}

/// The responder: answers the gate until its standard input ends.
pub fn run_responder() -> anyhow::Result<ExitCode> {
    let mut line = Vec::new();
    let mut input = io::stdin().lock();
    input.by_ref().take(LINE_BYTES_MAX * 16).read_until(b'\n', &mut line)?;
    drop(input);
    let orders: Orders = serde_json::from_slice(&line).context("orders that cannot be read")?;
    let rulebook = Rulebook::load(orders.detect, orders.enabled, yagura_rt::now());
    let engine = Arc::clone(&rulebook.current().engine);
    drop(rulebook);
    let modes: Vec<Mode> =
        engine.rules().iter().map(|rule| orders.modes.get(&rule.name).copied().unwrap_or_default()).collect();
    let chosen = super::chosen(&engine, &modes);
    let gatekeeper = Gatekeeper::new(
        chosen.iter().map(|(number, rule, mode)| (*number, rule, *mode)),
        &safe_files(),
        orders.kill,
    );
    anyhow::ensure!(gatekeeper.watched().is_some(), "no rule needs the gate");
    let name = |number: u32| engine.rules().get(number as usize).map(|rule| rule.name.clone());
    never_wait(io::stdout())?;
    never_wait(io::stderr())?;
    let stop = Arc::new(AtomicBool::new(false));
    end_with_input(&stop)?;
    let mut counted = Instant::now();
    let tell = |refusal: Option<Refusal>, answers: Answers| match refusal {
        Some(refusal) => say(&refused(refusal, &name)),
        None if counted.elapsed() >= COUNTS_EVERY => {
            counted = Instant::now();
            say(&Some(Line::Answers(answers)));
        }
        None => {}
    };
    respond(gatekeeper, io::stderr(), tell, &stop)?;
    Ok(ExitCode::SUCCESS)
}

// Whoever gave the orders holds the other end: where it ends, so does this process.
fn end_with_input(stop: &Arc<AtomicBool>) -> io::Result<()> {
    let stop = Arc::clone(stop);
    let body = move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        stop.store(true, Ordering::Release);
        // The loop looks at it ten times a second; this is for one that hangs.
        std::thread::sleep(Duration::from_secs(1));
        std::process::exit(0);
    };
    std::thread::Builder::new().name("orders".to_owned()).spawn(body).map(drop)
}

fn refused(refusal: Refusal, name: &dyn Fn(u32) -> Option<String>) -> Option<Line> {
    let Refusal { rule, dry, mut event } = refusal;
    for kept in [8, 3, 1] {
        event.process = Arc::new(shortened(&event.process, kept));
        let line = Line::Refusal(Box::new(Refused { rule: name(rule)?, dry, event: event.clone() }));
        if serde_json::to_vec(&line).is_ok_and(|bytes| bytes.len() < WHOLE_BYTES) {
            return Some(line);
        }
    }
    None
}

// A process with so many ancestors, without what makes it long.
fn shortened(process: &Process, ancestors: usize) -> Process {
    let parent = match process.parent.get() {
        Some(parent) if ancestors > 0 => Some(Arc::new(shortened(parent, ancestors - 1))),
        _ => None,
    };
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    Process {
        env: Arc::default(),
        args: process.args.iter().take(8).map(|arg| cut(arg).into()).collect(),
        cmdline: cut(&process.cmdline).into(),
        exe: cut(&process.exe).into(),
        parent: parent.into(),
        ..process.clone()
    }
}

// What finds no room is not told; it was refused all the same.
fn say(line: &Option<Line>) {
    if let Some(mut bytes) = line.as_ref().and_then(|line| serde_json::to_vec(line).ok()) {
        bytes.push(b'\n');
        let mut output = io::stdout().lock();
        let _ = output.write(&bytes);
        let _ = output.flush();
    }
}

/// The guard: ends the responder where its beats do not come.
pub fn run_guard(watched: u32) -> anyhow::Result<ExitCode> {
    survive_shortage();
    let killed = guard(watched, io::stdin(), PATIENCE)?;
    Ok(if killed { ExitCode::from(10) } else { ExitCode::SUCCESS })
}
