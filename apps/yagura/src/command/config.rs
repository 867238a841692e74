//! `yagura config`: the configuration in force, and its schema.

use std::process::ExitCode;

use crate::{
    Global,
    output::{self, Failure},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Print the configuration in force: file, environment and defaults together, as TOML.
    Show,
    /// Print the JSON Schema of the configuration file.
    Schema,
}

/// Runs the command.
pub fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Show => {
            let (mut config, data) = global.load_with_data()?;
            config.data = Some(data);
            output::print(&config.to_toml());
        }
        Command::Schema => output::json(&yagura_rt::Config::schema())?,
    }
    Ok(ExitCode::SUCCESS)
}
