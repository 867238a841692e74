//! From syntax tree to [`crate::ir`]: fields become slots, values get types, macros are put in.

use std::{collections::BTreeSet, net::IpAddr, sync::Arc};

use ipnet::IpNet;
use yagura_event::EventKind;

use super::{
    filter::{Ast, Check, Literal, Modifier, Operand, Operator, Right},
    syscalls::is_known_event_type,
};
use crate::{
    field::{self, Field, Scope, Type},
    ir::{BytesTest, CompareTest, Expr, Function, NumberTest, Term, Test, TextTest, single},
    limits::{CONDITION_DEPTH_MAX, CONDITION_NODES_MAX, DOUBTS_MAX, PATTERN_BYTES_MAX, PATTERNS_MAX},
    matcher::{
        glob,
        single::{needs_regex, regex},
        term,
    },
};

/// A condition that has been lowered, and what is to be known about it.
#[derive(Debug, Clone)]
pub(crate) struct Lowered {
    pub(crate) expression: Arc<Expr>,
    /// Fields in it that this system never has.
    pub(crate) fields_missing: BTreeSet<String>,
    /// Types of events in it that never occur in this system.
    pub(crate) event_types_missing: BTreeSet<String>,
    /// Whether it asks for `evt.dir`, which no longer tells anything.
    pub(crate) uses_direction: bool,
    /// What deserves a look in this condition itself, not in the macros it names.
    pub(crate) warnings: Vec<LowerError>,
    pub(crate) nodes: usize,
    pub(crate) depth: usize,
}

/// Why a condition means nothing.
#[derive(Debug, Clone)]
pub(crate) struct LowerError {
    pub(crate) message: String,
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) help: Option<String>,
    /// A field or event type that Falco might know and we do not: `skip-if-unknown-filter` forgives it.
    pub(crate) is_unknown_name: bool,
}

