//! Why a rule matched: [`Explainer`] goes through a condition part by part and keeps what decided.
//!
//! Slow beside a [`crate::Matcher`], which stops at the first answer: for the few events that become findings.

use std::{collections::HashMap, sync::Arc};

use yagura_event::{Event, Explanation, ExplanationKind};

use crate::{
    compile::Engine,
    ir::{BytesTest, CompareTest, Expr, Function, NumberTest, Predicate, Term, Test, TextTest},
    limits::{
        EXPLAINED_DEPTH_MAX, EXPLAINED_NODES_MAX, EXPLAINED_PARTS_MAX, EXPLAINED_TEXT_CHARS_MAX,
        EXPLAINED_VALUES_MAX, EXPLAINER_CACHE_ENTRIES,
    },
    matcher::{single::Single, term},
    rule::RuleIndex,
};

/// Explains matches of one engine's rules. Keeps what it compiled, so it is worth keeping.
#[derive(Debug)]
pub struct Explainer {
    engine: Arc<Engine>,
    // By the address of the expression, which the engine keeps alive.
    singles: HashMap<usize, Single>,
}

impl Explainer {
    /// An explainer of these rules.
    pub fn new(engine: &Arc<Engine>) -> Self {
        Self { engine: Arc::clone(engine), singles: HashMap::new() }
    }

    /// What the parts of a rule's condition came to for this event. Bounded in depth, parts and text.
    pub fn explain(&mut self, rule: RuleIndex, event: &Event) -> Explanation {
        if self.singles.len() > EXPLAINER_CACHE_ENTRIES {
            self.singles.clear();
        }
        let condition = Arc::clone(&self.engine.rule(rule).expression);
        let mut one = One { singles: &mut self.singles, event, known: HashMap::new(), nodes: 0 };
        one.part(&condition, 0)
    }
}

/// The explanation of one event.
struct One<'x> {
    singles: &'x mut HashMap<usize, Single>,
    event: &'x Event,
    // What parts that conditions share came to.
    known: HashMap<usize, bool>,
    nodes: usize,
}

