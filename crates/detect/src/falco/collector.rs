//! [`Collector`]: lists, macros and rules as all files together define them.
//!
//! An item that is defined again replaces the earlier one in its old position; a macro sees the macros whose position
//! lies before its own last definition.

use std::collections::{BTreeSet, HashMap};

use yagura_event::Priority;

use super::{
    LoadOptions,
    problem::{FilePlace, Problem},
    text::Text,
};
use crate::limits::ITEMS_MAX;

/// Items by name, in the order of their first definition.
#[derive(Debug)]
pub(super) struct Items<T> {
    pub(super) all: Vec<Item<T>>,
    names: HashMap<String, usize>,
}

/// An item and its place among all.
#[derive(Debug)]
pub(super) struct Item<T> {
    pub(super) name: String,
    pub(super) place: FilePlace,
    /// When it was first defined.
    pub(super) index: usize,
    /// When it was last changed: what has a smaller index is visible to it.
    pub(super) visibility: usize,
    pub(super) value: T,
}

#[derive(Debug)]
pub(super) struct List {
    pub(super) items: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Macro {
    pub(super) condition: Text,
}

#[derive(Debug, Clone)]
pub(super) struct RuleItem {
    pub(super) condition: Text,
    pub(super) output: Text,
    pub(super) description: String,
    pub(super) priority: Priority,
    pub(super) source: String,
    pub(super) tags: BTreeSet<String>,
    pub(super) enabled: bool,
    pub(super) warn_evttypes: bool,
    pub(super) skip_if_unknown_filter: bool,
    pub(super) capture: bool,
    pub(super) capture_duration_ms: Option<u64>,
    pub(super) exceptions: Vec<Exception>,
    pub(super) is_source_known: bool,
}

/// A rule's exception.
#[derive(Debug, Clone)]
pub(super) struct Exception {
    pub(super) name: String,
    pub(super) place: FilePlace,
    pub(super) fields: Option<Entry>,
    pub(super) comps: Option<Entry>,
    pub(super) values: Vec<Entry>,
}

/// A value of an exception: one text, or a list of values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    One(String),
    Many(Vec<Entry>),
}

/// What an append or a replacement changes of a rule.
#[derive(Debug, Default)]
pub(super) struct RuleUpdate {
    pub(super) condition: Option<Text>,
    pub(super) output: Option<Text>,
    pub(super) description: Option<String>,
    pub(super) tags: Option<BTreeSet<String>>,
    pub(super) exceptions: Option<Vec<Exception>>,
    pub(super) priority: Option<Priority>,
    pub(super) enabled: Option<bool>,
    pub(super) warn_evttypes: Option<bool>,
    pub(super) skip_if_unknown_filter: Option<bool>,
    pub(super) capture: Option<bool>,
    pub(super) capture_duration_ms: Option<u64>,
}

/// Everything the files define.
#[derive(Debug)]
pub(super) struct Collector<'o> {
    pub(super) lists: Items<List>,
    pub(super) macros: Items<Macro>,
    pub(super) rules: Items<RuleItem>,
    pub(super) options: &'o LoadOptions,
    clock: usize,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Self { all: Vec::new(), names: HashMap::new() }
    }
}

impl<T> Items<T> {
    pub(super) fn get(&self, name: &str) -> Option<(usize, &Item<T>)> {
        self.names.get(name).map(|at| (*at, &self.all[*at]))
    }

    fn get_mut(&mut self, name: &str) -> Option<&mut Item<T>> {
        self.names.get(name).map(|at| &mut self.all[*at])
    }

    fn define(&mut self, name: &str, place: FilePlace, value: T, now: usize) -> Result<(), Problem> {
        if let Some(item) = self.get_mut(name) {
            *item = Item { name: name.to_owned(), place, index: item.index, visibility: now, value };
            return Ok(());
        }
        if self.all.len() >= ITEMS_MAX {
            return Err(Problem::new(
                "LOAD_ERR_VALIDATE",
                format!("more than {ITEMS_MAX} items of this kind"),
                place,
            ));
        }
        self.names.insert(name.to_owned(), self.all.len());
        self.all.push(Item { name: name.to_owned(), place, index: now, visibility: now, value });
        Ok(())
    }
}