impl LowerError {
    pub(crate) fn new(message: impl Into<String>, at: usize, length: usize) -> Self {
        Self { message: message.into(), at, length, help: None, is_unknown_name: false }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Finds what a macro's name stands for.
pub(crate) trait Macros {
    fn resolve(&mut self, name: &str, at: usize) -> Result<Lowered, LowerError>;

    /// Counts a regular expression; false where there are too many.
    fn spend_pattern(&mut self) -> bool;
}

/// Lowers a condition.
pub(crate) fn lower(ast: &Ast, macros: &mut dyn Macros) -> Result<Lowered, LowerError> {
    let lowered = match ast {
        Ast::Not(inner) => {
            let mut lowered = lower(inner, macros)?;
            lowered.expression = lowered.expression.negate();
            lowered.depth += 1;
            lowered.nodes += 1;
            lowered
        }
        Ast::And(parts) => join(parts, macros, Expr::And)?,
        Ast::Or(parts) => join(parts, macros, Expr::Or)?,
        Ast::Macro { name, at } => macros.resolve(name, *at)?,
        Ast::Check(check) => lower_check(check, macros)?,
    };
    if lowered.depth > CONDITION_DEPTH_MAX {
        return Err(LowerError::new(
            format!("nested deeper than {CONDITION_DEPTH_MAX} levels, macros included"),
            0,
            1,
        ));
    }
    if lowered.nodes > CONDITION_NODES_MAX {
        return Err(LowerError::new(
            format!("more than {CONDITION_NODES_MAX} comparisons, macros included"),
            0,
            1,
        ));
    }
    Ok(lowered)
}

fn join(
    parts: &[Ast],
    macros: &mut dyn Macros,
    make: fn(Vec<Arc<Expr>>) -> Expr,
) -> Result<Lowered, LowerError> {
    let mut all = Lowered::leaf(Arc::new(Expr::Constant(true)));
    let mut expressions = Vec::with_capacity(parts.len());
    for part in parts {
        let one = lower(part, macros)?;
        expressions.push(one.expression);
        all.fields_missing.extend(one.fields_missing);
        all.event_types_missing.extend(one.event_types_missing);
        all.uses_direction |= one.uses_direction;
        let room = DOUBTS_MAX.saturating_sub(all.warnings.len());
        all.warnings.extend(one.warnings.into_iter().take(room));
        all.nodes = all.nodes.saturating_add(one.nodes);
        all.depth = all.depth.max(one.depth + 1);
    }
    all.expression = Arc::new(make(expressions));
    Ok(all)
}

impl Lowered {
    fn leaf(expression: Arc<Expr>) -> Self {
        Self {
            expression,
            fields_missing: BTreeSet::new(),
            event_types_missing: BTreeSet::new(),
            uses_direction: false,
            warnings: Vec::new(),
            nodes: 1,
            depth: 1,
        }
    }
}

fn lower_check(check: &Check, macros: &mut dyn Macros) -> Result<Lowered, LowerError> {
    let left = lower_operand(&check.left)?;
    let mut lowered = Lowered::leaf(Arc::new(Expr::Constant(false)));
    note(&left, &mut lowered);
    let checker = Checker { left, kind: Type::Text, check };
    let checker = Checker { kind: term::kind(&checker.left), ..checker };
    checker.check_patterns(macros)?;
    lowered.event_types_missing = checker.event_types_missing();
    lowered.expression = match &check.right {
        Right::Nothing => checker.test(Test::Exists),
        Right::Operand(operand) => {
            let right = lower_operand(operand)?;
            note(&right, &mut lowered);
            checker.with_operand(right, operand_place(operand))?
        }
        Right::Value(value) => {
            lowered.warnings.extend(checker.doubt(value));
            checker.with_value(value)?
        }
        Right::List(values) => {
            lowered.warnings.extend(values.iter().filter_map(|value| checker.doubt(value)).take(DOUBTS_MAX));
            checker.with_list(values)?
        }
    };
    Ok(lowered)
}

fn note(term: &Term, lowered: &mut Lowered) {
    match term {
        Term::Field(field) => {
            if field.scope() == Scope::Never {
                lowered.fields_missing.insert(field.name());
            }
            lowered.uses_direction |= field.field == Field::EvtDir;
        }
        Term::Literal(_) => {}
        Term::Apply(_, arguments) => arguments.iter().for_each(|argument| note(argument, lowered)),
    }
}

fn operand_place(operand: &Operand) -> (usize, usize) {
    match operand {
        Operand::Field { name, at, .. } => (*at, name.len()),
        Operand::Apply { at, .. } => (*at, 1),
        Operand::Literal { .. } | Operand::List { .. } => (0, 1),
    }
}

/// The term that an operand stands for.
pub(crate) fn lower_operand(operand: &Operand) -> Result<Term, LowerError> {
    match operand {
        Operand::Literal { text } => Ok(Term::Literal(text.as_str().into())),
        Operand::Field { name, arg, at } => {
            field::lookup(name, arg.as_deref()).map(Term::Field).map_err(|error| {
                let is_unknown_name =
                    error.message.starts_with("nonexistent") || error.message.starts_with("unknown");
                LowerError {
                    message: error.message,
                    at: *at,
                    length: name.len(),
                    help: error.help,
                    is_unknown_name,
                }
            })
        }
        Operand::Apply { function, arguments, at } => {
            let terms = arguments.iter().map(lower_operand).collect::<Result<Vec<_>, _>>()?;
            check_arguments(*function, terms, *at)
        }
        Operand::List { items } => {
            let terms = items.iter().map(lower_operand).collect::<Result<Vec<_>, _>>()?;
            check_arguments(Function::List, terms, 0)
        }
    }
}

fn check_arguments(function: Function, terms: Vec<Term>, at: usize) -> Result<Term, LowerError> {
    let fail = |message: &str| Err(LowerError::new(message, at, 1));
    for term in &terms {
        let Term::Field(field) = term else { continue };
        if !field.field.is_transformable() {
            return fail(&format!("`{}` cannot be transformed", field.name()));
        }
    }
    let kind = terms.first().map_or(Type::Text, term::kind);
    let is_text = matches!(kind, Type::Text | Type::Bytes);
    let is_list = terms.first().is_some_and(term::is_list);
    match function {
        Function::ToLower | Function::ToUpper | Function::Basename | Function::Base64 | Function::Length
            if terms.len() != 1 =>
        {
            fail("this transformer takes one argument")
        }
        Function::ToLower | Function::ToUpper | Function::Basename if kind != Type::Text => {
            fail("this transformer takes text")
        }
        Function::Base64 if !is_text => fail("this transformer takes text or bytes"),
        Function::Length if !is_text && !is_list => fail("this transformer takes text, bytes or a list"),
        Function::Join if terms.len() != 2 || !matches!(terms[0], Term::Literal(_)) => {
            fail("`join` takes a text and a list: `join(\",\", (proc.name, proc.pname))`")
        }
        Function::Concat if terms.len() < 2 => fail("`concat` takes at least two arguments"),
        Function::GetOpt if terms.len() != 2 || !matches!(terms[1], Term::Literal(_)) => {
            fail("`getopt` takes arguments and a text of option letters: `getopt(proc.args, \"nt:\")`")
        }
        _ => Ok(Term::Apply(function, terms)),
    }
}

struct Checker<'a> {
    left: Term,
    kind: Type,
    check: &'a Check,
}

impl Checker<'_> {
    fn test(&self, test: Test) -> Arc<Expr> {
        Expr::test(self.left.clone(), test)
    }

