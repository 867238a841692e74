//! [`check`]: refuses statements whose plan would cost more than the query could ever be charged for.
//!
//! Time and memory of a running query are limited elsewhere; planning is not. Depth costs stack, and names of WITH that
//! stand for each other double the plan at every step.

use std::{collections::BTreeMap, ops::ControlFlow};

use datafusion::{
    common::DataFusionError,
    sql::{
        parser::{DFParser, Statement},
        sqlparser::{
            ast::{Query, Visit, Visitor, visit_relations},
            dialect::GenericDialect,
            tokenizer::{Token, Tokenizer},
        },
    },
};

use crate::limits::{SQL_TABLES_MAX, SQL_TOKENS_MAX};

/// Functions that make much of little: one call can fill the memory before any limit is asked.
pub(crate) const AMPLIFIERS: [&str; 11] = [
    "repeat",
    "lpad",
    "rpad",
    "array_repeat",
    "list_repeat",
    "array_resize",
    "list_resize",
    "range",
    "generate_series",
    "gen_series",
    "space",
];

/// Refuses what is too deep or too wide to be planned.
pub(crate) fn check(sql: &str) -> Result<(), DataFusionError> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize();
    // What cannot be read is refused by the parser, in its own words.
    let Ok(tokens) = tokens else { return Ok(()) };
    let counted = |token: &&Token| {
        !matches!(
            token,
            Token::Whitespace(_)
                | Token::Comma
                | Token::Number(..)
                | Token::SingleQuotedString(_)
                | Token::EOF
        )
    };
    let count = tokens.iter().filter(counted).count();
    if count > SQL_TOKENS_MAX {
        return Err(too_complex(&format!(
            "it has {count} words and signs, at most {SQL_TOKENS_MAX} are accepted (a list of values may be long)"
        )));
    }
    let Ok(statements) = DFParser::parse_sql(sql) else { return Ok(()) };
    for statement in &statements {
        if tables(statement) > SQL_TABLES_MAX {
            return Err(too_complex(&format!(
                "with its WITH parts put in their places it reads more than {SQL_TABLES_MAX} tables"
            )));
        }
    }
    Ok(())
}

fn too_complex(why: &str) -> DataFusionError {
    DataFusionError::Plan(format!("the statement is too complex: {why}"))
}

// How many tables are read once every name of a WITH is put in its place.
fn tables(statement: &Statement) -> u64 {
    let statement = match statement {
        Statement::Statement(statement) => &**statement,
        Statement::Explain(explain) => return tables(&explain.statement),
        _ => return 0,
    };
    let mut parts = Parts::default();
    loop {
        parts.changed = false;
        let _ = statement.visit(&mut parts);
        let total = parts.weigh(statement, None);
        if !parts.changed || total > SQL_TABLES_MAX {
            return total;
        }
    }
}

/// What each name of a WITH stands for, in tables. Grows until nothing changes.
#[derive(Default)]
struct Parts {
    tables: BTreeMap<String, u64>,
    changed: bool,
}

impl Parts {
    fn weigh(&self, node: &impl Visit, own: Option<&str>) -> u64 {
        let mut total = 0_u64;
        let _ = visit_relations(node, |name| {
            let name = name.to_string().to_lowercase();
            let weight = if own == Some(&name) { 1 } else { self.tables.get(&name).copied().unwrap_or(1) };
            total = total.saturating_add(weight);
            ControlFlow::<()>::Continue(())
        });
        total
    }
}

impl Visitor for Parts {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for part in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = part.alias.name.to_string().to_lowercase();
            let weight = self.weigh(&*part.query, Some(&name)).min(SQL_TABLES_MAX + 1);
            let known = self.tables.entry(name).or_insert(1);
            if weight > *known {
                *known = weight;
                self.changed = true;
            }
        }
        ControlFlow::Continue(())
    }
}
