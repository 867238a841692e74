//! Hard links whose content was wanted under their second name.

use std::collections::HashMap;

use crate::{Want, limits};

/// A name that waits for its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) path: String,
    pub(super) target: String,
    pub(super) mode: u32,
}

/// Links by the file they lead to.
#[derive(Debug, Default)]
pub(super) struct Links {
    waiting: HashMap<String, Vec<Link>>,
    count: usize,
    second: bool,
}

impl Links {
    /// Keeps a link; false if there are too many.
    pub(super) fn add(&mut self, target: &str, path: &str, _want: Want, mode: u32) -> bool {
        if self.count >= limits::LINKS_MAX {
            return false;
        }
        self.count += 1;
        let link = Link { path: path.to_owned(), target: target.to_owned(), mode };
        self.waiting.entry(target.to_owned()).or_default().push(link);
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether the pass that reads contents runs.
    pub(super) fn is_second_pass(&self) -> bool {
        self.second
    }

    /// Links to links lead to the file at the end of the chain.
    pub(super) fn second_pass(mut self) -> Self {
        let target_of: HashMap<String, String> =
            self.waiting.values().flatten().map(|link| (link.path.clone(), link.target.clone())).collect();
        let mut resolved: HashMap<String, Vec<Link>> = HashMap::new();
        for (target, links) in self.waiting {
            let mut end = &target;
            for _ in 0..CHAIN_MAX {
                match target_of.get(end) {
                    Some(next) => end = next,
                    None => break,
                }
            }
            resolved.entry(end.clone()).or_default().extend(links);
        }
        self.waiting = resolved;
        self.second = true;
        self
    }

    /// The links that lead to `path`.
    pub(super) fn take(&mut self, path: &str) -> Option<Vec<Link>> {
        self.waiting.remove(path)
    }

    /// Links that no file answered to.
    pub(super) fn missing(self) -> Vec<Link> {
        let mut left: Vec<Link> = self.waiting.into_values().flatten().collect();
        left.sort_by(|a, b| a.path.cmp(&b.path));
        left
    }
}

const CHAIN_MAX: usize = 16;
