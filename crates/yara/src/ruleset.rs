//! Rules that were compiled.

use crate::{compile, diagnostic::Diagnostic};

/// The good rules of any number of files. Costs about a millisecond a rule to make; shared by any number of scanners.
pub struct Ruleset {
    pub(crate) rules: yara_x::Rules,
}

impl Ruleset {
    /// Compiles files of rules, name and text of each, and says what is wrong with them. What is good is used.
    #[must_use]
    pub fn compile<N: AsRef<str>, T: AsRef<[u8]>>(
        files: impl IntoIterator<Item = (N, T)>,
    ) -> (Self, Vec<Diagnostic>) {
        let files: Vec<(String, Vec<u8>)> = files
            .into_iter()
            .map(|(name, text)| (name.as_ref().to_owned(), text.as_ref().to_vec()))
            .collect();
        compile::on_its_own_stack(files)
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.iter().len()
    }

    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