    fn error(&self, message: impl Into<String>) -> LowerError {
        LowerError::new(message, self.check.at, self.check.operator.name().len())
    }

    fn unsupported(&self) -> LowerError {
        let what = match self.kind {
            Type::Text => "text",
            Type::Number | Type::Duration | Type::Time | Type::Port => "a number",
            Type::Truth => "true or false",
            Type::Address | Type::Network => "an address",
            Type::Bytes => "bytes",
            Type::Dynamic => "a raw argument",
        };
        let allowed = match self.kind {
            _ if term::is_list(&self.left) => "in intersects exists",
            Type::Text => {
                "= != < <= > >= in contains icontains startswith endswith glob iglob regex pmatch intersects exists"
            }
            Type::Bytes => "= != in intersects contains bcontains startswith bstartswith endswith exists",
            Type::Truth | Type::Address | Type::Network => "= != in intersects exists",
            _ => "= != < <= > >= in intersects exists",
        };
        self.error(format!("`{}` does not work on {what}", self.check.operator.name()))
            .help(format!("what works: {allowed}"))
    }

    fn check_patterns(&self, macros: &mut dyn Macros) -> Result<(), LowerError> {
        let values = match &self.check.right {
            Right::Value(value) => std::slice::from_ref(value),
            Right::List(values) => values,
            Right::Nothing | Right::Operand(_) => return Ok(()),
        };
        match self.text_test() {
            Some(test) if matches!(self.kind, Type::Text | Type::Dynamic) => {
                values.iter().try_for_each(|value| check_pattern(test, value, macros))
            }
            _ => Ok(()),
        }
    }

    // A value that looks like what it cannot be on this side.
    fn doubt(&self, value: &Literal) -> Option<LowerError> {
        let text = value.text.trim();
        let is_transformer = Operand::is_transformer(text);
        let name = text.split('[').next().unwrap_or_default();
        let is_field = name.contains('.') && field::is_known(name);
        let (what, instead) = match (is_field, is_transformer) {
            (true, _) => ("field", format!("to compare with the field's value write `val({text})`")),
            (_, true) => ("transformer", format!("write `{text}` without quotes")),
            _ => return None,
        };
        let message = format!("`{text}` is a {what}, but stands here as plain text");
        Some(LowerError::new(message, value.at, value.length).help(instead))
    }