fn missing(what: &str, name: &str, how: &str, place: FilePlace) -> Problem {
    Problem::new(
        "LOAD_ERR_VALIDATE",
        format!("{how} {what} `{name}`, but no {what} of that name was defined before"),
        place,
    )
}

impl<'o> Collector<'o> {
    pub(super) fn new(options: &'o LoadOptions) -> Self {
        let (lists, macros, rules) = (Items::default(), Items::default(), Items::default());
        Self { lists, macros, rules, options, clock: 0 }
    }

    fn tick(&mut self) -> usize {
        self.clock += 1;
        self.clock - 1
    }

    pub(super) fn list_define(
        &mut self,
        name: &str,
        place: FilePlace,
        items: Vec<String>,
    ) -> Result<(), Problem> {
        let now = self.tick();
        self.lists.define(name, place, List { items }, now)
    }

    pub(super) fn list_append(
        &mut self,
        name: &str,
        place: FilePlace,
        items: Vec<String>,
    ) -> Result<(), Problem> {
        let now = self.tick();
        let list = self.lists.get_mut(name).ok_or_else(|| missing("list", name, "this appends to", place))?;
        list.value.items.extend(items);
        list.visibility = now;
        Ok(())
    }

    pub(super) fn macro_define(
        &mut self,
        name: &str,
        place: FilePlace,
        condition: Text,
    ) -> Result<(), Problem> {
        let now = self.tick();
        self.macros.define(name, place, Macro { condition }, now)
    }

    pub(super) fn macro_append(
        &mut self,
        name: &str,
        place: FilePlace,
        condition: &Text,
    ) -> Result<(), Problem> {
        let now = self.tick();
        let item =
            self.macros.get_mut(name).ok_or_else(|| missing("macro", name, "this appends to", place))?;
        item.value.condition.append(condition);
        item.visibility = now;
        Ok(())
    }

    pub(super) fn rule_define(
        &mut self,
        name: &str,
        place: FilePlace,
        mut rule: RuleItem,
    ) -> Result<(), Problem> {
        if let Some((_, earlier)) = self.rules.get(name)
            && earlier.value.source != rule.source
        {
            let message =
                format!("rule `{name}` was defined before with the source `{}`", earlier.value.source);
            return Err(Problem::new("LOAD_ERR_VALIDATE", message, place));
        }
        for exception in &mut rule.exceptions {
            exception.check()?;
        }
        let now = self.tick();
        self.rules.define(name, place, rule, now)
    }

    pub(super) fn rule_enable(&mut self, name: &str, place: FilePlace, enabled: bool) -> Result<(), Problem> {
        let rule = self.rules.get_mut(name).ok_or_else(|| missing("rule", name, "this switches", place))?;
        rule.value.enabled = enabled;
        Ok(())
    }

    pub(super) fn rule_append(
        &mut self,
        name: &str,
        place: FilePlace,
        update: RuleUpdate,
    ) -> Result<(), Problem> {
        let now = self.tick();
        let item = self.rules.get_mut(name).ok_or_else(|| missing("rule", name, "this appends to", place))?;
        if update.is_empty() {
            let message = "appended rule must have exceptions or condition property";
            return Err(Problem::new("LOAD_ERR_VALIDATE", message, place));
        }
        // All or nothing: a bad exception must not leave half of the others behind.
        let mut rule = item.value.clone();
        if let Some(condition) = &update.condition {
            rule.condition.append(condition);
        }
        if let Some(output) = &update.output {
            rule.output.append(output);
        }
        if let Some(description) = update.description {
            rule.description = format!("{} {description}", rule.description);
        }
        rule.tags.extend(update.tags.unwrap_or_default());
        for exception in update.exceptions.unwrap_or_default() {
            append_exception(&mut rule.exceptions, exception)?;
        }
        item.value = rule;
        item.visibility = now;
        Ok(())
    }

