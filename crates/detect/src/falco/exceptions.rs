//! Reads files of [`Exception`]s: their conditions are in the rules' language, their macros and lists their own.

use std::collections::BTreeSet;

use yagura_event::Timestamp;

use super::{
    LoadOptions,
    collector::Collector,
    compiler::Compiler,
    filter::{Modifier, Operator, OperatorClass},
    problem::{FilePlace, Problem, Problems},
    reader::Reader,
    text::{Files, Text},
    yaml::{self, Node, Yaml},
};
use crate::{
    diagnostic::{FileReport, SourceFile},
    exception::{Exception, ExceptionSet, Known},
    limits::{EXCEPTION_TEXT_BYTES_MAX, EXCEPTIONS_MAX},
};

const KEYS: &[&str] = &["exception", "rule", "condition", "fields", "reason", "owner", "created", "expires"];
const INVALID: &str = "EXCEPTION_INVALID";

/// An exception whose condition is not compiled yet.
struct Draft {
    exception: Exception,
    condition: Text,
    place: FilePlace,
}

/// Reads and compiles the files.
pub(crate) fn load(files: &[SourceFile], known: &Known<'_>) -> (ExceptionSet, Vec<FileReport>) {
    let options = LoadOptions::default();
    let mut problems = Problems::new(files);
    let mut collector = Collector::new(&options);
    let mut drafts = Vec::new();
    for (index, file) in files.iter().enumerate() {
        read_file(index, file, known, &mut collector, &mut drafts, &mut problems);
    }
    let texts = Files::new(files);
    let mut compiler = Compiler::new(&collector, &options, &texts);
    compiler.prepare(&mut problems);
    let mut set = ExceptionSet::default();
    let mut names = BTreeSet::new();
    for draft in drafts {
        if !names.insert(draft.exception.name.clone()) {
            let message = format!("there is an exception `{}` already", draft.exception.name);
            problems.error(Problem::new(INVALID, message, draft.place).help("give each a name of its own"));
            continue;
        }
        match compile(draft, &mut compiler, &mut problems) {
            Ok(exception) => set.exceptions.push(exception),
            Err(problem) => problems.error(problem),
        }
    }
    compiler.warn_unused(&mut problems);
    let mut reports = problems.into_reports();
    for report in &mut reports {
        let own = || set.exceptions.iter().filter(|exception| exception.file == report.file);
        report.rules = own().count();
        report.enabled = own().filter(|exception| !exception.is_expired(known.now)).count();
    }
    (set, reports)
}

fn compile(
    mut draft: Draft,
    compiler: &mut Compiler<'_>,
    problems: &mut Problems,
) -> Result<Exception, Problem> {
    let start = draft.condition.start();
    let lowered = compiler.condition(&mut draft.condition, problems)?;
    if !lowered.fields_missing.is_empty() {
        let fields = Vec::from_iter(lowered.fields_missing).join(", ");
        let message = format!("{fields} is never known here: a comparison with it never holds");
        problems.warn(Problem::new("EXCEPTION_BLIND", message, start));
    }
    draft.exception.expression = lowered.expression;
    Ok(draft.exception)
}

fn read_file(
    index: usize,
    file: &SourceFile,
    known: &Known<'_>,
    collector: &mut Collector<'_>,
    drafts: &mut Vec<Draft>,
    problems: &mut Problems,
) {
    let (documents, error) = yaml::read(&file.text);
    let mut reader = Reader { file: index, collector, problems };
    for document in documents.iter().filter(|document| !document.is_null()) {
        let Some(items) = document.sequence() else {
            let place = reader.place(document);
            reader.problems.error(Problem::new(INVALID, "exceptions are a YAML list", place));
            continue;
        };
        for item in items.iter().filter(|item| !item.is_null()) {
            let result = if item.get("macro").or(item.get("list")).is_some() {
                reader.item(item)
            } else if drafts.len() >= EXCEPTIONS_MAX {
                reader.fail(format!("more than {EXCEPTIONS_MAX} exceptions"), item)
            } else {
                reader.exception(item, &file.name, known).map(|draft| drafts.push(draft))
            };
            if let Err(problem) = result {
                reader.problems.error(problem);
            }
        }
    }
    if let Some(error) = error {
        let place = FilePlace { file: index, place: error.place };
        problems.error(Problem::new("LOAD_ERR_YAML_PARSE", error.message, place));
    }
}

impl Reader<'_, '_> {
    fn exception(&mut self, item: &Node, file: &str, known: &Known<'_>) -> Result<Draft, Problem> {
        if item.get("exception").is_none() {
            let message = "an item is an `exception`, a `macro` or a `list`";
            return Err(Problem::new(INVALID, message, self.place(item))
                .help("write `- exception: what is harmless, in a few words`"));
        }
        self.known_keys(item, KEYS);
        let text = |this: &Self, key: &str| this.short(item, key).map(str::to_owned);
        let name = text(self, "exception")?;
        let rules = self.rules(item, known)?;
        let condition = self.exception_condition(item)?;
        let reason = text(self, "reason").map_err(|problem| {
            problem.help("say why this is harmless: who reads it later must be able to judge")
        })?;
        let owner = item.get("owner").map(|_| text(self, "owner")).transpose()?;
        let created = item.get("created").map(|node| self.day(node, "created")).transpose()?;
        let expires = self.expires(item, known.now)?;
        let exception = Exception {
            name,
            file: file.to_owned(),
            line: u32::try_from(item.span.line).unwrap_or(u32::MAX),
            rules,
            condition: condition.text.clone(),
            reason,
            owner,
            created,
            expires,
            expression: std::sync::Arc::new(crate::ir::Expr::Constant(false)),
        };
        Ok(Draft { exception, condition, place: self.place(item) })
    }