    fn text_test(&self) -> Option<TextTest> {
        Some(match self.check.operator {
            Operator::Equal | Operator::EqualTwice | Operator::In | Operator::Intersects => TextTest::Equals,
            Operator::Contains => TextTest::Contains,
            Operator::IContains => TextTest::ContainsIgnoringCase,
            Operator::StartsWith => TextTest::StartsWith,
            Operator::EndsWith => TextTest::EndsWith,
            Operator::Glob => TextTest::Glob,
            Operator::IGlob => TextTest::GlobIgnoringCase,
            Operator::Regex => TextTest::Regex,
            Operator::PMatch => TextTest::BelowPath,
            _ => return None,
        })
    }

    fn number_test(&self) -> Option<NumberTest> {
        Some(match self.check.operator {
            Operator::Equal | Operator::EqualTwice => NumberTest::Equal,
            Operator::Differs => NumberTest::Differs,
            Operator::Less => NumberTest::Less,
            Operator::LessOrEqual => NumberTest::LessOrEqual,
            Operator::Greater => NumberTest::Greater,
            Operator::GreaterOrEqual => NumberTest::GreaterOrEqual,
            _ => return None,
        })
    }

    fn with_value(&self, value: &Literal) -> Result<Arc<Expr>, LowerError> {
        let kind = match self.kind {
            Type::Dynamic if parse_number(&value.text).is_some() && self.number_test().is_some() => {
                Type::Number
            }
            Type::Dynamic => Type::Text,
            kind => kind,
        };
        match kind {
            Type::Text | Type::Dynamic => self.text(std::slice::from_ref(value)),
            Type::Bytes => self.bytes(std::slice::from_ref(value)),
            Type::Truth => self.truth(value),
            Type::Address | Type::Network => self.addresses(std::slice::from_ref(value)),
            Type::Number | Type::Duration | Type::Time | Type::Port => {
                let test = self.number_test().ok_or_else(|| self.unsupported())?;
                Ok(self.test(Test::Number(test, self.number(value)?)))
            }
        }
    }

    fn with_list(&self, values: &[Literal]) -> Result<Arc<Expr>, LowerError> {
        if self.check.modifier != Modifier::None {
            return self.with_modifier(values);
        }
        match self.kind {
            Type::Text | Type::Dynamic => self.text(values),
            Type::Bytes => self.bytes(values),
            Type::Address | Type::Network => self.addresses(values),
            Type::Truth => {
                let parts = values.iter().map(|value| self.truth(value)).collect::<Result<_, _>>()?;
                Ok(Arc::new(Expr::Or(parts)))
            }
            Type::Number | Type::Duration | Type::Time | Type::Port => {
                if self.check.operator == Operator::PMatch {
                    return Err(self.unsupported());
                }
                let mut numbers =
                    values.iter().map(|value| self.number(value)).collect::<Result<Vec<_>, _>>()?;
                numbers.sort_unstable();
                numbers.dedup();
                Ok(self.test(Test::NumberIn(numbers.into())))
            }
        }
    }

    fn with_modifier(&self, values: &[Literal]) -> Result<Arc<Expr>, LowerError> {
        let parts = values.iter().map(|value| self.with_value(value)).collect::<Result<Vec<_>, _>>()?;
        Ok(match self.check.modifier {
            // Nothing fits an empty list, not even all of it.
            _ if parts.is_empty() => Arc::new(Expr::Constant(false)),
            Modifier::AllOf => Arc::new(Expr::And(parts)),
            Modifier::OneOf => count_to_one(&parts).one,
            Modifier::AnyOf | Modifier::None => Arc::new(Expr::Or(parts)),
        })
    }

    fn text(&self, values: &[Literal]) -> Result<Arc<Expr>, LowerError> {
        for value in values {
            self.check_event_type(value)?;
        }
        if term::is_list(&self.left) {
            return self.texts_of_list(values);
        }
        if self.check.operator == Operator::Differs {
            let [value] = values else { return Err(self.unsupported()) };
            return Ok(self.differs(&value.text));
        }
        if let (Some(test), None, [value]) = (self.number_test(), self.text_test(), values) {
            return Ok(self.test(Test::TextOrder(test, value.text.as_str().into())));
        }
        let test = self.text_test().ok_or_else(|| self.unsupported())?;
        let found = self.texts(test, values);
        // What every match of a glob begins with is cheap to look up, and a rule can be found by it.
        match (test, values) {
            (TextTest::Glob, [value]) if !glob::literal_start(&value.text).is_empty() => {
                let start = [glob::literal_start(&value.text).into()];
                Ok(Arc::new(Expr::And(vec![
                    self.test(Test::Text(TextTest::StartsWith, start.into())),
                    found,
                ])))
            }
            _ => Ok(found),
        }
    }

