//! The form every rule language is compiled to: boolean expressions over tests of terms.
//!
//! Knows neither a language's syntax nor how tests are carried out: [`crate::falco`] makes expressions,
//! [`crate::Engine`] compiles all of them together. Sub-expressions are shared, so a macro used a hundred times exists
//! once; whoever walks an expression must remember what it saw.

use std::{net::IpAddr, sync::Arc};

use ipnet::IpNet;

use crate::field::{Field, FieldRef};

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// Always true or always false.
    Constant(bool),
    /// A test of one term.
    Test(Predicate),
    /// True where the other is false, also where it is false because a value is missing.
    Not(Arc<Expr>),
    /// All of them.
    And(Vec<Arc<Expr>>),
    /// Any of them.
    Or(Vec<Arc<Expr>>),
    /// The same as what it names: a macro's condition, kept apart for whoever explains a match.
    Named(Box<str>, Arc<Expr>),
}

/// One test: a term and what must be true of its value. A missing value fails every test.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Predicate {
    /// What is tested.
    pub term: Term,
    /// What must be true of it.
    pub test: Test,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// A field of the event.
    Field(FieldRef),
    /// A fixed text.
    Literal(Box<str>),
    /// A function of other terms.
    Apply(Function, Vec<Term>),
}

/// Functions of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// ASCII letters in lower case.
    ToLower,
    /// ASCII letters in upper case.
    ToUpper,
    /// What the Base64 text stands for.
    Base64,
    /// What stands after the last `/`.
    Basename,
    /// Length in bytes, or the number of values of a list.
    Length,
    /// All values of a list with a separator between.
    Join,
    /// All arguments one after the other.
    Concat,
    /// Options among command-line arguments, as POSIX `getopt` finds them: each letter, followed by its value.
    GetOpt,
    /// The values of all arguments, one after the other, as a list.
    List,
}

/// What must be true of a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// It is there.
    Exists,
    /// Its text, or one of its texts, fits one of the patterns.
    Text(TextTest, Arc<[Box<str>]>),
    /// Its text, or one of its texts, differs from this one.
    TextDiffers(Box<str>),
    /// Its text, or one of its texts, stands so to this one in the order of bytes.
    TextOrder(NumberTest, Box<str>),
    /// Every one of its texts is among these.
    TextAll(Arc<[Box<str>]>),
    /// Its bytes, or one of its byte strings, fit one of the patterns.
    Bytes(BytesTest, Arc<[Box<[u8]>]>),
    /// Its number, or one of its numbers, compares so with the given one.
    Number(NumberTest, i64),
    /// Its number, or one of its numbers, is among these (sorted).
    NumberIn(Arc<[i64]>),
    /// It is this truth value.
    Truth(bool),
    /// Its address, or one of its addresses, lies in one of the networks.
    Address(Arc<[IpNet]>),
    /// None of its addresses lies in one of the networks.
    AddressOutside(Arc<[IpNet]>),
    /// It compares so with another term's value.
    Compare(CompareTest, Term),
}

/// How a text fits a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum TextTest {
    Equals,
    StartsWith,
    EndsWith,
    Contains,
    ContainsIgnoringCase,
    Glob,
    GlobIgnoringCase,
    Regex,
    /// The pattern is the path or a directory above it.
    BelowPath,
}

/// How bytes fit a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BytesTest {
    Equals,
    StartsWith,
    Contains,
    EndsWith,
}

/// How numbers compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum NumberTest {
    Equal,
    /// With several numbers: all of them differ.
    Differs,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl NumberTest {
    /// Whether `left` compares so with `right`.
    pub fn holds<T: Ord + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Differs => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// How the values of two terms compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompareTest {
    Number(NumberTest),
    Text(TextTest),
    TextDiffers,
    TextOrder(NumberTest),
    /// Some value of one is among the values of the other.
    Intersects,
}

impl Term {
    /// Whether this field is in it.
    pub(crate) fn asks_for(&self, wanted: Field) -> bool {
        match self {
            Self::Field(field) => field.field == wanted,
            Self::Literal(_) => false,
            Self::Apply(_, arguments) => arguments.iter().any(|argument| argument.asks_for(wanted)),
        }
    }
}

impl Expr {
    /// A test.
    pub fn test(term: Term, test: Test) -> Arc<Self> {
        Arc::new(Self::Test(Predicate { term, test }))
    }

    /// The opposite.
    pub fn negate(self: Arc<Self>) -> Arc<Self> {
        Arc::new(Self::Not(self))
    }
}

/// The network that holds just this address.
pub(crate) fn single(address: IpAddr) -> IpNet {
    IpNet::from(address)
}
