//! [`Value`]: what a field holds in one event.

use std::{borrow::Cow, net::IpAddr};

use yagura_event::FlagSet;

/// What a field holds in one event, borrowed from it where possible.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'e> {
    /// Text.
    Text(Cow<'e, str>),
    /// A number, a port, a time or a duration.
    Number(i64),
    /// A number that prints in hexadecimal.
    Hex(i64),
    /// True or false.
    Truth(bool),
    /// An address.
    Address(IpAddr),
    /// Bytes.
    Bytes(Cow<'e, [u8]>),
    /// Flags: text is made when it is needed.
    Flags(FlagSet, u64),
}

impl<'e> Value<'e> {
    pub(crate) fn text(text: &'e str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    pub(crate) fn owned(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }

    /// The text a rule compares and a person reads.
    pub(crate) fn into_text(self) -> Cow<'e, str> {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string().into(),
            Self::Hex(number) => format!("{number:x}").into(),
            Self::Truth(truth) => Cow::Borrowed(if truth { "true" } else { "false" }),
            Self::Address(address) => address.to_string().into(),
            Self::Bytes(Cow::Borrowed(bytes)) => String::from_utf8_lossy(bytes),
            Self::Bytes(Cow::Owned(bytes)) => String::from_utf8_lossy(&bytes).into_owned().into(),
            Self::Flags(set, bits) => set.render(bits).into(),
        }
    }

    /// The number in it, if it is one.
    pub(crate) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) | Self::Hex(number) => Some(*number),
            Self::Truth(truth) => Some(i64::from(*truth)),
            Self::Flags(_, bits) => i64::try_from(*bits).ok(),
            Self::Text(_) | Self::Address(_) | Self::Bytes(_) => None,
        }
    }

    /// The value as Falco writes it in JSON.
    pub(crate) fn into_json(self) -> serde_json::Value {
        match self {
            Self::Number(number) | Self::Hex(number) => number.into(),
            Self::Truth(truth) => truth.into(),
            other => other.into_text().into_owned().into(),
        }
    }
}