    fn texts(&self, test: TextTest, values: &[Literal]) -> Arc<Expr> {
        let mut texts: Vec<Box<str>> = values.iter().map(|value| value.text.as_str().into()).collect();
        texts.sort_unstable();
        texts.dedup();
        self.test(Test::Text(test, texts.into()))
    }

    fn texts_of_list(&self, values: &[Literal]) -> Result<Arc<Expr>, LowerError> {
        match self.check.operator {
            Operator::Intersects => Ok(self.texts(TextTest::Equals, values)),
            Operator::In => {
                Ok(self.test(Test::TextAll(values.iter().map(|value| value.text.as_str().into()).collect())))
            }
            _ => Err(self.unsupported()),
        }
    }

    // Where there is one value only, `!=` is the opposite of `=` and shares its look-up.
    fn differs(&self, text: &str) -> Arc<Expr> {
        let many = matches!(&self.left, Term::Field(field) if field.is_many());
        if many || !matches!(self.left, Term::Field(_)) {
            return self.test(Test::TextDiffers(text.into()));
        }
        let equal = self.test(Test::Text(TextTest::Equals, [text.into()].into()));
        Arc::new(Expr::And(vec![self.test(Test::Exists), equal.negate()]))
    }

    fn names_event_types(&self) -> bool {
        matches!(&self.left, Term::Field(field) if field.field == Field::EvtType)
            && matches!(self.text_test(), Some(TextTest::Equals) | None)
    }

    fn event_types_missing(&self) -> BTreeSet<String> {
        let values = match &self.check.right {
            Right::Value(value) => std::slice::from_ref(value),
            Right::List(values) => values,
            Right::Nothing | Right::Operand(_) => &[],
        };
        let names = values.iter().filter(|_| self.names_event_types()).map(|value| &value.text);
        names.filter(|name| EventKind::from_name(name).is_none()).cloned().collect()
    }

    fn check_event_type(&self, value: &Literal) -> Result<(), LowerError> {
        if !self.names_event_types() || is_known_event_type(&value.text) {
            return Ok(());
        }
        let near = field::nearest(&value.text, EventKind::ALL.iter().map(|kind| kind.name()));
        Err(LowerError {
            message: format!("unknown event type `{}`", value.text),
            at: value.at,
            length: value.length,
            help: near.map(|near| format!("did you mean `{near}`?")),
            is_unknown_name: true,
        })
    }

    fn bytes(&self, values: &[Literal]) -> Result<Arc<Expr>, LowerError> {
        let (test, hex, negated) = match self.check.operator {
            Operator::Equal | Operator::EqualTwice | Operator::In | Operator::Intersects => {
                (BytesTest::Equals, false, false)
            }
            Operator::EndsWith => (BytesTest::EndsWith, false, false),
            Operator::Differs => (BytesTest::Equals, false, true),
            Operator::Contains => (BytesTest::Contains, false, false),
            Operator::StartsWith => (BytesTest::StartsWith, false, false),
            Operator::BContains => (BytesTest::Contains, true, false),
            Operator::BStartsWith => (BytesTest::StartsWith, true, false),
            _ => return Err(self.unsupported()),
        };
        let pattern = |value: &Literal| match hex {
            false => Ok(value.text.as_bytes().into()),
            true => hex_bytes(&value.text).ok_or_else(|| {
                LowerError::new(
                    format!("`{}` is no even number of hexadecimal digits", value.text),
                    value.at,
                    value.length,
                )
            }),
        };
        let patterns = values.iter().map(pattern).collect::<Result<Vec<Box<[u8]>>, _>>()?;
        let found = self.test(Test::Bytes(test, patterns.into()));
        if !negated {
            return Ok(found);
        }
        Ok(Arc::new(Expr::And(vec![self.test(Test::Exists), found.negate()])))
    }

