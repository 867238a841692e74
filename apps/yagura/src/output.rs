//! What a person at a terminal gets to see: tables, failures with a hint, log lines.

use std::{
    fmt::Display,
    io::{IsTerminal, Write},
    process::ExitCode,
};

use unicode_width::UnicodeWidthChar;

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
    eprintln!("error: {}", escaped_lines(&failure.error.to_string()));
    for cause in failure.error.chain().skip(1) {
        eprintln!("  because: {}", escaped_lines(&cause.to_string()));
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

/// Prints rows in columns as wide as their content. What a terminal would act on is escaped: data must not move the
/// cursor, change colours or turn the direction of text.
pub fn table(header: &[&str], rows: &[Vec<String>]) {
    print(&table_text(header, rows));
}

fn table_text(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|cell| escaped(cell)).collect();
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell));
        cells.chain([columns(&header[column])]).max().unwrap_or(0).min(CELL_COLUMNS_MAX)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    line(&mut text, &header, &widths);
    for row in &rows {
        line(&mut text, row, &widths);
    }
    text
}

// Wider cells are cut in a table; JSON and CSV have them whole.
const CELL_COLUMNS_MAX: usize = 80;

/// The text with everything escaped that a terminal would act on instead of showing it.
pub fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let is_direction =
            matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if character.is_control() || is_direction {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

// As `escaped`, but lines stay lines: an error may quote data.
fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// Columns of a terminal that the text takes: two for most East Asian characters, none for marks that join others.
fn columns(text: &str) -> usize {
    text.chars().map(character_columns).sum()
}

fn character_columns(character: char) -> usize {
    UnicodeWidthChar::width(character).unwrap_or(0)
}

fn line<T: AsRef<str>>(text: &mut String, cells: &[T], widths: &[usize]) {
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let cell = cell.as_ref();
        let shown = fitted(cell, *width);
        text.push_str(&shown);
        if index + 1 < widths.len() {
            text.extend(std::iter::repeat_n(' ', width - columns(&shown) + 2));
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
}

// The text, cut to so many columns; the cut shows.
fn fitted(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += character_columns(character);
        if used >= width {
            break;
        }
        shown.push(character);
    }
    shown.push('…');
    shown
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_shows_data_and_does_not_obey_it() {
        for (text, shown) in [
            ("plain 日本語 é", "plain 日本語 é"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}", "\\u{1b}[2J\\u{1b}]0;title\\u{7}"),
            ("two\nlines\tand\r", "two\\nlines\\tand\\r"),
            ("a\u{202e}txt.exe", "a\\u{202e}txt.exe"),
            ("\u{9b}31m", "\\u{9b}31m"),
        ] {
            assert_eq!(escaped(text), shown);
        }
    }

    #[test]
    fn columns_line_up_for_wide_characters_and_long_cells_are_cut() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let long = "長".repeat(50);
        let text = table_text(&["name", "n"], &[row(["日本", "1"]), row(["ab", "2"]), row([&long, "3"])]);
        let lines: Vec<&str> = text.lines().collect();
        let at = |line: &str| columns(&line[..line.rfind(' ').expect("two columns")]);
        assert_eq!((at(lines[1]), at(lines[2])), (at(lines[0]), at(lines[0])));
        assert!(lines[3].contains('…') && columns(lines[3]) <= CELL_COLUMNS_MAX + 3, "{}", lines[3]);
    }
}
