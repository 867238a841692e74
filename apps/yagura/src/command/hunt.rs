//! `yagura hunt`: SQL over everything stored.

use std::{io::Read, process::ExitCode, time::Duration};

use serde_json::Value;
use yagura_api::QueryWire;
use yagura_lake::{Lake, QueryLimits};

use crate::{
    Global,
    control::Control,
    output::{self, Failure},
    system::query_wire,
};

/// Ask everything that was stored, in SQL.
///
/// Tables: events (all of them), process_activity, file_activity, network_activity, kernel_activity,
/// kernel_extension_activity, memory_activity. `DESCRIBE events` lists the columns.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  yagura hunt \"SELECT time, process_name, file_path FROM file_activity \
                        WHERE file_path LIKE '/etc/%' ORDER BY time DESC LIMIT 20\"")]
pub struct Args {
    /// The query; `-` reads it from standard input.
    sql: String,
    /// How to print the answer.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Most rows to print.
    #[arg(long, default_value_t = 10_000)]
    limit: usize,
    /// Seconds after which the query is given up (without a running server).
    #[arg(long, default_value_t = 120)]
    timeout: u64,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// Runs the command: through the running server where there is one, else on the stored files.
pub fn run(global: &Global, args: Args) -> Result<ExitCode, Failure> {
    let (_, data) = global.load_with_data()?;
    let sql = match args.sql.as_str() {
        "-" => {
            let mut text = String::new();
            std::io::stdin().take(1 << 20).read_to_string(&mut text).map_err(Failure::usage)?;
            text
        }
        _ => args.sql.clone(),
    };
    let answer = match Control::connect(&data) {
        Some(control) => ask(&control, &sql, args.limit)?,
        None => read(&data, &sql, &args)?,
    };
    print(&answer, args.format)?;
    if answer.truncated {
        eprintln!(
            "note: there are more rows than {}; raise --limit or add LIMIT and ORDER BY",
            answer.rows.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(control: &Control, sql: &str, limit: usize) -> Result<QueryWire, Failure> {
    let body = serde_json::json!({ "sql": sql, "limit": limit });
    let answer = control.ask("POST", "/v1/hunt", Some(&body)).map_err(Failure::usage)?;
    serde_json::from_value(answer).map_err(Failure::run)
}

fn read(data: &std::path::Path, sql: &str, args: &Args) -> Result<QueryWire, Failure> {
    let dir = data.join("lake");
    if !dir.is_dir() {
        return Err(Failure::run(anyhow::anyhow!("no events are stored in {}", dir.display()))
            .hint("start `yagura up`, or name the data directory with --data"));
    }
    let lake = Lake::open_read_only(&dir).map_err(Failure::run)?;
    let limits = QueryLimits {
        rows_max: args.limit,
        time_max: Duration::from_secs(args.timeout),
        ..QueryLimits::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::run)?;
    let answer = runtime.block_on(lake.query(sql, limits)).map_err(Failure::usage)?;
    Ok(query_wire(answer))
}

fn print(answer: &QueryWire, format: Format) -> Result<(), Failure> {
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    match format {
        Format::Table => {
            let rows: Vec<Vec<String>> =
                answer.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
            output::table(&names, &rows);
            eprintln!("{} in {} ms", output::count(answer.rows.len() as u64, "row"), answer.elapsed_ms);
        }
        Format::Json => {
            let object = |row: &Vec<Value>| -> Value {
                names
                    .iter()
                    .map(|name| (*name).to_owned())
                    .zip(row.iter().cloned())
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            };
            output::json(&answer.rows.iter().map(object).collect::<Vec<Value>>())?;
        }
        Format::Csv => {
            let mut text = csv_line(names.iter().map(|name| (*name).to_owned()));
            for row in &answer.rows {
                text.push_str(&csv_line(row.iter().map(cell)));
            }
            output::print(&text);
        }
    }
    Ok(())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

// RFC 4180, with line feeds alone as other command-line tools expect.
fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let quoted = cells.map(|cell| {
        if cell.contains(['"', ',', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}
