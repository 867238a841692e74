//! Makes rules of what was collected: lists and exceptions are put into conditions as text, macros as expressions.

use std::collections::BTreeSet;

use yagura_event::{EventKind, RuleLanguage};

use super::{
    LoadOptions,
    collector::{Collector, Entry, Exception, Item, RuleItem},
    filter::{self, Modifier, Operator, OperatorClass},
    lower::{self, LowerError, Lowered, Macros},
    problem::{Problem, Problems},
    text::Text,
};
use crate::{
    compile::graph::{Folding, Graph},
    diagnostic::SourceFile,
    limits::{CONDITION_BYTES_MAX, LIST_ITEMS_MAX, MACRO_DEPTH_MAX},
    output::Template,
    rule::{Rule, RuleSet},
};

const CONDITION: &str = "LOAD_ERR_COMPILE_CONDITION";
const OUTPUT: &str = "LOAD_ERR_COMPILE_OUTPUT";

/// A rule that can be triggered by so many kinds of event is probably missing an `evt.type`.
const EVENT_KINDS_WARN: usize = 60;

/// Makes rules.
pub(super) struct Compiler<'c> {
    collector: &'c Collector<'c>,
    options: &'c LoadOptions,
    files: &'c [SourceFile],
    lists: Vec<ListText>,
    macros: Vec<MacroState>,
}

struct ListText {
    name: String,
    // The items as they stand in a condition, with commas between.
    text: String,
    is_used: bool,
}

struct MacroState {
    syntax: Result<filter::Ast, ()>,
    lowered: Option<Result<Lowered, ()>>,
    is_open: bool,
    is_used: bool,
}

impl<'c> Compiler<'c> {
    pub(super) fn new(
        collector: &'c Collector<'c>,
        options: &'c LoadOptions,
        files: &'c [SourceFile],
    ) -> Self {
        Self { collector, options, files, lists: Vec::new(), macros: Vec::new() }
    }

    pub(super) fn compile(mut self, problems: &mut Problems) -> RuleSet {
        self.expand_lists(problems);
        self.parse_macros(problems);
        for at in 0..self.macros.len() {
            self.lower_macro(at, 0, problems);
        }
        let mut rules = RuleSet::default();
        for item in &self.collector.rules.all {
            if !item.value.is_source_known {
                continue;
            }
            match self.rule(item, problems) {
                Ok(Some(rule)) => rules.rules.push(rule),
                Ok(None) => {}
                Err(problem) => problems.error(problem),
            }
        }
        if self.options.warn_unused {
            self.warn_unused(problems);
        }
        rules
    }

    // A list's items may name earlier lists; one level is put in, as Falco does.
    fn expand_lists(&mut self, problems: &mut Problems) {
        let lists = &self.collector.lists;
        let mut used = BTreeSet::new();
        for list in &lists.all {
            let mut items: Vec<&str> = Vec::new();
            for item in &list.value.items {
                match lists.get(item) {
                    Some((at, named)) if named.index < list.visibility => {
                        used.insert(at);
                        items.extend(named.value.items.iter().map(String::as_str));
                    }
                    _ => items.push(item),
                }
            }
            let mut text =
                items.iter().take(LIST_ITEMS_MAX).map(|item| quote(item)).collect::<Vec<_>>().join(", ");
            if items.len() > LIST_ITEMS_MAX || text.len() > CONDITION_BYTES_MAX {
                let message = format!("list `{}` is too long", list.name);
                problems.error(Problem::new("LOAD_ERR_VALIDATE", message, list.place));
                text.clear();
            }
            self.lists.push(ListText { name: list.name.clone(), text, is_used: false });
        }
        for at in used {
            self.lists[at].is_used = true;
        }
    }

    fn parse_macros(&mut self, problems: &mut Problems) {
        for item in &self.collector.macros.all {
            let mut condition = item.value.condition.clone();
            let syntax = self.parse(&mut condition).map_err(|problem| problems.error(problem));
            self.macros.push(MacroState { syntax, lowered: None, is_open: false, is_used: false });
        }
    }

