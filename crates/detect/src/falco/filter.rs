//! The filter language: text to syntax tree. Knows no fields and no types; [`super::lower`] does.
//!
//! Follows the grammar of Falco's `filter/parser.h`, quirks included: `and`, `or` and `not` need a blank or a
//! parenthesis after them but none before, values may be bare words. Boolean structure is parsed without recursion, so
//! nesting costs no stack.

use crate::{
    ir::Function,
    limits::{CONDITION_DEPTH_MAX, TRANSFORMER_DEPTH_MAX},
};

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ast {
    And(Vec<Ast>),
    Or(Vec<Ast>),
    Not(Box<Ast>),
    Macro { name: String, at: usize },
    Check(Check),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Check {
    pub(crate) left: Operand,
    pub(crate) operator: Operator,
    pub(crate) modifier: Modifier,
    pub(crate) right: Right,
    /// Where the operator stands.
    pub(crate) at: usize,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Field {
        name: String,
        arg: Option<String>,
        at: usize,
    },
    Apply {
        function: Function,
        arguments: Vec<Operand>,
        at: usize,
    },
    Literal {
        text: String,
    },
    /// Several in parentheses, as the argument of a transformer.
    List {
        items: Vec<Operand>,
    },
}

impl Operand {
    /// Whether the text begins as a transformer does, or as `val(…)`.
    pub(crate) fn is_transformer(text: &str) -> bool {
        text.ends_with(')')
            && (text.starts_with("val(") || FUNCTIONS.iter().any(|(name, _)| text.starts_with(name)))
    }
}

/// What it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Right {
    Nothing,
    Value(Literal),
    List(Vec<Literal>),
    Operand(Operand),
}

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal {
    pub(crate) text: String,
    pub(crate) at: usize,
    /// Bytes it covers in the condition.
    pub(crate) length: usize,
}

/// Says how the items of a list count for an operator that takes one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifier {
    None,
    OneOf,
    AnyOf,
    AllOf,
}

macro_rules! operators {
    ($($variant:ident $name:literal $class:ident,)*) => {
        /// A comparison operator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Operator { $($variant,)* }

        impl Operator {
            /// Every operator, in the order in which they are tried.
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As it is written.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub(crate) const fn class(self) -> OperatorClass {
                match self { $(Self::$variant => OperatorClass::$class,)* }
            }
        }
    };
}

/// What an operator takes on its right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OperatorClass {
    Unary,
    Number,
    /// A value; the operator is a sign.
    Sign,
    /// A value; the operator is a word, so a blank follows.
    Word,
    List,
}

operators! {
    Exists "exists" Unary,
    LessOrEqual "<=" Number,
    Less "<" Number,
    GreaterOrEqual ">=" Number,
    Greater ">" Number,
    EqualTwice "==" Sign,
    Equal "=" Sign,
    Differs "!=" Sign,
    Glob "glob" Word,
    IGlob "iglob" Word,
    Contains "contains" Word,
    IContains "icontains" Word,
    BContains "bcontains" Word,
    StartsWith "startswith" Word,
    BStartsWith "bstartswith" Word,
    EndsWith "endswith" Word,
    Regex "regex" Word,
    Intersects "intersects" List,
    In "in" List,
    PMatch "pmatch" List,
}

impl Operator {
    /// The operator of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|operator| operator.name() == name)
    }

    /// The operator and modifier written like this, as exceptions name them: `contains`, `startswith oneof`.
    pub(crate) fn with_modifier(text: &str) -> Option<(Self, Modifier)> {
        let mut words = text.split_ascii_whitespace();
        let operator = Self::from_name(words.next()?)?;
        let modifier = match words.next() {
            None => Modifier::None,
            Some(word) => MODIFIERS.iter().find(|(name, _)| *name == word)?.1,
        };
        let fits = modifier == Modifier::None
            || matches!(operator.class(), OperatorClass::Sign | OperatorClass::Word);
        (fits && words.next().is_none()).then_some((operator, modifier))
    }
}

const MODIFIERS: [(&str, Modifier); 3] =
    [("oneof", Modifier::OneOf), ("anyof", Modifier::AnyOf), ("allof", Modifier::AllOf)];

const FUNCTIONS: [(&str, Function); 8] = [
    ("tolower(", Function::ToLower),
    ("toupper(", Function::ToUpper),
    ("b64(", Function::Base64),
    ("basename(", Function::Basename),
    ("len(", Function::Length),
    ("join(", Function::Join),
    ("concat(", Function::Concat),
    ("getopt(", Function::GetOpt),
];

/// Why a condition cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParseError {
    pub(crate) message: String,
    pub(crate) at: usize,
    pub(crate) help: Option<String>,
}

