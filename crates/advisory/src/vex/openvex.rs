//! OpenVEX 0.2: statements with a vulnerability, products and a status.

use serde_json::Value;

use super::{Applied, Found, Statement, Status};
use crate::source::{json_text, json_texts};

/// Collects a document's statements.
pub(super) fn read(value: &Value, found: &mut Found) {
    let author = json_text(value, "author").to_owned();
    let time = json_text(value, "timestamp").to_owned();
    for (index, statement) in
        value.get("statements").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        let Some(status) = Status::parse(json_text(statement, "status")) else {
            found.wrong.push(format!(
                "statement {}: `{}` is no status",
                index + 1,
                json_text(statement, "status")
            ));
            continue;
        };
        let names = match statement.get("vulnerability") {
            Some(Value::String(name)) => vec![name.clone()],
            Some(vulnerability) => {
                let mut names = json_texts(vulnerability, "aliases");
                names.extend(
                    [json_text(vulnerability, "name"), json_text(vulnerability, "@id")].map(str::to_owned),
                );
                names
            }
            None => Vec::new(),
        };
        let products: Vec<String> = statement
            .get("products")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .flat_map(purls)
            .collect();
        if names.iter().all(String::is_empty) || products.is_empty() {
            found.wrong.push(format!("statement {}: it names no vulnerability or no product", index + 1));
            continue;
        }
        let said = json_text(statement, "timestamp");
        let reason = [
            json_text(statement, "impact_statement"),
            json_text(statement, "action_statement"),
            json_text(statement, "status_notes"),
        ];
        let made = Statement {
            products,
            time: if said.is_empty() { time.clone() } else { said.to_owned() },
            applied: Applied {
                status,
                justification: json_text(statement, "justification").to_owned(),
                reason: reason.into_iter().find(|text| !text.is_empty()).unwrap_or_default().to_owned(),
                author: author.clone(),
                document: found.document.to_owned(),
            },
        };
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            let name = name.rsplit('/').next().unwrap_or(&name).to_owned();
            found.statements.push((name, made.clone()));
        }
    }
}

// A product names itself, and its parts where the statement is about those: then only the parts are meant.
fn purls(product: &Value) -> Vec<String> {
    let own = |value: &Value| {
        let identifier = value.get("identifiers").map(|ids| json_text(ids, "purl")).unwrap_or_default();
        let id = value.as_str().unwrap_or_else(|| json_text(value, "@id"));
        [identifier, id].into_iter().find(|text| text.starts_with("pkg:")).map(str::to_owned)
    };
    let parts: Vec<String> = product
        .get("subcomponents")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(own)
        .collect();
    if parts.is_empty() { own(product).into_iter().collect() } else { parts }
}