    fn parse(&mut self, condition: &mut Text) -> Result<filter::Ast, Problem> {
        for list in &mut self.lists {
            list.is_used |= put_in_list(condition, &list.name, &list.text);
            if condition.text.len() > CONDITION_BYTES_MAX {
                let message = format!("longer than {CONDITION_BYTES_MAX} bytes with its lists put in");
                return Err(Problem::new(CONDITION, message, condition.start()));
            }
        }
        filter::parse(&condition.text).map_err(|error| {
            let mut problem =
                Problem::new(CONDITION, error.message, condition.place(error.at, 1, self.files));
            problem.help = error.help;
            problem
        })
    }

    fn lower_macro(&mut self, at: usize, depth: usize, problems: &mut Problems) {
        if self.macros[at].lowered.is_some() {
            return;
        }
        let item = &self.collector.macros.all[at];
        let Ok(syntax) = self.macros[at].syntax.clone() else {
            self.macros[at].lowered = Some(Err(()));
            return;
        };
        self.macros[at].is_open = true;
        let mut scope =
            MacroScope { compiler: self, visibility: item.visibility, depth: depth + 1, problems };
        let result = lower::lower(&syntax, &mut scope);
        self.macros[at].is_open = false;
        let doubts = result.as_ref().map_or(0, |lowered| lowered.warnings.len());
        // Places are wanted only where there is something to say.
        let condition = if result.is_err() || doubts > 0 {
            self.with_lists(&item.value.condition)
        } else {
            Text::default()
        };
        self.macros[at].lowered = Some(match result {
            Ok(mut lowered) => {
                self.warn(std::mem::take(&mut lowered.warnings), &condition, problems);
                Ok(lowered)
            }
            Err(error) => {
                problems.error(located(CONDITION, error, &condition, self.files));
                Err(())
            }
        });
    }

    fn with_lists(&self, condition: &Text) -> Text {
        let mut condition = condition.clone();
        for list in &self.lists {
            put_in_list(&mut condition, &list.name, &list.text);
        }
        condition
    }

    fn warn(&self, warnings: Vec<LowerError>, condition: &Text, problems: &mut Problems) {
        for warning in warnings {
            problems.warn(located("LOAD_COMPILE_CONDITION", warning, condition, self.files));
        }
    }

    fn rule(&mut self, item: &Item<RuleItem>, problems: &mut Problems) -> Result<Option<Rule>, Problem> {
        let rule = &item.value;
        let mut output = rule.output.clone();
        while let Some(start) = output.text.find("%container.info") {
            output.replace(start, start + "%container.info".len(), "");
            let message =
                "%container.info is deprecated: the container's id and name are added to every output";
            problems.warn(Problem::new("LOAD_DEPRECATED_ITEM", message, item.place));
        }
        let template = match Template::with_suggested(&output.text) {
            Ok(template) => template,
            Err(error) => {
                let mut problem =
                    Problem::new(OUTPUT, error.message, output.place(error.at, error.length, self.files));
                problem.help = error.help;
                if error.is_unknown_name && rule.skip_if_unknown_filter {
                    problem.code = "LOAD_UNKNOWN_FILTER";
                    problems.warn(problem);
                    return Ok(None);
                }
                return Err(problem);
            }
        };
        let mut condition = rule.condition.clone();
        put_in_exceptions(&mut condition, &rule.exceptions)?;
        let syntax = self.parse(&mut condition)?;
        let mut scope = MacroScope { compiler: self, visibility: usize::MAX, depth: 0, problems };
        let mut lowered = match lower::lower(&syntax, &mut scope) {
            Ok(lowered) => lowered,
            Err(error) if error.is_unknown_name && rule.skip_if_unknown_filter => {
                problems.warn(located("LOAD_UNKNOWN_FILTER", error, &condition, self.files));
                return Ok(None);
            }
            Err(error) => return Err(located(CONDITION, error, &condition, self.files)),
        };
        self.warn(std::mem::take(&mut lowered.warnings), &condition, problems);
        if lowered.uses_direction || output.text.contains("evt.dir") {
            let message = "`evt.dir` is deprecated: there are exit events only, so it is always `<`";
            problems.warn(Problem::new("LOAD_DEPRECATED_ITEM", message, item.place));
        }
        if rule.warn_evttypes && count_kinds(&lowered) >= EVENT_KINDS_WARN {
            let message = "rule matches too many evt.type values, which costs performance";
            problems.warn(
                Problem::new("LOAD_NO_EVTTYPE", message, item.place)
                    .help("compare `evt.type` with the calls that matter, or set `warn_evttypes: false`"),
            );
        }
        Ok(Some(Rule {
            name: item.name.clone(),
            language: RuleLanguage::Falco,
            file: self.files[item.place.file].name.clone(),
            line: u32::try_from(item.place.place.line).unwrap_or(u32::MAX),
            description: rule.description.clone(),
            condition: rule.condition.text.clone(),
            output: rule.output.text.clone(),
            priority: rule.priority,
            tags: rule.tags.clone(),
            source: rule.source.clone(),
            enabled: rule.enabled,
            capture: rule.capture,
            capture_duration_ms: rule.capture_duration_ms,
            fields_missing: lowered.fields_missing,
            expression: lowered.expression,
            template: template.into(),
        }))
    }