impl One<'_> {
    fn holds(&mut self, expression: &Arc<Expr>) -> bool {
        let key = Arc::as_ptr(expression).addr();
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let holds = match &**expression {
            Expr::Constant(value) => *value,
            Expr::Test(predicate) => {
                let event = self.event;
                self.single(key, predicate).holds(event)
            }
            Expr::Not(inner) => !self.holds(inner),
            Expr::Named(_, inner) => self.holds(inner),
            Expr::And(parts) => parts.iter().all(|part| self.holds(part)),
            Expr::Or(parts) => parts.iter().any(|part| self.holds(part)),
        };
        self.known.insert(key, holds);
        holds
    }

    fn single(&mut self, key: usize, predicate: &Predicate) -> &Single {
        self.singles.entry(key).or_insert_with(|| Single::new(predicate.clone()))
    }

    fn part(&mut self, expression: &Arc<Expr>, depth: usize) -> Explanation {
        self.nodes += 1;
        let holds = self.holds(expression);
        match &**expression {
            Expr::Constant(_) => of_kind(ExplanationKind::Constant, holds),
            Expr::Test(predicate) => self.test(Arc::as_ptr(expression).addr(), predicate, holds),
            Expr::Named(name, inner) => named(name, self.part(inner, depth)),
            Expr::Not(inner) => self.parts(ExplanationKind::Not, holds, std::slice::from_ref(inner), depth),
            Expr::And(parts) => match differs(parts) {
                Some(equal) => self.differing(equal, holds),
                None => self.parts(ExplanationKind::All, holds, parts, depth),
            },
            Expr::Or(parts) => self.parts(ExplanationKind::Any, holds, parts, depth),
        }
    }

    // All parts decide where an `all` holds or an `any` does not; otherwise those do that come out like the whole.
    fn parts(
        &mut self,
        kind: ExplanationKind,
        holds: bool,
        parts: &[Arc<Expr>],
        depth: usize,
    ) -> Explanation {
        let mut whole = of_kind(kind, holds);
        for part in parts {
            if kind != ExplanationKind::Not && self.holds(part) != holds {
                continue;
            }
            let is_full = whole.parts.len() >= EXPLAINED_PARTS_MAX
                || depth >= EXPLAINED_DEPTH_MAX
                || self.nodes >= EXPLAINED_NODES_MAX;
            if is_full {
                whole.parts_left_out = whole.parts_left_out.saturating_add(1);
            } else {
                let explained = self.part(part, depth + 1);
                whole.parts.push(explained);
            }
        }
        whole
    }

    fn differing(&mut self, equal: &Arc<Expr>, holds: bool) -> Explanation {
        let mut explained = self.part(equal, 0);
        explained.holds = holds;
        explained.matched = None;
        explained.test = match explained.test.strip_prefix("= ") {
            Some(value) => format!("!= {value}"),
            None => format!("not {}", explained.test),
        };
        explained
    }

    fn test(&mut self, key: usize, predicate: &Predicate, holds: bool) -> Explanation {
        let event = self.event;
        let single = self.single(key, predicate);
        let (mut fitting, mut other) = (Vec::new(), Vec::new());
        let mut matched = None;
        term::each(&predicate.term, event, &mut |value| {
            let fits = single.value_holds(value.clone());
            let text = value.into_text();
            if fits && matched.is_none() {
                matched = single.fitting_pattern(&text).map(shortened);
            }
            let values = if fits { &mut fitting } else { &mut other };
            if values.len() < EXPLAINED_VALUES_MAX {
                values.push(shortened(&text));
            }
        });
        fitting.append(&mut other);
        fitting.truncate(EXPLAINED_VALUES_MAX);
        Explanation {
            term: term_text(&predicate.term),
            test: test_text(&predicate.test),
            values: fitting,
            matched: matched.filter(|_| holds),
            ..of_kind(ExplanationKind::Test, holds)
        }
    }
}

fn of_kind(kind: ExplanationKind, holds: bool) -> Explanation {
    Explanation {
        kind,
        holds,
        name: None,
        term: String::new(),
        test: String::new(),
        values: Vec::new(),
        matched: None,
        parts: Vec::new(),
        parts_left_out: 0,
    }
}

// A macro that stands for another macro keeps both names.
fn named(name: &str, inner: Explanation) -> Explanation {
    if inner.name.is_none() {
        return Explanation { name: Some(name.to_owned()), ..inner };
    }
    let whole = of_kind(ExplanationKind::All, inner.holds);
    Explanation { name: Some(name.to_owned()), parts: vec![inner], ..whole }
}