    fn short<'i>(&self, item: &'i Node, key: &str) -> Result<&'i str, Problem> {
        let text = self.required(item, key)?.trim();
        if text.len() > EXCEPTION_TEXT_BYTES_MAX {
            return self.fail(format!("`{key}` is longer than {EXCEPTION_TEXT_BYTES_MAX} bytes"), item);
        }
        Ok(text)
    }

    fn rules(&mut self, item: &Node, known: &Known<'_>) -> Result<Vec<String>, Problem> {
        let Some(node) = item.get("rule") else {
            return self.fail("the exception names no `rule`", item).map_err(|problem: Problem| {
                problem.help("name the rule, or a pattern such as `rule: \"SSH *\"`")
            });
        };
        let nodes = node.sequence().unwrap_or(std::slice::from_ref(node));
        let mut rules = Vec::new();
        for node in nodes {
            let name = self.scalar(node, "rule")?.to_owned();
            if let Some((message, help)) = known.doubt(&name) {
                let mut problem = Problem::new("EXCEPTION_UNKNOWN_RULE", message, self.place(node));
                problem.help = help;
                self.problems.warn(problem);
            }
            rules.push(name);
        }
        if rules.is_empty() { self.fail("`rule` names no rule", node) } else { Ok(rules) }
    }

    fn exception_condition(&self, item: &Node) -> Result<Text, Problem> {
        match (item.get("condition"), item.get("fields")) {
            (Some(_), None) => self.text(item, "condition"),
            (None, Some(fields)) => self.fields(fields),
            (Some(_), Some(fields)) => {
                self.fail("an exception has a `condition` or `fields`, not both", fields)
            }
            (None, None) => Err(Problem::new(
                INVALID,
                "the exception has no `condition` and no `fields`",
                self.place(item),
            )
            .help("say what is harmless; to silence a rule altogether, switch it off instead")),
        }
    }

    // `field: value`, `field: [values]`, `field operator: value`: all must hold.
    fn fields(&self, node: &Node) -> Result<Text, Problem> {
        let entries = node.mapping().unwrap_or_default();
        if entries.is_empty() {
            return self.fail("`fields` maps fields to the values they must have", node);
        }
        let mut text = Text::default();
        for (key, value) in entries {
            let words = key.scalar().unwrap_or_default().trim();
            let (field, operator) = words.split_once(' ').unwrap_or((words, ""));
            let joint = if text.text.is_empty() { "" } else { " and " };
            let part = self.comparison(operator.trim(), key, value)?;
            text.surround("", &format!("{joint}{field} {part}"), self.place(key));
        }
        Ok(text)
    }

    fn comparison(&self, operator: &str, key: &Node, value: &Node) -> Result<String, Problem> {
        let values: Vec<String> = match &value.value {
            Yaml::Sequence(_) => self.texts(value)?.iter().map(|text| quoted(text)).collect(),
            _ => vec![quoted(self.scalar(value, "fields")?)],
        };
        let is_many = value.sequence().is_some();
        if operator.is_empty() {
            let list = format!("in ({})", values.join(", "));
            return Ok(if is_many { list } else { format!("= {}", values.join("")) });
        }
        let Some((known, modifier)) = Operator::with_modifier(operator) else {
            let message = format!("`{operator}` is not a supported comparison operator");
            return Err(Problem::new(INVALID, message, self.place(key))
                .help("for example: startswith, endswith, contains, glob, in, pmatch"));
        };
        if known.class() == OperatorClass::List || modifier != Modifier::None {
            return Ok(format!("{operator} ({})", values.join(", ")));
        }
        // Several values for an operator that takes one: any of them will do.
        Ok(if is_many {
            format!("{operator} anyof ({})", values.join(", "))
        } else {
            format!("{operator} {}", values.join(""))
        })
    }

    fn expires(&mut self, item: &Node, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
        let Some(node) = item.get("expires") else {
            return Err(Problem::new(INVALID, "the exception has no `expires`", self.place(item))
                .help("the last day on which it counts, as in `expires: 2027-06-30`, or `never`"));
        };
        if self.scalar(node, "expires")? == "never" {
            return Ok(None);
        }
        let last = self.day(node, "expires")?;
        const DAY_NANOS: i64 = 86_400_000_000_000;
        let end = Timestamp::from_nanos(last.nanos().saturating_add(DAY_NANOS));
        if end <= now {
            let message = "this exception has run out and no longer counts";
            let problem = Problem::new("EXCEPTION_EXPIRED", message, self.place(node));
            self.problems.warn(problem.help("remove it, or give it a new day if its reason still holds"));
        }
        Ok(Some(end))
    }

    fn day(&self, node: &Node, key: &str) -> Result<Timestamp, Problem> {
        let text = self.scalar(node, key)?;
        Timestamp::parse_day(text).ok_or_else(|| {
            Problem::new(INVALID, format!("`{text}` is no day"), self.place(node))
                .help(format!("write year, month and day, as in `{key}: 2027-06-30`"))
        })
    }
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\");
    let quote = if text.contains('"') && !text.contains('\'') { '\'' } else { '"' };
    let inner = if quote == '"' { text.replace('"', "\\\"") } else { text };
    format!("{quote}{inner}{quote}")
}