    fn truth(&self, value: &Literal) -> Result<Arc<Expr>, LowerError> {
        let negated = match self.check.operator {
            Operator::Equal | Operator::EqualTwice | Operator::In | Operator::Intersects => false,
            Operator::Differs => true,
            _ => return Err(self.unsupported()),
        };
        let truth = match value.text.to_ascii_lowercase().as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                return Err(LowerError::new(
                    format!("`{}` is neither true nor false", value.text),
                    value.at,
                    value.length,
                ));
            }
        };
        Ok(self.test(Test::Truth(truth != negated)))
    }

    fn addresses(&self, values: &[Literal]) -> Result<Arc<Expr>, LowerError> {
        let outside = match self.check.operator {
            Operator::Equal | Operator::EqualTwice | Operator::In | Operator::Intersects => false,
            Operator::Differs => true,
            _ => return Err(self.unsupported()),
        };
        let mut nets = Vec::new();
        for value in values {
            // Lists in the wild wrap addresses in one more pair of quotes.
            let text = value.text.trim_matches(['"', '\'']);
            let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(single));
            nets.push(net.ok_or_else(|| {
                LowerError::new(format!("`{text}` is no address and no network"), value.at, value.length)
                    .help("for example 10.0.0.1, 10.0.0.0/8 or fd00::/8")
            })?);
        }
        nets.sort_unstable();
        nets.dedup();
        let nets = nets.into();
        Ok(self.test(if outside { Test::AddressOutside(nets) } else { Test::Address(nets) }))
    }

    fn number(&self, value: &Literal) -> Result<i64, LowerError> {
        let fail =
            |what: &str| LowerError::new(format!("`{}` is no {what}", value.text), value.at, value.length);
        let parsed = match self.kind {
            Type::Duration => parse_number(&value.text).or_else(|| parse_duration(&value.text)),
            Type::Port => parse_port(&value.text),
            _ => parse_number(&value.text),
        };
        parsed.ok_or_else(|| fail(if self.kind == Type::Port { "port" } else { "whole number" }))
    }

    fn with_operand(&self, right: Term, (at, length): (usize, usize)) -> Result<Arc<Expr>, LowerError> {
        let kind = term::kind(&right);
        if let Term::Field(field) = &right
            && !field.field.is_transformable()
        {
            return Err(LowerError::new(format!("`{}` cannot stand on the right", field.name()), at, length));
        }
        let numeric = |kind| matches!(kind, Type::Number | Type::Duration | Type::Time | Type::Port);
        let fits = kind == self.kind || numeric(kind) && numeric(self.kind) || kind == Type::Dynamic;
        if !fits {
            return Err(LowerError::new("the two sides are of different types", at, length));
        }
        let compare = match (self.check.operator, self.text_test(), self.number_test()) {
            (Operator::In | Operator::Intersects, ..) => CompareTest::Intersects,
            (_, _, Some(test)) if numeric(self.kind) => CompareTest::Number(test),
            (Operator::Differs, ..) => CompareTest::TextDiffers,
            (_, Some(TextTest::Regex | TextTest::BelowPath), _) => {
                return Err(self.error(format!("`{}` takes fixed patterns", self.check.operator.name())));
            }
            (_, None, Some(test)) if self.kind == Type::Text => CompareTest::TextOrder(test),
            (_, Some(test), _) if !numeric(self.kind) => CompareTest::Text(test),
            _ => return Err(self.unsupported()),
        };
        Ok(self.test(Test::Compare(compare, right)))
    }
}

// Of some conditions: that none holds, and that exactly one does.
struct Count {
    none: Arc<Expr>,
    one: Arc<Expr>,
}