/// Reads a condition.
pub(crate) fn parse(text: &str) -> Result<Ast, ParseError> {
    let mut parser = Parser { text, at: 0 };
    if text.trim().is_empty() {
        return Err(parser.error("the condition is empty"));
    }
    parser.expression()
}

/// Reads a field or transformer as outputs have them, from the beginning of the text, and says how long it is.
pub(crate) fn parse_operand(text: &str) -> Result<(Operand, usize), ParseError> {
    let mut parser = Parser { text, at: 0 };
    let operand = parser.operand(0)?;
    Ok((operand, parser.at))
}

// An open parenthesis: what was read in it so far, and whether a `not` stands before it.
#[derive(Default)]
struct Frame {
    ors: Vec<Ast>,
    ands: Vec<Ast>,
    negated: bool,
}

impl Frame {
    fn end_and(&mut self) {
        let ands = std::mem::take(&mut self.ands);
        self.ors.push(only_or(ands, Ast::And));
    }

    fn into_ast(mut self) -> Ast {
        self.end_and();
        let inner = only_or(self.ors, Ast::Or);
        if self.negated { Ast::Not(Box::new(inner)) } else { inner }
    }
}

fn only_or(mut parts: Vec<Ast>, join: fn(Vec<Ast>) -> Ast) -> Ast {
    match parts.len() {
        1 => parts.remove(0),
        _ => join(parts),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn expression(&mut self) -> Result<Ast, ParseError> {
        let mut open: Vec<Frame> = Vec::new();
        let mut frame = Frame::default();
        loop {
            let negated = self.nots();
            if self.eat("(") {
                if open.len() + 1 >= CONDITION_DEPTH_MAX {
                    return Err(self.error(&format!("nested deeper than {CONDITION_DEPTH_MAX} levels")));
                }
                open.push(std::mem::replace(&mut frame, Frame { negated, ..Frame::default() }));
                continue;
            }
            let check = self.check()?;
            frame.ands.push(if negated { Ast::Not(Box::new(check)) } else { check });
            self.blank();
            while !open.is_empty() && self.eat(")") {
                let inner = frame;
                frame = open.pop().unwrap_or_default();
                frame.ands.push(inner.into_ast());
                self.blank();
            }
            if self.at == self.text.len() {
                return match open.is_empty() {
                    true => Ok(frame.into_ast()),
                    false => Err(self.error("expected a `)`")),
                };
            }
            self.connective(&mut frame)?;
        }
    }

    // `and` or `or`, with a blank or a parenthesis after it.
    fn connective(&mut self, frame: &mut Frame) -> Result<(), ParseError> {
        let word = if self.eat("or") {
            frame.end_and();
            "or"
        } else if self.eat("and") {
            "and"
        } else {
            let mut error = self.error("unexpected text after a comparison, expected `and` or `or`");
            if self.rest().starts_with(',') {
                error.help = Some("a list stands in parentheses: `field in (a, b)`".to_owned());
            }
            return Err(error);
        };
        if self.blank() || self.rest().starts_with('(') {
            return Ok(());
        }
        Err(self.error(&format!("expected a blank or `(` after `{word}`")))
    }

    // Whether an odd number of `not`s comes next.
    fn nots(&mut self) -> bool {
        let mut negated = false;
        self.blank();
        while let Some(rest) = self.rest().strip_prefix("not") {
            match rest.chars().next() {
                Some('(') => {
                    self.at += 3;
                    return !negated;
                }
                Some(letter) if letter.is_ascii_whitespace() => {
                    self.at += 3;
                    self.blank();
                    negated = !negated;
                }
                _ => break,
            }
        }
        negated
    }

    fn check(&mut self) -> Result<Ast, ParseError> {
        let at = self.at;
        if self.field_name_length().is_none() && self.function().is_none() {
            let Some(name) = self.identifier() else {
                return Err(self.error("expected `(`, a field or a macro"));
            };
            return Ok(Ast::Macro { name: name.to_owned(), at });
        }
        let left = self.operand(0)?;
        self.blank();
        let at = self.at;
        let operator = self.operator()?;
        self.blank();
        let modifier = self.modifier(operator);
        let right = match (operator.class(), modifier) {
            (OperatorClass::Unary, _) => Right::Nothing,
            (OperatorClass::Number, _) => self.number()?,
            (OperatorClass::Sign | OperatorClass::Word, Modifier::None) => match self.right_operand()? {
                Some(operand) => Right::Operand(operand),
                None => Right::Value(self.value()?),
            },
            (OperatorClass::Sign | OperatorClass::Word, _) | (OperatorClass::List, _) => self.list()?,
        };
        Ok(Ast::Check(Check { left, operator, modifier, right, at }))
    }

    fn operator(&mut self) -> Result<Operator, ParseError> {
        for operator in Operator::ALL {
            let Some(rest) = self.rest().strip_prefix(operator.name()) else { continue };
            if operator.class() == OperatorClass::Word
                && !rest.starts_with(|letter: char| letter.is_ascii_whitespace())
            {
                continue;
            }
            self.at += operator.name().len();
            return Ok(*operator);
        }
        let mut error = self.error("expected a comparison operator");
        let word: String = self.rest().chars().take_while(char::is_ascii_alphanumeric).collect();
        let near = crate::field::nearest(&word, Operator::ALL.iter().map(|operator| operator.name()));
        error.help = Some(match near.filter(|_| !word.is_empty()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let names: Vec<&str> = Operator::ALL.iter().map(|operator| operator.name()).collect();
                format!("one of {}", names.join(" "))
            }
        });
        Err(error)
    }

    fn modifier(&mut self, operator: Operator) -> Modifier {
        if !matches!(operator.class(), OperatorClass::Sign | OperatorClass::Word) {
            return Modifier::None;
        }
        for (word, modifier) in MODIFIERS {
            // The word alone is a value: `proc.name = oneof`.
            if self.rest().strip_prefix(word).is_some_and(|rest| rest.trim_ascii_start().starts_with('(')) {
                self.at += word.len();
                self.blank();
                return modifier;
            }
        }
        Modifier::None
    }

    fn number(&mut self) -> Result<Right, ParseError> {
        if let Some(operand) = self.right_operand()? {
            return Ok(Right::Operand(operand));
        }
        match self.number_literal() {
            Some(literal) => Ok(Right::Value(literal)),
            None => Err(self.error("expected a number")),
        }
    }

    fn number_literal(&mut self) -> Option<Literal> {
        let (at, rest) = (self.at, self.rest());
        let hex = rest
            .strip_prefix("0x")
            .or_else(|| rest.strip_prefix("0X"))
            .map(|digits| 2 + count(digits, |byte| byte.is_ascii_hexdigit()));
        let length = hex.filter(|length| *length > 2).unwrap_or_else(|| decimal_length(rest));
        self.at += length;
        (length > 0).then(|| Literal { text: rest[..length].to_owned(), at, length })
    }

    fn value(&mut self) -> Result<Literal, ParseError> {
        self.blank();
        let at = self.at;
        if let Some(text) = self.quoted()? {
            return Ok(Literal { text, at, length: self.at - at });
        }
        let length = self
            .rest()
            .find(|letter: char| letter.is_ascii_whitespace() || "()\"'=,".contains(letter))
            .unwrap_or(self.rest().len());
        if length == 0 {
            return Err(self.error("expected a value"));
        }
        let text = self.rest()[..length].to_owned();
        self.at += length;
        Ok(Literal { text, at, length })
    }

    fn list(&mut self) -> Result<Right, ParseError> {
        let at = self.at;
        if !self.eat("(") {
            if let Some(operand) = self.right_operand()? {
                return Ok(Right::Operand(operand));
            }
            let Some(word) = self.identifier() else {
                return Err(self.error("expected a list in parentheses"));
            };
            return Ok(Right::List(vec![Literal { text: word.to_owned(), at, length: word.len() }]));
        }
        let mut items = Vec::new();
        self.blank();
        if !self.rest().starts_with(')') {
            items.push(self.value()?);
            self.blank();
            while self.eat(",") {
                items.push(self.value()?);
                self.blank();
            }
        }
        if !self.eat(")") {
            return Err(self.error("expected `,` or `)` in a list"));
        }
        Ok(Right::List(items))
    }

    // `val(field)` or a transformer; `None` for a plain value.
    fn right_operand(&mut self) -> Result<Option<Operand>, ParseError> {
        self.blank();
        if self.eat("val(") {
            self.blank();
            let operand = self.field()?;
            self.blank();
            return if self.eat(")") { Ok(Some(operand)) } else { Err(self.error("expected a `)`")) };
        }
        match self.function() {
            Some(_) => self.operand(0).map(Some),
            None => Ok(None),
        }
    }

    fn operand(&mut self, depth: usize) -> Result<Operand, ParseError> {
        self.blank();
        let at = self.at;
        let Some((name, function)) = self.function() else { return self.field() };
        if depth >= TRANSFORMER_DEPTH_MAX {
            return Err(self.error(&format!("transformers nested deeper than {TRANSFORMER_DEPTH_MAX}")));
        }
        self.at += name.len();
        let arguments = self.arguments(depth, true)?;
        Ok(Operand::Apply { function, arguments, at })
    }

    // What stands in a transformer's parentheses, the closing one included.
    fn arguments(&mut self, depth: usize, may_nest: bool) -> Result<Vec<Operand>, ParseError> {
        let mut arguments = Vec::new();
        loop {
            self.blank();
            arguments.push(self.argument(depth, may_nest)?);
            self.blank();
            if !self.eat(",") {
                break;
            }
        }
        if !self.eat(")") {
            return Err(self.error("expected a `)` after the transformer's argument"));
        }
        Ok(arguments)
    }

    fn argument(&mut self, depth: usize, may_nest: bool) -> Result<Operand, ParseError> {
        if self.function().is_some() || self.field_name_length().is_some() {
            return self.operand(depth + 1);
        }
        if let Some(literal) = self.number_literal() {
            return Ok(Operand::Literal { text: literal.text });
        }
        if let Some(text) = self.quoted()? {
            return Ok(Operand::Literal { text });
        }
        if may_nest && self.eat("(") {
            self.blank();
            let is_empty = self.eat(")");
            let items = if is_empty { Vec::new() } else { self.arguments(depth, false)? };
            return Ok(Operand::List { items });
        }
        Err(self.error("expected a field, a transformer, a quoted text or a number"))
    }

    fn field(&mut self) -> Result<Operand, ParseError> {
        let at = self.at;
        let length = self.field_name_length().ok_or_else(|| self.error("expected a field"))?;
        let name = self.rest()[..length].to_owned();
        self.at += length;
        if !self.eat("[") {
            return Ok(Operand::Field { name, arg: None, at });
        }
        let arg = match self.quoted()? {
            Some(text) => text,
            None => {
                let end = self
                    .rest()
                    .find(|letter: char| letter.is_ascii_whitespace() || "[]\"'".contains(letter))
                    .unwrap_or(self.rest().len());
                if end == 0 {
                    return Err(self.error("expected an argument for the field"));
                }
                let text = self.rest()[..end].to_owned();
                self.at += end;
                text
            }
        };
        if !self.eat("]") {
            return Err(self.error("expected a `]`"));
        }
        Ok(Operand::Field { name, arg: Some(arg), at })
    }

    fn function(&self) -> Option<(&'static str, Function)> {
        FUNCTIONS.iter().copied().find(|(name, _)| self.rest().starts_with(name))
    }

    // Words joined by dots, at least two.
    fn field_name_length(&self) -> Option<usize> {
        let rest = self.rest();
        let mut length = word_length(rest)?;
        let mut dots = 0;
        while let Some(next) = rest[length..].strip_prefix('.').and_then(word_length) {
            length += 1 + next;
            dots += 1;
        }
        (dots > 0).then_some(length)
    }

    fn identifier(&mut self) -> Option<&'t str> {
        let length = word_length(self.rest())?;
        let word = &self.rest()[..length];
        self.at += length;
        Some(word)
    }

    // A quoted text ends at the first such quote without a backslash right before it, even an escaped one: so Falco reads.
    fn quoted(&mut self) -> Result<Option<String>, ParseError> {
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|letter| matches!(letter, '"' | '\'')) else {
            return Ok(None);
        };
        let mut before = quote;
        for (index, letter) in rest.char_indices().skip(1) {
            if letter == quote && before != '\\' {
                let text = unescape(&rest[1..index], quote).map_err(|message| self.error(&message))?;
                self.at += index + 1;
                return Ok(Some(text));
            }
            before = letter;
        }
        Err(self.error("the quote is never closed"))
    }

    fn blank(&mut self) -> bool {
        let length = count(self.rest(), |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 8));
        self.at += length;
        length > 0
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn error(&self, message: &str) -> ParseError {
        ParseError { message: message.to_owned(), at: self.at, help: None }
    }
}

