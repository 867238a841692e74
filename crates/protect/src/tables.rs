//! [`program`]: rules compiled for the deciders in the kernel.
//!
//! A condition becomes conjunctions of tests on the values that the kernel has whole at that moment. INVARIANT: a test is
//! taken only where the kernel's answer is the rule engine's; patterns are ASCII, because the engine reads other bytes as
//! text with replacements.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr},
};

use ipnet::IpNet;
use yagura_detect::{
    Field, FieldArg, Rule,
    enforce::{Alternatives, Condition, Literal, Support},
    ir::{NumberTest, Predicate, Term, Test, TextTest},
};
use yagura_event::EventKind;
use yagura_sensor::prevent::{Alternative, Bits, Hook, Program, Slot, State, TESTS_MAX, TEXT_BYTES_MAX};

use crate::{
    Mode,
    automaton::{self, Pattern},
    known,
};

/// States of all automata together.
const STATES_MAX: usize = 8_192;
/// Conjunctions of one hook.
const ALTERNATIVES_MAX: usize = 768;

/// What became of the rules.
#[derive(Debug, Clone, Default)]
pub struct Compiled {
    /// The tables.
    pub program: Program,
    /// Rules that found no room, by hook.
    pub left_out: Vec<(Hook, String)>,
}

/// The conjunctions of a rule at a hook.
pub(crate) fn alternatives(rule: &Rule, hook: Hook) -> Option<Alternatives> {
    let kind = match hook {
        Hook::Exec => EventKind::Execve,
        Hook::Connect => EventKind::Connect,
    };
    Some(Condition::new(rule, kind)?.alternatives(&|predicate| support(hook, predicate)))
}

/// Compiles rules; each with its number and what is to be done.
pub fn program<'a>(rules: impl Iterator<Item = (u32, &'a Rule, Mode)> + Clone) -> Compiled {
    let mut compiled = Compiled::default();
    let mut states =
        vec![State { next: Box::new([0; 256]), found: Bits::default(), found_at_end: Bits::default() }];
    for hook in [Hook::Exec, Hook::Connect] {
        let mut tables = Tables::new(hook);
        // What refuses stands before what only tells.
        for wanted in [Mode::Prevent, Mode::DryRun] {
            for (number, rule, _) in rules.clone().filter(|(_, _, mode)| *mode == wanted) {
                let Some(found) = alternatives(rule, hook).filter(|found| !found.list.is_empty()) else {
                    continue;
                };
                if !tables.add(number, wanted == Mode::DryRun, &found.list) {
                    compiled.left_out.push((hook, rule.name.clone()));
                }
            }
        }
        tables.finish(&mut compiled.program, &mut states);
    }
    compiled.program.states = states;
    compiled
}

/// What the kernel does to answer a test.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Look {
    Texts(Slot, TextTest, Vec<Vec<u8>>),
    Numbers(Slot, Vec<i64>),
    Networks(Vec<(IpAddr, u8)>),
}

// The look-up of a test, and whether the test is its opposite.
fn look(hook: Hook, predicate: &Predicate) -> Option<(Look, bool)> {
    let Term::Field(field) = &predicate.term else { return None };
    let index_one = field.arg == FieldArg::Index(1);
    let text_slot = match field.field {
        Field::ProcName => Some(Slot::Name),
        Field::ProcExepath => Some(Slot::Exe),
        Field::ProcPname => Some(Slot::ParentName),
        Field::ProcAname if index_one => Some(Slot::ParentName),
        Field::ProcAname if field.arg == FieldArg::None => Some(Slot::AncestorName),
        Field::ProcPexepath => Some(Slot::ParentExe),
        Field::ProcAexepath if index_one => Some(Slot::ParentExe),
        Field::ProcArgs if field.arg == FieldArg::None && hook == Hook::Exec => Some(Slot::Args),
        Field::ProcCmdline if hook == Hook::Exec => Some(Slot::Cmdline),
        _ => None,
    };
    if let Some(slot) = text_slot {
        return text_look(slot, &predicate.test);
    }
    let number_slot = match field.field {
        Field::UserUid => Some(Slot::Uid),
        Field::GroupGid => Some(Slot::Gid),
        Field::UserLoginuid => Some(Slot::LoginUid),
        Field::FdSport | Field::FdRport if hook == Hook::Connect => Some(Slot::Port),
        _ => None,
    };
    if let Some(slot) = number_slot {
        return match &predicate.test {
            Test::Number(NumberTest::Equal, number) => Some((Look::Numbers(slot, vec![*number]), false)),
            Test::Number(NumberTest::Differs, number) => Some((Look::Numbers(slot, vec![*number]), true)),
            Test::NumberIn(numbers) => Some((Look::Numbers(slot, numbers.to_vec()), false)),
            _ => None,
        };
    }
    match (field.field, &predicate.test) {
        (Field::ProcTty, Test::Number(test, 0)) => match test {
            NumberTest::Equal | NumberTest::LessOrEqual => {
                Some((Look::Numbers(Slot::HasTerminal, vec![0]), false))
            }
            NumberTest::Differs | NumberTest::Greater => {
                Some((Look::Numbers(Slot::HasTerminal, vec![1]), false))
            }
            _ => None,
        },
        (Field::ProcIsExeFromMemfd, Test::Truth(wanted)) => {
            Some((Look::Numbers(Slot::Memfd, vec![i64::from(*wanted)]), false))
        }
        (Field::ProcIsExeUpperLayer, Test::Truth(wanted)) => {
            Some((Look::Numbers(Slot::UpperLayer, vec![i64::from(*wanted)]), false))
        }
        _ if hook == Hook::Connect => connection_look(field.field, &predicate.test),
        _ => None,
    }
}