// By halves: as many parts as there are conditions, and no deep nesting.
fn count_to_one(parts: &[Arc<Expr>]) -> Count {
    if let [only] = parts {
        return Count { none: Arc::clone(only).negate(), one: Arc::clone(only) };
    }
    let (left, right) = parts.split_at(parts.len() / 2);
    let (left, right) = (count_to_one(left), count_to_one(right));
    let both =
        |left: &Arc<Expr>, right: &Arc<Expr>| Arc::new(Expr::And(vec![Arc::clone(left), Arc::clone(right)]));
    let one = Expr::Or(vec![both(&left.one, &right.none), both(&left.none, &right.one)]);
    Count { none: both(&left.none, &right.none), one: Arc::new(one) }
}

fn check_pattern(test: TextTest, value: &Literal, macros: &mut dyn Macros) -> Result<(), LowerError> {
    let fail = |message: String| Err(LowerError::new(message, value.at, value.length));
    let is_pattern = matches!(test, TextTest::Regex | TextTest::Glob | TextTest::GlobIgnoringCase);
    if is_pattern && value.text.len() > PATTERN_BYTES_MAX {
        return fail(format!("a pattern of {} bytes; at most {PATTERN_BYTES_MAX}", value.text.len()));
    }
    if needs_regex(test, &value.text) && !macros.spend_pattern() {
        return fail(format!("all rules together have more than {PATTERNS_MAX} regular expressions"));
    }
    match regex(test, &value.text) {
        Some(Err(reason)) => fail(format!("`{}` is no pattern: {reason}", value.text)),
        _ => Ok(()),
    }
}

/// Decimal, hexadecimal with `0x`, octal with a leading `0`. Of a fraction only the whole part counts.
fn parse_number(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    if !digits.starts_with("0x") && digits.contains(['.', 'e', 'E']) {
        let fraction: f64 = text.parse().ok()?;
        // The range in which every whole number has a double of its own.
        return (fraction.abs() < 9e15).then_some(fraction as i64);
    }
    let number = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok()?,
        None if digits.len() > 1 && digits.starts_with('0') => u64::from_str_radix(&digits[1..], 8).ok()?,
        None => digits.parse().ok()?,
    };
    let number = number.cast_signed();
    Some(if negative { number.wrapping_neg() } else { number })
}

// A number, or the name of a service that every system knows (RFC 6335, the registry's TCP and UDP names).
fn parse_port(text: &str) -> Option<i64> {
    let named = SERVICES.iter().find(|(name, _)| *name == text).map(|(_, port)| *port);
    named.or_else(|| parse_number(text)).filter(|port| (0..=65_535).contains(port))
}

const SERVICES: [(&str, i64); 36] = [
    ("ftp-data", 20),
    ("ftp", 21),
    ("ssh", 22),
    ("telnet", 23),
    ("smtp", 25),
    ("domain", 53),
    ("bootps", 67),
    ("bootpc", 68),
    ("tftp", 69),
    ("http", 80),
    ("kerberos", 88),
    ("pop3", 110),
    ("sunrpc", 111),
    ("ntp", 123),
    ("imap2", 143),
    ("snmp", 161),
    ("ldap", 389),
    ("https", 443),
    ("microsoft-ds", 445),
    ("submissions", 465),
    ("syslog", 514),
    ("submission", 587),
    ("ldaps", 636),
    ("rsync", 873),
    ("imaps", 993),
    ("pop3s", 995),
    ("socks", 1080),
    ("openvpn", 1194),
    ("ms-sql-s", 1433),
    ("nfs", 2049),
    ("mysql", 3306),
    ("postgresql", 5432),
    ("amqp", 5672),
    ("x11", 6000),
    ("redis", 6379),
    ("http-alt", 8080),
];

fn parse_duration(text: &str) -> Option<i64> {
    let split = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let unit = match &text[split..] {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        "d" => 86_400_000_000_000,
        _ => return None,
    };
    parse_number(&text[..split])?.checked_mul(unit)
}

/// The bytes that pairs of hexadecimal digits stand for.
pub(crate) fn hex_bytes(text: &str) -> Option<Box<[u8]>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
