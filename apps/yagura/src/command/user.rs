//! `yagura user`: who may sign in, and a way back in for who lost the password.

use std::{io::BufRead, process::ExitCode};

use yagura_state::{By, Password, State};

use crate::{
    Global,
    command::up::{open_state, setup_address},
    output::{self, Failure},
};

#[derive(clap::Subcommand)]
pub enum Command {
    /// List who may sign in.
    List,
    /// Set somebody's password, read from standard input, and end their sessions.
    #[command(
        after_help = "Needs to be run by root or by who runs `yagura up`.\n\nExample:\n  sudo yagura user password ada"
    )]
    Password {
        /// Name they sign in with.
        name: String,
    },
    /// Print a new one-time address with which the first administrator chooses name and password.
    Invite,
}

/// Runs the command.
pub fn run(global: &Global, command: Command) -> Result<ExitCode, Failure> {
    let (config, data) = global.load_with_data()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::run)?;
    runtime.block_on(async {
        let state = open_state(&data).await?;
        match command {
            Command::List => list(&state).await,
            Command::Password { name } => password(&state, &name).await,
            Command::Invite => {
                let token = state.setup_token_create(yagura_rt::now()).await.map_err(|error| {
                    Failure::run(error)
                        .hint("`yagura user list` shows who may sign in, `yagura user password` helps them")
                })?;
                output::print(&format!("{}\n", setup_address(config.server.listen, token.reveal())));
                Ok(())
            }
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn list(state: &State) -> Result<(), Failure> {
    let users = state.user_list().await.map_err(Failure::run)?;
    let row = |user: &yagura_state::User| {
        vec![user.name.clone(), user.role.name().to_owned(), user.created.to_rfc3339()]
    };
    output::table(&["name", "role", "added"], &users.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

async fn password(state: &State, name: &str) -> Result<(), Failure> {
    eprintln!("New password for {name} (at least 12 characters, not hidden while you type):");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Failure::usage)?;
    let password = Password::new(line.trim_end_matches(['\r', '\n'])).map_err(Failure::usage)?;
    let by = By { actor: "local", address: None, time: yagura_rt::now() };
    state.user_set_password(name, &password, by).await.map_err(Failure::usage)?;
    eprintln!("The password of {name} is set; their sessions have ended.");
    Ok(())
}