fn text_look(slot: Slot, test: &Test) -> Option<(Look, bool)> {
    // A parent may be missing, and then every test fails, its opposite too: only plain tests are the same there.
    let always_there = !matches!(slot, Slot::ParentName | Slot::ParentExe | Slot::AncestorName);
    let (test, patterns, negated) = match test {
        Test::Text(test, patterns) => (*test, patterns.to_vec(), false),
        Test::TextDiffers(text) if always_there => (TextTest::Equals, vec![text.clone()], true),
        _ => return None,
    };
    let patterns: Option<Vec<(TextTest, Vec<u8>)>> =
        patterns.iter().map(|pattern| plain(test, pattern)).collect();
    let patterns = patterns?;
    let kind = patterns.first()?.0;
    if slot == Slot::AncestorName && kind != TextTest::Equals {
        return None;
    }
    // Patterns of several shapes under one test are rare; they are not taken.
    patterns
        .iter()
        .all(|(other, _)| *other == kind)
        .then(|| (Look::Texts(slot, kind, patterns.into_iter().map(|(_, text)| text).collect()), negated))
}

// A pattern as one of four shapes, where it is one.
fn plain(given: TextTest, pattern: &str) -> Option<(TextTest, Vec<u8>)> {
    let (test, text) = match given {
        TextTest::Equals | TextTest::StartsWith | TextTest::EndsWith | TextTest::Contains => (given, pattern),
        TextTest::Glob => {
            let inner = pattern.trim_start_matches('*').trim_end_matches('*');
            match (pattern.starts_with('*'), pattern.ends_with('*')) {
                (true, true) => (TextTest::Contains, inner),
                (true, false) => (TextTest::EndsWith, inner),
                (false, true) => (TextTest::StartsWith, inner),
                (false, false) => (TextTest::Equals, inner),
            }
        }
        _ => return None,
    };
    // Only `*` at the ends of a glob is understood here.
    let is_special = |byte: u8| matches!(byte, b'*' | b'?' | b'[' | b'\\' | b'(' | b')');
    let is_glob = given == TextTest::Glob && text.bytes().any(is_special);
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte != 0 && byte.is_ascii());
    let fits = is_plain && !is_glob && text.len() <= TEXT_BYTES_MAX;
    fits.then(|| (test, text.as_bytes().to_vec()))
}

fn connection_look(field: Field, test: &Test) -> Option<(Look, bool)> {
    match (field, test) {
        (Field::FdSip | Field::FdRip | Field::FdSnet | Field::FdRnet, Test::Address(networks)) => {
            Some((Look::Networks(plain_networks(networks)?), false))
        }
        (Field::FdSip | Field::FdRip | Field::FdSnet | Field::FdRnet, Test::AddressOutside(networks)) => {
            Some((Look::Networks(plain_networks(networks)?), true))
        }
        (Field::FdL4proto, Test::Text(TextTest::Equals, names)) => {
            let number = |name: &str| match name {
                "tcp" => Some(6),
                "udp" => Some(17),
                _ => None,
            };
            let numbers: Option<Vec<i64>> = names.iter().map(|name| number(name)).collect();
            Some((Look::Numbers(Slot::Protocol, numbers?), false))
        }
        _ => None,
    }
}