fn count(text: &str, fits: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| fits(*byte)).count()
}

fn word_length(text: &str) -> Option<usize> {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        .then(|| count(text, |byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

// Sign, digits, fraction, and an exponent with its sign.
fn decimal_length(text: &str) -> usize {
    let digits = |from: usize| count(&text[from..], |byte| byte.is_ascii_digit());
    let sign = usize::from(text.starts_with(['+', '-']));
    let whole = digits(sign);
    if whole == 0 {
        return 0;
    }
    let mut length = sign + whole;
    if text[length..].starts_with('.') {
        length += 1 + digits(length + 1);
    }
    let rest = &text.as_bytes()[length..];
    if let [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] = rest {
        length += 2 + digits(length + 2);
    }
    length
}

// Only the quote that encloses the text may be escaped. A blank after a backslash is lost and the backslash stays: Falco
// reads it so, and its rules count on it.
fn unescape(text: &str, quote: char) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        plain.push(match letters.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('\\' | ' ') => '\\',
            Some('/') => '/',
            Some(same) if same == quote => quote,
            Some(other @ ('"' | '\'')) => {
                return Err(format!("`\\{other}` in a text between {quote} quotes: write just {other}"));
            }
            Some(other) => return Err(format!("unknown escape `\\{other}`; a backslash is written `\\\\`")),
            None => return Err("a backslash at the end escapes nothing".to_owned()),
        });
    }
    Ok(plain)
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