    fn warn_unused(&self, problems: &mut Problems) {
        for (state, item) in self.macros.iter().zip(&self.collector.macros.all) {
            if !state.is_used {
                let message = format!("macro `{}` not referred to by any other rule/macro", item.name);
                problems.warn(Problem::new("LOAD_UNUSED_MACRO", message, item.place));
            }
        }
        for (list, item) in self.lists.iter().zip(&self.collector.lists.all) {
            if !list.is_used {
                let message = format!("list `{}` not referred to by any other rule/macro", item.name);
                problems.warn(Problem::new("LOAD_UNUSED_LIST", message, item.place));
            }
        }
    }
}

fn located(code: &'static str, error: LowerError, condition: &Text, files: &[SourceFile]) -> Problem {
    let mut problem = Problem::new(code, error.message, condition.place(error.at, error.length, files));
    problem.help = error.help;
    problem
}

fn count_kinds(lowered: &Lowered) -> usize {
    let mut graph = Graph::default();
    let root = graph.add(&lowered.expression);
    EventKind::ALL
        .iter()
        .filter(|kind| {
            let folded = Folding::new(**kind).fold(&mut graph, root);
            !graph.is_false(folded)
        })
        .count()
}

struct MacroScope<'s, 'c> {
    compiler: &'s mut Compiler<'c>,
    visibility: usize,
    depth: usize,
    problems: &'s mut Problems,
}

impl Macros for MacroScope<'_, '_> {
    fn resolve(&mut self, name: &str, at: usize) -> Result<Lowered, LowerError> {
        let fail = |message: String| LowerError::new(message, at, name.len());
        let macros = &self.compiler.collector.macros;
        let Some((index, _)) = macros.get(name).filter(|(_, item)| item.index < self.visibility) else {
            let mut error = fail(format!("undefined macro `{name}` used in filter"));
            let near = crate::field::nearest(name, macros.all.iter().map(|item| item.name.as_str()));
            error.help = near.filter(|near| *near != name).map(|near| format!("did you mean `{near}`?"));
            return Err(error);
        };
        if self.compiler.macros[index].is_open {
            return Err(fail(format!("reference loop in macro `{name}`")));
        }
        if self.depth > MACRO_DEPTH_MAX {
            return Err(fail(format!("more than {MACRO_DEPTH_MAX} macros name one another in a chain")));
        }
        self.compiler.macros[index].is_used = true;
        self.compiler.lower_macro(index, self.depth, self.problems);
        match &self.compiler.macros[index].lowered {
            Some(Ok(lowered)) => Ok(lowered.clone()),
            _ => Err(fail(format!("macro `{name}` has errors"))),
        }
    }
}

fn quote(item: &str) -> String {
    if item.contains(' ') && !item.starts_with(['"', '\'']) { format!("\"{item}\"") } else { item.to_owned() }
}

