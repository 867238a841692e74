//! Makes rules of what was collected: lists and exceptions are put into conditions as text, macros as expressions.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use yagura_event::{EventKind, RuleLanguage};

use super::{
    LoadOptions,
    collector::{Collector, Entry, Exception, Item, RuleItem},
    filter::{self, Modifier, Operator, OperatorClass},
    lower::{self, LowerError, Lowered, Macros},
    problem::{Problem, Problems},
    text::{Files, Text},
};
use crate::{
    compile::{
        graph::{Folding, Graph},
        shape::Shape,
    },
    ir::Expr,
    limits::{CONDITION_BYTES_MAX, CONDITIONS_BYTES_MAX, LIST_ITEMS_MAX, MACRO_DEPTH_MAX, PATTERNS_MAX},
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
    files: &'c Files<'c>,
    lists: Vec<ListText>,
    // By the first word of a list's name: the lists.
    list_names: HashMap<String, Vec<usize>>,
    macros: Vec<MacroState>,
    // What conditions and patterns of all rules may still cost.
    condition_bytes_left: usize,
    patterns_left: usize,
    kinds: Kinds,
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
    pub(super) fn new(collector: &'c Collector<'c>, options: &'c LoadOptions, files: &'c Files<'c>) -> Self {
        Self {
            collector,
            options,
            files,
            lists: Vec::new(),
            list_names: HashMap::new(),
            macros: Vec::new(),
            condition_bytes_left: CONDITIONS_BYTES_MAX,
            patterns_left: PATTERNS_MAX,
            kinds: Kinds::new(),
        }
    }

    /// Makes lists and macros ready for conditions.
    pub(super) fn prepare(&mut self, problems: &mut Problems) {
        self.expand_lists(problems);
        self.parse_macros(problems);
        for at in 0..self.macros.len() {
            self.lower_macro(at, 0, problems);
        }
    }

    /// Gives a condition on its own its meaning; every macro is visible to it.
    pub(super) fn condition(
        &mut self,
        condition: &mut Text,
        problems: &mut Problems,
    ) -> Result<Lowered, Problem> {
        let syntax = self.parse(condition)?;
        let mut scope = MacroScope { compiler: self, visibility: usize::MAX, depth: 0, problems };
        let mut lowered = lower::lower(&syntax, &mut scope)
            .map_err(|error| located(CONDITION, error, condition, self.files))?;
        self.warn(std::mem::take(&mut lowered.warnings), condition, problems);
        Ok(lowered)
    }

    pub(super) fn compile(mut self, problems: &mut Problems) -> RuleSet {
        self.prepare(problems);
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
            self.list_names.entry(first_word(&list.name).to_owned()).or_default().push(self.lists.len());
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
        let fail =
            |condition: &Text, message: String| Err(Problem::new(CONDITION, message, condition.start()));
        if self.condition_bytes_left > 0 {
            for used in self.put_in_lists(condition) {
                self.lists[used].is_used = true;
            }
        }
        let length = condition.text.len();
        if length > CONDITION_BYTES_MAX {
            return fail(condition, format!("longer than {CONDITION_BYTES_MAX} bytes with its lists put in"));
        }
        self.condition_bytes_left = self.condition_bytes_left.saturating_sub(length.max(1));
        if self.condition_bytes_left == 0 {
            let message = "all conditions together are longer than";
            return fail(
                condition,
                format!("{message} {CONDITIONS_BYTES_MAX} bytes with their lists put in"),
            );
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
                lowered.expression = Arc::new(Expr::Named(item.name.as_str().into(), lowered.expression));
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
        self.put_in_lists(&mut condition);
        condition
    }

    // Puts lists in, in their order, and says which. Only lists whose names can stand in the text are tried.
    fn put_in_lists(&self, condition: &mut Text) -> Vec<usize> {
        let mut used = Vec::new();
        let mut open = BTreeSet::new();
        self.note_lists(&condition.text, 0, &mut open);
        while let Some(at) = open.pop_first() {
            let list = &self.lists[at];
            if !condition.put_in_list(&list.name, &list.text) {
                continue;
            }
            used.push(at);
            if condition.text.len() > CONDITION_BYTES_MAX {
                break;
            }
            self.note_lists(&list.text, at + 1, &mut open);
        }
        used
    }

    fn note_lists(&self, text: &str, from: usize, open: &mut BTreeSet<usize>) {
        let words = text.split(|letter| LIST_NAME_ENDS.contains(letter)).chain([""]);
        let lists = words.filter_map(|word| self.list_names.get(word)).flatten();
        open.extend(lists.copied().filter(|at| *at >= from));
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
        if rule.warn_evttypes && self.kinds.count(&lowered.expression) >= EVENT_KINDS_WARN {
            let message = "rule matches too many evt.type values, which costs performance";
            problems.warn(
                Problem::new("LOAD_NO_EVTTYPE", message, item.place)
                    .help("compare `evt.type` with the calls that matter, or set `warn_evttypes: false`"),
            );
        }
        Ok(Some(Rule {
            name: item.name.clone(),
            language: RuleLanguage::Falco,
            file: self.files.name(item.place.file).to_owned(),
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
            event_types_missing: lowered.event_types_missing,
            expression: lowered.expression,
            template: template.into(),
        }))
    }

    /// Tells of macros and lists that nothing names.
    pub(super) fn warn_unused(&self, problems: &mut Problems) {
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

fn located(code: &'static str, error: LowerError, condition: &Text, files: &Files<'_>) -> Problem {
    let mut problem = Problem::new(code, error.message, condition.place(error.at, error.length, files));
    problem.help = error.help;
    problem
}

/// Finds the kinds of event that a condition can be true of; what conditions share is looked at once.
struct Kinds {
    graph: Graph,
    foldings: Vec<Folding>,
}

impl Kinds {
    fn new() -> Self {
        let foldings = EventKind::ALL.iter().map(|kind| Folding::new(Shape::of_kind(*kind))).collect();
        Self { graph: Graph::default(), foldings }
    }

    fn count(&mut self, condition: &Arc<Expr>) -> usize {
        let root = self.graph.add(condition);
        let folded = self.foldings.iter_mut().map(|folding| folding.fold(&mut self.graph, root));
        let folded: Vec<_> = folded.collect();
        folded.into_iter().filter(|node| !self.graph.is_false(*node)).count()
    }
}

struct MacroScope<'s, 'c> {
    compiler: &'s mut Compiler<'c>,
    visibility: usize,
    depth: usize,
    problems: &'s mut Problems,
}

impl Macros for MacroScope<'_, '_> {
    fn spend_pattern(&mut self) -> bool {
        let left = self.compiler.patterns_left.checked_sub(1);
        self.compiler.patterns_left = left.unwrap_or(0);
        left.is_some()
    }

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

// What a list's name may stand between.
const LIST_NAME_ENDS: &str = " \t\n\r(),=";

fn first_word(name: &str) -> &str {
    name.split(|letter| LIST_NAME_ENDS.contains(letter)).next().unwrap_or_default()
}

fn quote(item: &str) -> String {
    if item.contains(' ') && !item.starts_with(['"', '\'']) { format!("\"{item}\"") } else { item.to_owned() }
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
