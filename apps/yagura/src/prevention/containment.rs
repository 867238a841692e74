//! [`Containment`]: what becomes of a process that did what could not be refused it.

use std::{collections::HashSet, sync::Arc};

use yagura_detect::{Engine, RuleIndex};
use yagura_event::Event;
use yagura_protect::{Mode, safe_files};
use yagura_rt::{Contain, Prevent};
use yagura_sensor::prevent::{self, contain};

use crate::judge::Hit;

/// Ends or stops processes, by the rules that are to prevent. Does nothing unless configured.
#[derive(Default)]
pub struct Containment {
    config: Prevent,
    safe: HashSet<(u64, u64)>,
    // Of the engine that was asked last.
    modes: Vec<Mode>,
    engine: Option<Arc<Engine>>,
}

impl Containment {
    /// As configured.
    pub fn new(config: Prevent) -> Self {
        let safe =
            if config.contain == Contain::Off { HashSet::new() } else { safe_files().into_iter().collect() };
        Self { config, safe, modes: Vec::new(), engine: None }
    }

    /// What the rule found happened: its process is contained, and what to write into the audit trail is given back.
    pub fn act(&mut self, engine: &Arc<Engine>, index: RuleIndex, event: &Event) -> Option<Hit> {
        let (how, words) = match self.config.contain {
            Contain::Off => return None,
            Contain::Stop => (prevent::Containment::Stop, "stopped"),
            Contain::Kill => (prevent::Containment::Kill, "ended"),
        };
        if !self.engine.as_ref().is_some_and(|known| Arc::ptr_eq(known, engine)) {
            self.modes = super::modes(&self.config, engine);
            self.engine = Some(Arc::clone(engine));
        }
        let process = &event.process;
        let file = &process.exe_file;
        let is_meant = self.modes.get(index.0 as usize) == Some(&Mode::Prevent)
            && event.succeeded()
            && !self.safe.contains(&(stat_device(file.device), file.inode));
        if !is_meant {
            return None;
        }
        let done = contain(process, how);
        let result =
            done.map_or_else(|why| format!("not {words}: {why}"), |()| format!("{words} after the act"));
        let detail = format!("{result}: pid {} {} ({})", process.pid, process.name, file.path);
        Some(Hit::Audit { action: "prevent_contained", object: engine.rule(index).name.clone(), detail })
    }
}

// The probes tell devices as the kernel packs them inside: 20 bits of minor (linux/kdev_t.h).
fn stat_device(device: u64) -> u64 {
    let (major, minor) = (device >> 20, device & 0xf_ffff);
    rustix::fs::makedev(u32::try_from(major).unwrap_or(0), u32::try_from(minor).unwrap_or(0))
}