    pub(super) fn rule_replace(
        &mut self,
        name: &str,
        place: FilePlace,
        update: RuleUpdate,
    ) -> Result<(), Problem> {
        let now = self.tick();
        let item =
            self.rules.get_mut(name).ok_or_else(|| missing("rule", name, "this replaces parts of", place))?;
        let mut exceptions = update.exceptions;
        for exception in exceptions.iter_mut().flatten() {
            exception.check()?;
        }
        let rule = &mut item.value;
        replace(&mut rule.condition, update.condition);
        replace(&mut rule.output, update.output);
        replace(&mut rule.description, update.description);
        replace(&mut rule.tags, update.tags);
        replace(&mut rule.exceptions, exceptions);
        replace(&mut rule.priority, update.priority);
        replace(&mut rule.enabled, update.enabled);
        replace(&mut rule.warn_evttypes, update.warn_evttypes);
        replace(&mut rule.skip_if_unknown_filter, update.skip_if_unknown_filter);
        replace(&mut rule.capture, update.capture);
        rule.capture_duration_ms = update.capture_duration_ms.or(rule.capture_duration_ms);
        item.visibility = now;
        Ok(())
    }
}

fn replace<T>(place: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *place = new;
    }
}

fn append_exception(all: &mut Vec<Exception>, mut new: Exception) -> Result<(), Problem> {
    let fail = |message: &str| Err(Problem::new("LOAD_ERR_VALIDATE", message, new.place));
    let Some(earlier) = all.iter_mut().find(|exception| exception.name == new.name) else {
        if new.fields.is_some() && new.values.is_empty() {
            return fail("rule exception must have values property with a list of values");
        }
        new.check()?;
        all.push(new);
        return Ok(());
    };
    if new.fields.is_some() {
        return fail("can not append exception fields to existing exception, only values");
    }
    if new.comps.is_some() {
        return fail("can not append exception comps to existing exception, only values");
    }
    earlier.values.append(&mut new.values);
    Ok(())
}

impl RuleUpdate {
    fn is_empty(&self) -> bool {
        self.condition.is_none()
            && self.output.is_none()
            && self.description.is_none()
            && self.tags.is_none()
            && self.exceptions.is_none()
    }
}

impl Exception {
    // Fills in what may be left out, and refuses what does not fit together.
    fn check(&mut self) -> Result<(), Problem> {
        let place = self.place;
        let fail = |message: String| Err(Problem::new("LOAD_ERR_VALIDATE", message, place));
        let Some(fields) = &self.fields else {
            return fail("rule exception must have fields property with a list of fields".to_owned());
        };
        let count = match fields {
            Entry::One(_) => None,
            Entry::Many(fields) => Some(fields.len()),
        };
        let comps = self.comps.get_or_insert_with(|| match count {
            None => Entry::One("in".to_owned()),
            Some(count) => Entry::Many(vec![Entry::One("=".to_owned()); count]),
        });
        let operators: Vec<&str> = match (count, &*comps) {
            (None, Entry::One(operator)) => vec![operator],
            (None, Entry::Many(_)) => return fail("fields and comps must both be strings".to_owned()),
            (Some(count), Entry::Many(operators)) if operators.len() == count => {
                operators.iter().map(Entry::text).collect()
            }
            (Some(_), _) => return fail("fields and comps lists must have equal length".to_owned()),
        };
        for operator in operators {
            let Some((known, modifier)) = super::filter::Operator::with_modifier(operator) else {
                return fail(format!("`{operator}` is not a supported comparison operator"));
            };
            let takes_list = known.class() == super::filter::OperatorClass::List
                || modifier != super::filter::Modifier::None;
            if count.is_none() && !takes_list {
                return fail(
                    "when fields is a single value, comps must be one of in, pmatch, intersects".to_owned(),
                );
            }
        }
        Ok(())
    }
}

impl Entry {
    /// Its text; empty for a list.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::One(text) => text,
            Self::Many(_) => "",
        }
    }
}
