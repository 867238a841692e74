//! [`FieldRef`]: a field of an event, as a slot and not as a name.
//!
//! [`table`] lists every field with type and scope, [`lookup`] turns a rule's spelling into a slot, [`extract`] takes
//! its value out of an event. The names are Falco's; another language maps its own names to these slots.

mod event_value;
pub(crate) mod extract;
mod process_value;
pub(crate) mod quick;
mod table;
mod value;

use yagura_event::ArgName;

pub use table::Field;
pub(crate) use table::{ArgRule, FALCO_ARGUMENTS_NOT_CAPTURED};
pub(crate) use value::Value;

/// A field and the argument it is asked with, as in `proc.aname[2]` or `evt.arg.flags`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldRef {
    /// Which field.
    pub field: Field,
    /// Its argument.
    pub arg: FieldArg,
}

/// The argument of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldArg {
    /// None was given.
    None,
    /// A number in brackets.
    Index(u32),
    /// Anything else in brackets, or after the last dot.
    Key(Box<str>),
    /// The name of an event argument.
    Argument(ArgName),
}

/// What a field's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Nanoseconds.
    Duration,
    /// Nanoseconds since 1970.
    Time,
    /// A port number.
    Port,
    /// True or false.
    Truth,
    /// An IP address.
    Address,
    /// An IP address, compared with networks.
    Network,
    /// Bytes.
    Bytes,
    /// Number or text, whichever the event carries.
    Dynamic,
}

/// What a field's value depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// On the process alone: answers hold for the process's id.
    Process,
    /// On the event.
    Event,
    /// On nothing: this system never has it.
    Never,
}

/// Why a spelling is no field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LookupError {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl FieldRef {
    /// A field without argument.
    pub const fn plain(field: Field) -> Self {
        Self { field, arg: FieldArg::None }
    }

    /// What its value depends on.
    pub fn scope(&self) -> Scope {
        match (self.field, &self.arg) {
            (Field::EvtArg | Field::EvtRawarg, FieldArg::Key(_)) => Scope::Never,
            _ => self.field.scope(),
        }
    }

    /// Whether it can have several values at once.
    pub fn is_many(&self) -> bool {
        match self.field {
            Field::FdIp | Field::FdNet | Field::FdPort => true,
            Field::ProcAname
            | Field::ProcAexe
            | Field::ProcAexepath
            | Field::ProcAcmdline
            | Field::ProcAargs
            | Field::ProcApid
            | Field::ProcAenv => !matches!(self.arg, FieldArg::Index(_)),
            _ => false,
        }
    }

    /// The spelling rules use.
    pub fn name(&self) -> String {
        let base = self.field.name();
        match &self.arg {
            FieldArg::None => base.to_owned(),
            FieldArg::Index(index) => format!("{base}[{index}]"),
            FieldArg::Argument(name) => format!("{base}.{}", name.name()),
            FieldArg::Key(key) if self.field.is_dotted() => format!("{base}.{key}"),
            FieldArg::Key(key) => format!("{base}[{key}]"),
        }
    }
}

/// The slot that a name and an argument in brackets stand for.
pub(crate) fn lookup(name: &str, bracket: Option<&str>) -> Result<FieldRef, LookupError> {
    let (field, dotted) = find(name).ok_or_else(|| unknown(name))?;
    let given = match (dotted, bracket) {
        (Some(_), Some(_)) => {
            return Err(error(format!("`{name}` already has an argument"), "drop the part in brackets"));
        }
        (Some(dotted), None) => Some(dotted),
        (None, bracket) => bracket,
    };
    let rule = field.arg_rule();
    let arg = match (given, rule) {
        (None, ArgRule::Required) => {
            return Err(error(format!("`{name}` needs an argument"), &format!("write `{name}[…]`")));
        }
        (None, _) => FieldArg::None,
        (Some(_), ArgRule::None) => {
            return Err(error(format!("`{name}` takes no argument"), &format!("write just `{name}`")));
        }
        (Some(text), _) if matches!(field, Field::EvtArg | Field::EvtRawarg) => event_argument(text)?,
        (Some(text), ArgRule::Index) => FieldArg::Index(text.parse().map_err(|_| {
            error(format!("argument `{text}` of `{name}` is no number"), "count from 0, for example [1]")
        })?),
        (Some(text), _) => text.parse().map_or_else(|_| FieldArg::Key(text.into()), FieldArg::Index),
    };
    Ok(FieldRef { field, arg })
}

/// Whether there is a field of this name, whatever argument it may need.
pub(crate) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

fn find(name: &str) -> Option<(Field, Option<&str>)> {
    if let Some(field) = Field::from_name(name) {
        return Some((field, None));
    }
    let mut end = name.len();
    while let Some(dot) = name[..end].rfind('.') {
        if let Some(field) = Field::from_name(&name[..dot]).filter(|field| field.is_dotted()) {
            return Some((field, Some(&name[dot + 1..])));
        }
        end = dot;
    }
    None
}

fn event_argument(text: &str) -> Result<FieldArg, LookupError> {
    if let Ok(index) = text.parse() {
        return Ok(FieldArg::Index(index));
    }
    if let Some(name) = ArgName::from_name(text) {
        return Ok(FieldArg::Argument(name));
    }
    if FALCO_ARGUMENTS_NOT_CAPTURED.contains(&text) {
        return Ok(FieldArg::Key(text.into()));
    }
    let near = nearest(text, ArgName::ALL.iter().map(|name| name.name()));
    Err(LookupError {
        message: format!("unknown event argument `{text}`"),
        help: near.map(|near| format!("did you mean `evt.arg.{near}`?")),
    })
}

fn unknown(name: &str) -> LookupError {
    let near = nearest(name, Field::ALL.iter().map(|field| field.name()));
    LookupError {
        message: format!("nonexistent field `{name}`"),
        help: near.map(|near| format!("did you mean `{near}`?")),
    }
}

fn error(message: String, help: &str) -> LookupError {
    LookupError { message, help: Some(help.to_owned()) }
}

/// The known word most like this one, if any is near.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A name of a hostile length is not worth comparing.
    if word.len() > 200 {
        return None;
    }
    known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min()
        .filter(|(distance, _)| *distance <= (word.chars().count() / 3).clamp(1, 4))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_lead_to_slots_and_back() {
        for (name, bracket, expected) in [
            ("proc.name", None, "proc.name"),
            ("proc.aname", Some("2"), "proc.aname[2]"),
            ("evt.arg.flags", None, "evt.arg.flags"),
            ("evt.arg", Some("0"), "evt.arg[0]"),
            ("evt.type.is.open", None, "evt.type.is.open"),
            ("proc.env", Some("HOME"), "proc.env[HOME]"),
            ("container.mount.dest", Some("/proc*"), "container.mount.dest[/proc*]"),
            ("container.label.app", None, "container.label.app"),
        ] {
            let slot = lookup(name, bracket).expect(name);
            assert_eq!(slot.name(), expected);
        }
    }

    #[test]
    fn wrong_spellings_say_what_was_meant() {
        let help = |name: &str, bracket| lookup(name, bracket).expect_err(name).help.unwrap_or_default();
        assert!(help("proc.nmae", None).contains("`proc.name`"));
        assert!(help("evt.arg.flgas", None).contains("`evt.arg.flags`"));
        assert!(help("evt.arg", None).contains('['));
        assert!(help("proc.name", Some("1")).contains("just `proc.name`"));
        assert_eq!(help("quite.other.thing", None), "");
    }
}
