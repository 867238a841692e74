//! Patterns of paths: `*` within a name, `**` over folders, `?` one character.

/// Whether a path, or a folder it lies in, fits one of the patterns.
#[derive(Debug, Clone, Default)]
pub struct Patterns {
    patterns: Vec<String>,
}

impl Patterns {
    /// Patterns as a user writes them; a leading `/` or `./` and a trailing `/` mean nothing.
    pub fn new(patterns: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let clean = |pattern: &str| pattern.trim_start_matches("./").trim_matches('/').to_owned();
        let patterns = patterns.into_iter().map(|pattern| clean(pattern.as_ref()));
        Self {
            patterns: patterns
                .filter(|pattern| !pattern.is_empty())
                .take(crate::limits::PATTERNS_MAX)
                .collect(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The path itself fits. A pattern without `/` fits the last name anywhere.
    pub fn fits(&self, path: &str) -> bool {
        let last = path.rsplit('/').next().unwrap_or(path);
        self.patterns
            .iter()
            .any(|pattern| fits(pattern, path) || !pattern.contains('/') && fits(pattern, last))
    }

    /// The path or one of its folders fits.
    pub fn fits_within(&self, path: &str) -> bool {
        !self.is_empty() && folders(path).any(|folder| self.fits(folder))
    }
}

/// `a/b/c`: `a`, `a/b`, `a/b/c`.
pub(crate) fn folders(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.map(move |end| &path[..end])
}

/// Whether a path fits a pattern. Costs at most names of the pattern times names of the path, and within a name letters
/// times letters.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    let path: Vec<&str> = path.split('/').collect();
    // `reached[n]`: the pattern so far fits the first n names.
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for part in pattern.split('/') {
        let mut next = vec![false; path.len() + 1];
        if part == "**" {
            let first = reached.iter().position(|reached| *reached).unwrap_or(reached.len());
            next.iter_mut().skip(first).for_each(|reached| *reached = true);
        } else {
            for (index, name) in path.iter().enumerate().filter(|(index, _)| reached[*index]) {
                next[index + 1] = name_fits(part, name);
            }
        }
        reached = next;
    }
    reached[path.len()]
}

fn name_fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut back) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                back = Some((p + 1, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match back {
                Some((after, at)) => {
                    back = Some((after, at + 1));
                    (p, n) = (after, at + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, expected: bool) {
        assert_eq!(Patterns::new([pattern]).fits(path), expected, "{pattern} {path}");
    }

    #[test]
    fn stars_stay_in_a_name_and_double_stars_do_not() {
        check("usr/*", "usr/bin", true);
        check("usr/*", "usr/bin/env", false);
        check("usr/**", "usr/bin/env", true);
        check("**/node_modules", "a/b/node_modules", true);
        check("**/node_modules", "node_modules", true);
        check("node_modules", "a/node_modules", true);
        check("a/**/z.txt", "a/z.txt", true);
        check("a/**/z.txt", "a/b/c/z.txt", true);
        check("a/**/z.txt", "b/a/z.txt", false);
        check("*.tar", "x/y.tar", true);
        check("/etc/", "etc", true);
        check("a?c", "abc", true);
        check("a?c", "a/c", false);
    }

    #[test]
    fn a_pattern_that_tries_hard_still_ends() {
        let (pattern, path) = ("*a".repeat(200), "a".repeat(5_000) + "b");
        assert!(!fits(&pattern, &path));
    }

    #[test]
    fn what_lies_in_a_folder_that_fits_fits() {
        assert!(Patterns::new(["var/cache"]).fits_within("var/cache/a/b"));
        assert!(!Patterns::new(["var/cache"]).fits_within("var/cached/a"));
    }
}