/// Puts a list's items in wherever its name stands alone. An empty list takes one neighbouring comma with it.
fn put_in_list(condition: &mut Text, name: &str, items: &str) -> bool {
    let blank = |byte: &u8| b" \t\n\r".contains(byte);
    let ends = |byte: &u8| b" \t\n\r(),=".contains(byte);
    let mut used = false;
    let mut from = 0;
    while let Some(found) = condition.text.get(from..).and_then(|rest| rest.find(name)) {
        let (mut start, mut end) = (from + found, from + found + name.len());
        let bytes = condition.text.as_bytes();
        let alone = bytes[..start].last().is_none_or(ends) && bytes.get(end).is_none_or(ends);
        if !alone {
            from = start + condition.text[start..].chars().next().map_or(1, char::len_utf8);
            continue;
        }
        while bytes[..start].last().is_some_and(blank) {
            start -= 1;
        }
        while bytes.get(end).is_some_and(blank) {
            end += 1;
        }
        if items.is_empty() {
            if bytes[..start].last() == Some(&b',') {
                start -= 1;
            } else if bytes.get(end) == Some(&b',') {
                end += 1;
            }
        }
        let lead = if start > 0 { " " } else { "" };
        condition.replace(start, end, &format!("{lead}{items} "));
        from = start + lead.len() + items.len() + 1;
        used = true;
        if condition.text.len() > CONDITION_BYTES_MAX {
            break;
        }
    }
    used
}

/// Puts exceptions after a condition, as `and not (…)`.
fn put_in_exceptions(condition: &mut Text, exceptions: &[Exception]) -> Result<(), Problem> {
    if exceptions.is_empty() {
        return Ok(());
    }
    let place = exceptions[0].place;
    condition.surround("(", ")", place);
    for exception in exceptions {
        let text = exception_text(exception)?;
        if !text.is_empty() {
            condition.surround("", &format!(" and not {text}"), exception.place);
        }
    }
    Ok(())
}

fn exception_text(exception: &Exception) -> Result<String, Problem> {
    let fail = |message: &str| Err(Problem::new("LOAD_ERR_VALIDATE", message, exception.place));
    if exception.values.is_empty() {
        return Ok(String::new());
    }
    let (fields, comps) = match (&exception.fields, &exception.comps) {
        (Some(Entry::One(field)), Some(comp)) => {
            let mut values = Vec::new();
            for value in &exception.values {
                match value {
                    Entry::One(text) => values.push(quote(text)),
                    Entry::Many(_) => return fail("expected values array to contain a list of strings"),
                }
            }
            return Ok(format!("({field} {} ({}))", comp.text(), values.join(", ")));
        }
        (Some(Entry::Many(fields)), Some(Entry::Many(comps))) => (fields, comps),
        _ => return Ok(String::new()),
    };
    let mut rows = Vec::new();
    for row in &exception.values {
        let Entry::Many(values) = row else { return fail("fields and values lists must have equal length") };
        if values.len() != fields.len() {
            return fail("fields and values lists must have equal length");
        }
        let cells = fields.iter().zip(comps).zip(values).map(|((field, comp), value)| {
            format!("{} {} {}", field.text(), comp.text(), cell(comp.text(), value))
        });
        rows.push(format!("({})", cells.collect::<Vec<_>>().join(" and ")));
    }
    Ok(format!("({})", rows.join(" or ")))
}

fn cell(comp: &str, value: &Entry) -> String {
    let takes_list = Operator::with_modifier(comp).is_some_and(|(operator, modifier)| {
        operator.class() == OperatorClass::List || modifier != Modifier::None
    });
    match value {
        Entry::Many(items) => {
            format!("({})", items.iter().map(|item| quote(item.text())).collect::<Vec<_>>().join(", "))
        }
        Entry::One(text) if takes_list && text.starts_with('(') => text.clone(),
        Entry::One(text) if takes_list => format!("({text})"),
        Entry::One(text) => quote(text),
    }
}
