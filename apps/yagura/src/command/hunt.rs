//! `yagura hunt`: SQL over everything stored.

use std::{io::Read, process::ExitCode, time::Duration};

use serde_json::Value;
use yagura_api::QueryWire;
use yagura_lake::{Lake, LakeError, QueryLimits};

use crate::{
    Global,
    control::{Control, Refused},
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
        let rows = answer.rows.len();
        let more =
            if rows < args.limit { "a server returns at most so many at once" } else { "raise --limit" };
        eprintln!("note: there are more rows than {rows}; {more}, or narrow the question");
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(control: &Control, sql: &str, limit: usize) -> Result<QueryWire, Failure> {
    let body = serde_json::json!({ "sql": sql, "limit": limit });
    let answer = control.ask("POST", "/v1/hunt", Some(&body)).map_err(Refused::failure)?;
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
    let answer = runtime.block_on(lake.query(sql, limits)).map_err(|error| match error {
        LakeError::Sql { .. } | LakeError::NotAllowed(_) => Failure::usage(error),
        _ => Failure::run(error),
    })?;
    // A server counts these on the Sensor page; here nobody else would tell.
    for file in lake.stats().map(|stats| stats.damaged).unwrap_or_default() {
        eprintln!(
            "warning: {} was left out: {}",
            output::escaped(&file.path.display().to_string()),
            file.reason
        );
    }
    Ok(query_wire(answer))
}

fn print(answer: &QueryWire, format: Format) -> Result<(), Failure> {
    match format {
        Format::Table => {
            let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
            let rows: Vec<Vec<String>> = answer
                .rows
                .iter()
                .map(|row| row.iter().map(|value| text(value).unwrap_or_else(|| NULL.to_owned())).collect())
                .collect();
            output::table(&names, &rows);
            eprintln!("{} in {} ms", output::count(answer.rows.len() as u64, "row"), answer.elapsed_ms);
        }
        Format::Json => output::json(&objects(answer))?,
        Format::Csv => output::print(&csv(answer)),
    }
    Ok(())
}

// How a table shows that there is no value; an empty text shows as nothing.
const NULL: &str = "NULL";

// Every row as an object. A second column of the same name gets a number: an object has each name once.
fn objects(answer: &QueryWire) -> Vec<Value> {
    let mut names: Vec<String> = Vec::with_capacity(answer.columns.len());
    for column in &answer.columns {
        let mut name = column.name.clone();
        let mut number = 1;
        while names.contains(&name) {
            number += 1;
            name = format!("{}_{number}", column.name);
        }
        names.push(name);
    }
    let object = |row: &Vec<Value>| -> Value {
        names.iter().cloned().zip(row.iter().cloned()).collect::<serde_json::Map<_, _>>().into()
    };
    answer.rows.iter().map(object).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

// RFC 4180, with line feeds alone as other command-line tools expect. No value is an empty field, an empty text a pair
// of quotes.
fn csv(answer: &QueryWire) -> String {
    let field = |text: Option<String>| match text {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains(['"', ',', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text,
    };
    let line = |fields: Vec<String>| fields.join(",") + "\n";
    let header = answer.columns.iter().map(|column| field(Some(column.name.clone()))).collect();
    let rows = answer.rows.iter().map(|row| row.iter().map(|value| field(text(value))).collect());
    std::iter::once(header).chain(rows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use yagura_api::QueryColumn;

    use super::*;

    fn answer() -> QueryWire {
        let column = |name: &str| QueryColumn { name: name.to_owned(), data_type: "text".to_owned() };
        QueryWire {
            columns: ["a", "a", "b,c"].map(column).to_vec(),
            rows: vec![
                vec![json!("x\"y,\nz"), json!(null), json!("")],
                vec![json!(18_446_744_073_709_551_615_u64), json!(["日本", null]), json!(true)],
            ],
            truncated: false,
            elapsed_ms: 1,
        }
    }

    #[test]
    fn csv_quotes_and_tells_nothing_from_empty() {
        let expected =
            "a,a,\"b,c\"\n\"x\"\"y,\nz\",,\"\"\n18446744073709551615,\"[\"\"日本\"\",null]\",true\n";
        assert_eq!(csv(&answer()), expected);
    }

    #[test]
    fn objects_have_every_column_even_of_the_same_name() {
        assert_eq!(objects(&answer())[0], json!({ "a": "x\"y,\nz", "a_2": null, "b,c": "" }));
    }
}