// `x != y` is compiled as `x exists and not x = y`; gives the `x = y` of such a pair.
fn differs(parts: &[Arc<Expr>]) -> Option<&Arc<Expr>> {
    let [exists, not] = parts else { return None };
    let (Expr::Test(exists), Expr::Not(equal)) = (&**exists, &**not) else { return None };
    let Expr::Test(compared) = &**equal else { return None };
    (exists.test == Test::Exists && exists.term == compared.term).then_some(equal)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(EXPLAINED_TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn term_text(term: &Term) -> String {
    match term {
        Term::Field(field) => field.name(),
        Term::Literal(text) => quoted(text),
        Term::Apply(function, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(term_text).collect();
            format!("{}({})", function_name(*function), arguments.join(", "))
        }
    }
}

const fn function_name(function: Function) -> &'static str {
    match function {
        Function::ToLower => "tolower",
        Function::ToUpper => "toupper",
        Function::Base64 => "b64",
        Function::Basename => "basename",
        Function::Length => "len",
        Function::Join => "join",
        Function::Concat => "concat",
        Function::GetOpt => "getopt",
        Function::List => "",
    }
}

fn test_text(test: &Test) -> String {
    match test {
        Test::Exists => "exists".to_owned(),
        Test::Text(how, patterns) => {
            let many = match how {
                TextTest::Equals => "in".to_owned(),
                TextTest::BelowPath => "pmatch".to_owned(),
                _ => format!("{} anyof", text_word(*how)),
            };
            one_or_many(text_word(*how), &many, patterns.iter().map(|pattern| quoted(pattern)))
        }
        Test::TextDiffers(other) => format!("!= {}", quoted(other)),
        Test::TextOrder(how, other) => format!("{} {}", number_word(*how), quoted(other)),
        Test::TextAll(texts) => listed("in", texts.iter().map(|text| quoted(text))),
        Test::Bytes(how, patterns) => {
            let word = bytes_word(*how);
            one_or_many(word, &format!("{word} anyof"), patterns.iter().map(|bytes| hexadecimal(bytes)))
        }
        Test::Number(how, number) => format!("{} {number}", number_word(*how)),
        Test::NumberIn(numbers) => listed("in", numbers.iter().map(ToString::to_string)),
        Test::Truth(wanted) => format!("= {wanted}"),
        Test::Address(nets) => one_or_many("=", "in", nets.iter().map(network)),
        Test::AddressOutside(nets) => one_or_many("!=", "not in", nets.iter().map(network)),
        Test::Compare(how, other) => format!("{} val({})", compare_word(*how), term_text(other)),
    }
}

const fn text_word(test: TextTest) -> &'static str {
    match test {
        TextTest::Equals => "=",
        TextTest::StartsWith => "startswith",
        TextTest::EndsWith => "endswith",
        TextTest::Contains => "contains",
        TextTest::ContainsIgnoringCase => "icontains",
        TextTest::Glob => "glob",
        TextTest::GlobIgnoringCase => "iglob",
        TextTest::Regex => "regex",
        TextTest::BelowPath => "pmatch",
    }
}

const fn bytes_word(test: BytesTest) -> &'static str {
    match test {
        BytesTest::Equals => "=",
        BytesTest::StartsWith => "bstartswith",
        BytesTest::Contains => "bcontains",
        BytesTest::EndsWith => "endswith",
    }
}

const fn number_word(test: NumberTest) -> &'static str {
    match test {
        NumberTest::Equal => "=",
        NumberTest::Differs => "!=",
        NumberTest::Less => "<",
        NumberTest::LessOrEqual => "<=",
        NumberTest::Greater => ">",
        NumberTest::GreaterOrEqual => ">=",
    }
}

const fn compare_word(test: CompareTest) -> &'static str {
    match test {
        CompareTest::Number(how) | CompareTest::TextOrder(how) => number_word(how),
        CompareTest::Text(how) => text_word(how),
        CompareTest::TextDiffers => "!=",
        CompareTest::Intersects => "intersects",
    }
}

fn one_or_many(one: &str, many: &str, items: impl ExactSizeIterator<Item = String>) -> String {
    if items.len() == 1 { format!("{one} {}", items.last().unwrap_or_default()) } else { listed(many, items) }
}

fn listed(word: &str, items: impl ExactSizeIterator<Item = String>) -> String {
    let left_out = items.len().saturating_sub(EXPLAINED_VALUES_MAX);
    let mut shown: Vec<String> = items.take(EXPLAINED_VALUES_MAX).collect();
    if left_out > 0 {
        shown.push(format!("… +{left_out}"));
    }
    format!("{word} ({})", shown.join(", "))
}

fn quoted(text: &str) -> String {
    let text = shortened(text);
    let is_plain = !text.is_empty() && !text.contains([' ', ',', '(', ')', '"', '=', '\t', '\n']);
    if is_plain { text } else { format!("{text:?}") }
}

fn hexadecimal(bytes: &[u8]) -> String {
    shortened(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn network(net: &ipnet::IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.to_string() }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
