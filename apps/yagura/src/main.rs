//! `yagura`: protects this machine, and everything a person does with that on the command line.
//!
//! This file parses and dispatches; each command is a file of its own in [`command`].

#![expect(unreachable_pub, reason = "a program has no outside: `pub` says what a module offers the others")]

mod command;
mod console;
mod control;
mod findings;
mod host;
mod in_use;
mod judge;
mod loss;
mod output;
mod prevention;
mod rulebook;
mod scanner;
mod signals;
mod store;
mod system;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::output::Failure;

// What a scan or a burst of events took goes back to the machine when it is over (settings in `.cargo/config.toml`).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Protects cloud workloads: watches the kernel, runs the community's rules, shows what happens.
#[derive(Parser)]
#[command(name = "yagura", version, propagate_version = true, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags every command understands.
#[derive(clap::Args, Clone)]
struct Global {
    /// Configuration file (default: /etc/yagura/yagura.toml, where it exists).
    #[arg(long, global = true, env = "YAGURA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where data lives (default: /var/lib/yagura as root, ~/.local/state/yagura otherwise).
    #[arg(long, global = true, env = "YAGURA_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Log more: -v for what is done, -vv for how.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

#[derive(Subcommand)]
enum Command {
    /// Protect this machine: sensor, rules, store, API and console in one process.
    Up(command::up::Args),
    /// Ask everything that was stored, in SQL.
    Hunt(command::hunt::Args),
    /// Check, test and list rules.
    #[command(subcommand)]
    Rules(command::rules::Command),
    /// Judge a recording again, by one set of rules or two.
    Replay(command::replay::Args),
    /// Find vulnerable packages and secrets in a host, a folder, an image or an SBOM.
    #[command(subcommand)]
    Scan(Box<command::scan::Command>),
    /// What of each rule can be refused here, by which means, and why not more.
    #[command(subcommand)]
    Prevent(command::prevent::Command),
    /// What the sensor sees, and what it cannot see.
    #[command(subcommand)]
    Sensor(command::sensor::Command),
    /// The advisory database: update it, look into it.
    #[command(subcommand)]
    Db(command::db::Command),
    /// Run safe attack emulations and tell which were seen.
    Verify(command::verify::Args),
    /// People who may sign in.
    #[command(subcommand)]
    User(command::user::Command),
    /// The configuration in force, and its schema.
    #[command(subcommand)]
    Config(command::config::Command),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    output::logging(cli.global.verbose);
    let result = match cli.command {
        Command::Up(args) => command::up::run(&cli.global, args),
        Command::Hunt(args) => command::hunt::run(&cli.global, args),
        Command::Rules(command) => command::rules::run(&cli.global, command),
        Command::Replay(args) => command::replay::run(&cli.global, args),
        Command::Scan(command) => command::scan::run(&cli.global, &command),
        Command::Prevent(command) => command::prevent::run(&cli.global, command),
        Command::Sensor(command) => command::sensor::run(&cli.global, command),
        Command::Db(command) => command::db::run(&cli.global, command),
        Command::Verify(args) => command::verify::run(&cli.global, args),
        Command::User(command) => command::user::run(&cli.global, command),
        Command::Config(command) => command::config::run(&cli.global, command),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            output::failure(&failure);
            failure.code()
        }
    }
}

impl Global {
    /// The configuration: file, environment, and the flags over both.
    fn load(&self) -> Result<yagura_rt::Config, Failure> {
        let mut config =
            yagura_rt::Config::load(self.config.as_deref(), std::env::vars()).map_err(Failure::usage)?;
        if let Some(data) = &self.data {
            config.data = Some(data.clone());
        }
        Ok(config)
    }

    /// The configuration and the data directory that follows from it.
    fn load_with_data(&self) -> Result<(yagura_rt::Config, PathBuf), Failure> {
        let config = self.load()?;
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let data = config.data_dir(rustix::process::geteuid().is_root(), home.as_deref());
        Ok((config, data))
    }
}
