//! What a person at a terminal gets to see: tables, failures with a hint, log lines.

use std::{
    fmt::Display,
    io::{IsTerminal, Write},
    process::ExitCode,
};

/// A command that did not do what it was asked. The code is the program's exit code: 2 for usage, 3 for could not run.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    error: anyhow::Error,
    hint: Option<String>,
}

impl Failure {
    /// The user asked for something that makes no sense.
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self { code: 2, error: error.into(), hint: None }
    }

    /// The system did not let it happen.
    pub fn run(error: impl Into<anyhow::Error>) -> Self {
        Self { code: 3, error: error.into(), hint: None }
    }

    /// Adds what the user can do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What went wrong, without code and hint.
    pub fn into_error(self) -> anyhow::Error {
        self.error
    }

    /// The program's exit code.
    pub fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

/// Prints a failure with its causes and its hint to standard error.
pub fn failure(failure: &Failure) {
    eprintln!("error: {}", failure.error);
    for cause in failure.error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
    if let Some(hint) = &failure.hint {
        eprintln!("hint: {hint}");
    }
}

/// Starts logging to standard error. `RUST_LOG` stands over the flags.
pub fn logging(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| format!("{level},sqlx=warn,datafusion=warn").into());
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour).init();
}

/// Prints rows in columns as wide as their content; a cell's line breaks become blanks.
pub fn table(header: &[&str], rows: &[Vec<String>]) {
    let clean = |cell: &str| {
        cell.replace(['\n', '\r', '\t'], " ").chars().filter(|c| !c.is_control()).collect::<String>()
    };
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| clean(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0).min(CELL_CHARS_MAX)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    line(&mut text, header, &widths);
    for row in &rows {
        line(&mut text, row, &widths);
    }
    print(&text);
}

// Wider cells are cut in a table; JSON and CSV have them whole.
const CELL_CHARS_MAX: usize = 80;

fn line<T: AsRef<str>>(text: &mut String, cells: &[T], widths: &[usize]) {
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let cell = cell.as_ref();
        let long = cell.chars().count() > *width;
        let shown: String =
            if long { cell.chars().take(width - 1).chain(['…']).collect() } else { cell.to_owned() };
        if index + 1 == widths.len() {
            text.push_str(&shown);
        } else {
            text.push_str(&format!("{shown:<width$}  "));
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
}

/// Prints a JSON value, indented.
pub fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::run)?;
    print(&format!("{text}\n"));
    Ok(())
}

/// Prints text; a reader that went away (`| head`) is no error.
pub fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// A count with its noun: `1 rule`, `2 rules`.
pub fn count(number: impl Into<u64> + Display + Copy, noun: &str) -> String {
    format!("{number} {noun}{}", if number.into() == 1 { "" } else { "s" })
}
