//! `yagura prevent`: what of each rule can be refused here, and the switch for an emergency.

use std::{collections::BTreeMap, fs, process::ExitCode};

use yagura_detect::Rule;
use yagura_event::{Capability, SensorStatus};
use yagura_protect::{Enforced, Means, Mode, Offers, Plan, RulePlan};

use crate::{
    Global,
    command::sensor::Format,
    control::Control,
    output::{self, Failure},
    prevention,
    rulebook::Rulebook,
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// For every rule: what this kernel can refuse of it, how, and why not more.
    #[command(
        after_help = "Examples:\n  sudo yagura prevent plan\n  sudo yagura prevent plan --rule 'Netcat*' --format json"
    )]
    Plan {
        /// Only rules of this name; `*` stands for any text. May be repeated.
        #[arg(long, value_name = "RULE")]
        rule: Vec<String>,
        /// How to print the answer.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// What the running server refuses, and how that goes.
    Status {
        /// How to print the answer.
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Refuse nothing from now on, in an emergency: the running server obeys within a second, and after a restart too.
    Off,
    /// Take back `off`.
    On,
    /// Answers the gate; started by the server.
    #[command(hide = true)]
    Responder,
    /// Watches the responder; started by the server.
    #[command(hide = true)]
    Guard {
        /// The responder's process id.
        #[arg(long)]
        watch: u32,
    },
}

/// Runs the command.
pub fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Plan { rule, format } => plan(global, &rule, format),
        Command::Status { format } => status(global, format),
        Command::Off => switch(global, true),
        Command::On => switch(global, false),
        Command::Responder => prevention::run_responder().map_err(Failure::run),
        Command::Guard { watch } => prevention::run_guard(watch).map_err(Failure::run),
    }
}

fn plan(global: &Global, wanted: &[String], format: Format) -> Result<ExitCode, Failure> {
    let mut config = global.load()?;
    let rulebook = Rulebook::load(config.detect.clone(), BTreeMap::new(), yagura_rt::now());
    let rules = rulebook.current();
    let engine = &rules.engine;
    let modes = prevention::modes(&config.prevent, engine);
    // Which rules are asked about: a list of names is a list of names.
    config.prevent.rules = wanted.to_vec();
    config.prevent.dry_run.clear();
    let asked = prevention::modes(&config.prevent, engine);
    let chosen: Vec<(&Rule, Mode)> = engine
        .rules()
        .iter()
        .zip(&modes)
        .zip(&asked)
        .filter(|(_, asked)| wanted.is_empty() || **asked != Mode::Detect)
        .map(|((rule, mode), _)| (rule, *mode))
        .collect();
    if chosen.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!("no rule that is on is called that"))
            .hint("`yagura rules list` lists them"));
    }
    let plan = Plan::new(chosen.into_iter(), Offers::probe());
    if format == Format::Json {
        output::json(&plan)?;
        return Ok(ExitCode::SUCCESS);
    }
    print_offers(&plan.offers);
    output::table(
        &["refused", "mode", "rule", "means", "why not more"],
        &plan.rules.iter().map(cells).collect::<Vec<_>>(),
    );
    let count = |enforced| plan.rules.iter().filter(|rule| rule.enforced == enforced).count();
    output::print(&format!(
        "{}: {} fully, {} partly, {} not\n",
        output::count(plan.rules.len() as u64, "rule"),
        count(Enforced::Fully),
        count(Enforced::Partly),
        count(Enforced::Not),
    ));
    Ok(ExitCode::SUCCESS)
}

fn print_offers(offers: &Offers) {
    for means in Means::ALL {
        let text = match offers.has(means) {
            Ok(()) => means.how().to_owned(),
            Err(reason) => format!("not here: {reason}"),
        };
        output::print(&format!("{:<13} {text}\n", means.name()));
    }
    let lsm = match &offers.lsm {
        Ok(()) => "taken by this kernel; not used".to_owned(),
        Err(reason) => format!("not here: {reason}"),
    };
    output::print(&format!("{:<13} {lsm}\n\n", "bpf-lsm"));
}

fn cells(plan: &RulePlan) -> Vec<String> {
    let means = plan.means.iter().map(|planned| {
        let part = if planned.whole { "" } else { " (partly)" };
        format!("{}{part}", planned.means.name())
    });
    vec![
        plan.enforced.name().to_owned(),
        plan.mode.name().to_owned(),
        plan.rule.clone(),
        means.collect::<Vec<_>>().join(", "),
        plan.reasons.join("; "),
    ]
}

fn status(global: &Global, format: Format) -> Result<ExitCode, Failure> {
    let (_, data) = global.load_with_data()?;
    let control = Control::connect(&data).ok_or_else(|| {
        Failure::run(anyhow::anyhow!("no server runs on {}", data.display()))
            .hint("`yagura prevent plan` says what could be refused")
    })?;
    let answer = control.ask("GET", "/v1/sensor", None).map_err(Failure::run)?;
    let status: SensorStatus = serde_json::from_value(answer).map_err(Failure::run)?;
    let is_ours = |name: &str| {
        name.starts_with("prevent") || name.starts_with("dry_run: ") || name.starts_with("prevent: ")
    };
    let lines: Vec<&Capability> = status.capabilities.iter().filter(|line| is_ours(&line.name)).collect();
    let losses: Vec<_> = status.losses.iter().filter(|loss| is_ours(&loss.place)).collect();
    if format == Format::Json {
        output::json(&serde_json::json!({ "capabilities": lines, "losses": losses }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if lines.is_empty() {
        output::print("nothing is refused: no rule is set to `prevent`\n");
        return Ok(ExitCode::SUCCESS);
    }
    let row = |line: &&Capability| {
        vec![if line.available { "yes" } else { "no" }.to_owned(), line.name.clone(), line.detail.clone()]
    };
    output::table(&["works", "what", "how"], &lines.iter().map(row).collect::<Vec<_>>());
    for loss in losses {
        output::print(&format!("{:>8}  {}\n", loss.count, loss.detail));
    }
    Ok(ExitCode::SUCCESS)
}

fn switch(global: &Global, off: bool) -> Result<ExitCode, Failure> {
    let (_, data) = global.load_with_data()?;
    let file = prevention::off_file(&data);
    let said = |error: std::io::Error| Failure::run(anyhow::anyhow!("{}: {error}", file.display()));
    if off {
        fs::write(&file, "Prevention is switched off while this file is here.\n").map_err(said)?;
        output::print("nothing is refused any more; `yagura prevent on` takes it back\n");
    } else {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(said(error)),
            _ => output::print("rules are refused again as configured\n"),
        }
    }
    Ok(ExitCode::SUCCESS)
}