// The kernel's table holds IPv4 addresses as IPv6 addresses; a network that reaches into both is none of the rule's.
fn plain_networks(networks: &[IpNet]) -> Option<Vec<(IpAddr, u8)>> {
    let mapped = (IpAddr::from(Ipv4Addr::UNSPECIFIED), 0);
    let plain = |net: &IpNet| {
        let network = (net.network(), net.prefix_len());
        let both = net.network().is_ipv6() && (contains(network, mapped) || contains(mapped, network));
        (!both).then_some(network)
    };
    networks.iter().map(plain).collect()
}

// Every connection that is asked about is one of the Internet.
fn fixed_of_family(predicate: &Predicate) -> Option<bool> {
    let Term::Field(field) = &predicate.term else { return None };
    let Test::Text(TextTest::Equals, names) = &predicate.test else { return None };
    let has = |name: &str| names.iter().any(|known| **known == *name);
    match field.field {
        Field::FdSockfamily => Some(has("ip")),
        Field::FdType if has("ipv4") == has("ipv6") => Some(has("ipv4")),
        Field::FdTypechar if has("4") == has("6") => Some(has("4")),
        _ => None,
    }
}

// What every process has. Only the first one and the kernel's threads have no parent, and those are left alone.
fn is_always_there(predicate: &Predicate) -> bool {
    let Term::Field(field) = &predicate.term else { return false };
    let always = matches!(
        field.field,
        Field::ProcName
            | Field::ProcExepath
            | Field::ProcArgs
            | Field::ProcCmdline
            | Field::ProcPname
            | Field::ProcPexepath
            | Field::ProcTty
            | Field::UserUid
            | Field::GroupGid
            | Field::UserLoginuid
    );
    predicate.test == Test::Exists && always && field.arg == FieldArg::None
}

pub(crate) fn support(hook: Hook, predicate: &Predicate) -> Support {
    if is_always_there(predicate) {
        return Support::Fixed(true);
    }
    let fixed = match hook {
        Hook::Exec => known::fixed_of_exec(predicate),
        Hook::Connect => known::fixed_of_connect(predicate).or_else(|| fixed_of_family(predicate)),
    };
    match fixed {
        Some(value) => Support::Fixed(value),
        None if look(hook, predicate).is_some() => Support::Tests,
        None => Support::Unknown,
    }
}

/// The tables of one hook while they grow.
struct Tables {
    hook: Hook,
    tests: HashMap<Look, usize>,
    alternatives: Vec<Alternative>,
}

impl Tables {
    fn new(hook: Hook) -> Self {
        Self { hook, tests: HashMap::new(), alternatives: Vec::new() }
    }

    // All of a rule or nothing: half of its conjunctions would be a surprise.
    fn add(&mut self, rule: u32, dry: bool, list: &[Vec<Literal>]) -> bool {
        let mut tests = self.tests.clone();
        let mut alternatives = Vec::new();
        for literals in list {
            let (mut set, mut clear) = (Bits::default(), Bits::default());
            for literal in literals {
                let Some((look, negated)) = look(self.hook, &literal.predicate) else { return false };
                let next = tests.len();
                let test = *tests.entry(look).or_insert(next);
                if literal.holds == negated { clear.insert(test) } else { set.insert(test) }
            }
            alternatives.push(Alternative { set, clear, rule, dry });
        }
        let states: usize = tests.keys().map(states_of).sum();
        let room = tests.len() <= TESTS_MAX
            && self.alternatives.len() + alternatives.len() <= ALTERNATIVES_MAX
            && states < STATES_MAX / 2;
        if room {
            self.tests = tests;
            self.alternatives.extend(alternatives);
        }
        room
    }

