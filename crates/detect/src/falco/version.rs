//! Versions that rule files require.

/// The version of Falco's engine whose rules this one runs.
pub const ENGINE_VERSION: &str = "0.62.0";

/// A semantic version's three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(u32, u32, u32);

impl Version {
    /// Reads `x.y.z`; what may follow a `-` or `+` is passed over.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plain = text.split(['-', '+']).next()?;
        let mut numbers = plain.split('.').map(|part| part.parse().ok());
        let version = Self(numbers.next()??, numbers.next()??, numbers.next()??);
        numbers.next().is_none().then_some(version)
    }

    /// The version an old integer stands for.
    pub(super) const fn from_number(number: u32) -> Self {
        Self(0, number, 0)
    }

    /// Whether what asks for `required` runs on this: same major version, and not older.
    pub(super) fn satisfies(self, required: Self) -> bool {
        self.0 == required.0 && self >= required
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.0, self.1, self.2)
    }
}