    fn finish(self, program: &mut Program, states: &mut Vec<State>) {
        let hook = self.hook;
        let mut begins: BTreeMap<Slot, Vec<(Vec<u8>, usize)>> = BTreeMap::new();
        let mut inside: BTreeMap<Slot, Vec<Pattern>> = BTreeMap::new();
        let mut networks: Vec<(IpAddr, u8, usize)> = Vec::new();
        let mut looks: Vec<(Look, usize)> = self.tests.into_iter().collect();
        looks.sort_by_key(|(_, test)| *test);
        for (look, test) in looks {
            let slot = match &look {
                Look::Texts(slot, ..) | Look::Numbers(slot, _) => *slot,
                Look::Networks(_) => Slot::Address,
            };
            program.tests.entry((hook, slot)).or_default().insert(test);
            match look {
                Look::Texts(slot, kind, patterns) => {
                    for text in patterns {
                        match kind {
                            TextTest::Equals => {
                                program.texts.entry((hook, slot, text)).or_default().insert(test);
                            }
                            TextTest::StartsWith => begins.entry(slot).or_default().push((text, test)),
                            kind => inside.entry(slot).or_default().push(Pattern {
                                text,
                                at_end: kind == TextTest::EndsWith,
                                test,
                            }),
                        }
                    }
                }
                Look::Numbers(slot, numbers) => {
                    for number in numbers {
                        program.numbers.entry((hook, slot, number)).or_default().insert(test);
                    }
                }
                Look::Networks(list) => {
                    networks.extend(list.into_iter().map(|(address, length)| (address, length, test)));
                }
            }
        }
        // The kernel finds the longest beginning only: it carries the tests of the shorter ones.
        for (slot, list) in &begins {
            for (text, _) in list {
                let mut bits = Bits::default();
                list.iter()
                    .filter(|(other, _)| text.starts_with(other))
                    .for_each(|(_, test)| bits.insert(*test));
                program.prefixes.insert((hook, *slot, text.clone()), bits);
            }
        }
        for (address, length, _) in &networks {
            let mut bits = Bits::default();
            let holds = |other: &(IpAddr, u8, usize)| contains((other.0, other.1), (*address, *length));
            networks.iter().filter(|other| holds(other)).for_each(|(.., test)| bits.insert(*test));
            program.networks.push((*address, *length, bits));
        }
        for (slot, patterns) in &inside {
            let first = states.len();
            if let Some(more) = automaton::build(patterns, first, STATES_MAX) {
                program.automata.insert((hook, *slot), u16::try_from(first).unwrap_or(0));
                states.extend(more);
            }
        }
        program.alternatives.insert(hook, self.alternatives);
    }
}

fn states_of(look: &Look) -> usize {
    match look {
        Look::Texts(_, TextTest::EndsWith | TextTest::Contains, texts) => {
            1 + texts.iter().map(Vec::len).sum::<usize>()
        }
        _ => 0,
    }
}

// Whether one network contains another. An IPv4 network is the IPv6 network that stands for it.
fn contains(one: (IpAddr, u8), other: (IpAddr, u8)) -> bool {
    let wide = |(address, length): (IpAddr, u8)| match address {
        IpAddr::V4(address) => (u128::from(address.to_ipv6_mapped()), u32::from(length) + 96),
        IpAddr::V6(address) => (u128::from(address), u32::from(length)),
    };
    let ((one, one_length), (other, other_length)) = (wide(one), wide(other));
    let mask = u128::MAX.checked_shl(128 - one_length).unwrap_or(0);
    one_length <= other_length && one & mask == other & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_with_stars_at_their_ends_are_plain() {
        let plain = |pattern| plain(TextTest::Glob, pattern);
        assert_eq!(plain("*x*"), Some((TextTest::Contains, b"x".to_vec())));
        assert_eq!(plain("/tmp/*"), Some((TextTest::StartsWith, b"/tmp/".to_vec())));
        assert_eq!(plain("*.sh"), Some((TextTest::EndsWith, b".sh".to_vec())));
        for other in ["a*b", "a?", "[ab]", "*", "", "\\*", "*a*b*", "@(a|b)", "caf\u{e9}*"] {
            assert_eq!(plain(other), None, "{other}");
        }
    }

    #[test]
    fn a_network_carries_the_tests_of_those_around_it() {
        let net = |text: &str, length| (text.parse::<IpAddr>().expect("an address"), length);
        assert!(contains(net("10.0.0.0", 8), net("10.1.0.0", 16)));
        assert!(!contains(net("10.1.0.0", 16), net("10.0.0.0", 8)));
        assert!(contains(net("0.0.0.0", 0), net("10.0.0.0", 8)));
        assert!(contains(net("::", 0), net("10.0.0.0", 8)));
        assert!(!contains(net("0.0.0.0", 0), net("2001:db8::", 32)));
    }
}
