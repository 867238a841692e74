//! The table of parsers: which files each wants, and what a parser hands back.

use crate::{
    beam, cargo, conan, dart,
    diagnostic::{Diagnostic, DiagnosticCode},
    distro::Distro,
    dotnet, golang, haskell, java, json, limits, npm, os,
    package::{Location, Package},
    php, python, r, ruby, swift,
    text::decode,
    toml,
    tree::{Broken, Node},
    yaml,
};

/// One kind of file: how it is recognised and read.
pub(crate) struct Parser {
    pub(crate) patterns: &'static [Pattern],
    pub(crate) bytes_max: u64,
    pub(crate) parse: fn(&mut Found, &[u8]),
}

/// How a file is recognised by its path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pattern {
    /// A file of this name, anywhere.
    Name(&'static str),
    /// A file of this name, but not below `node_modules`: what a dependency brings along is not what is installed.
    Project(&'static str),
    /// A file of this name in a folder whose path ends with this: `lib/dpkg`, `status`.
    In(&'static str, &'static str),
    /// A file of this name in a folder that lies in a folder whose path ends with this.
    Below(&'static str, &'static str),
    /// A file with this extension whose path fulfils the condition.
    Extension(&'static str, fn(&str) -> bool),
    /// Any file in a folder of this name.
    Folder(&'static str),
}

/// Every parser.
pub(crate) const PARSERS: &[Parser] = &[
    os::release::PARSER,
    os::dpkg::status::PARSER,
    os::dpkg::list::PARSER,
    os::dpkg::copyright::PARSER,
    os::apk::PARSER,
    os::rpm::PARSER,
    os::rpm::manifest::PARSER,
    os::pacman::PARSER,
    npm::package_lock::PARSER,
    golang::module::PARSER,
    golang::sum::PARSER,
    cargo::lock::PARSER,
    java::jar::PARSER,
    java::pom::PARSER,
    java::gradle::PARSER,
    npm::package_json::PARSER,
    npm::yarn::PARSER,
    npm::pnpm::PARSER,
    npm::bun::PARSER,
    python::requirements::PARSER,
    python::pipfile::PARSER,
    python::lock::PARSER,
    python::metadata::PARSER,
    dotnet::lock::PARSER,
    dotnet::config::PARSER,
    dotnet::deps::PARSER,
    dotnet::assets::PARSER,
    php::composer::PARSER,
    ruby::gemfile::PARSER,
    ruby::gemspec::PARSER,
    conan::PARSER,
    swift::package_resolved::PARSER,
    swift::podfile::PARSER,
    dart::PARSER,
    beam::mix::PARSER,
    beam::rebar::PARSER,
    haskell::stack::PARSER,
    haskell::cabal::PARSER,
    r::description::PARSER,
    r::renv::PARSER,
];

/// Everything that one file told.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) layer: u32,
    pub(crate) items: Vec<Item>,
    /// Files that belong to OS packages: hash of the path, index into `items` or `NO_ITEM` for `owner`.
    pub(crate) files: Vec<(u64, u32)>,
    /// The OS package (as named by its manager) that `files` without an item belong to.
    pub(crate) owner: Option<String>,
    /// Licences that this file says a package (as named by its manager) has.
    pub(crate) licences: Option<(String, Vec<String>)>,
    pub(crate) distro: Option<Distro>,
    /// Its packages count only beside a file that `wants_fallback`.
    pub(crate) is_fallback: bool,
    pub(crate) wants_fallback: bool,
    /// What a lock file in the same folder is told.
    pub(crate) hints: Vec<Hint>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// In `Found::files`: the file belongs to `Found::owner`.
pub(crate) const NO_ITEM: u32 = u32::MAX;

/// What a manifest tells about a package that a lock file in its folder names: the project asks for it.
#[derive(Debug)]
pub(crate) struct Hint {
    pub(crate) name: String,
    pub(crate) dev: bool,
}

/// A package and what is needed to find its dependencies.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) package: Package,
    /// Indices of other items of the same file that it needs.
    pub(crate) needs: Vec<u32>,
    /// Where `requires` and `provides` hold; none: among the OS packages of the root.
    pub(crate) scope: Option<String>,
    /// Names of what it needs, to be found among what other files tell.
    pub(crate) requires: Vec<String>,
    /// Names it answers to besides its own.
    pub(crate) provides: Vec<String>,
}

impl Found {
    /// Adds a package that stands on a line; `None` when its name is empty or a value is absurdly long.
    pub(crate) fn push(&mut self, mut package: Package, line: Option<u32>) -> Option<u32> {
        if self.items.len() >= limits::FILE_PACKAGES_MAX {
            if self.items.len() == limits::FILE_PACKAGES_MAX {
                self.problem(line, DiagnosticCode::Limit, "too many packages; the rest was not read");
            }
            return None;
        }
        let too_long = |text: &str| text.len() > limits::FIELD_BYTES_MAX;
        if package.name.trim().is_empty() {
            return None;
        }
        if too_long(&package.name) || too_long(&package.version) {
            self.problem(line, DiagnosticCode::Limit, "a name or version is too long; it was left out");
            return None;
        }
        package.locations.push(Location { path: self.path.clone(), layer: self.layer, line });
        self.items.push(Item { package, ..Item::default() });
        Some(self.items.len() as u32 - 1)
    }

    /// The item of an index that `push` gave.
    pub(crate) fn item(&mut self, index: u32) -> &mut Item {
        &mut self.items[index as usize]
    }

    /// Marks as for development all that these, and what they need, do not reach.
    pub(crate) fn mark_unreached_dev(&mut self, needed: Vec<u32>) {
        let mut reached = vec![false; self.items.len()];
        let mut open = needed;
        while let Some(index) = open.pop() {
            if !std::mem::replace(&mut reached[index as usize], true) {
                open.extend(&self.items[index as usize].needs);
            }
        }
        for (item, reached) in self.items.iter_mut().zip(reached) {
            item.package.dev = !reached;
        }
    }

    pub(crate) fn problem(&mut self, line: Option<u32>, code: DiagnosticCode, message: &str) {
        if self.diagnostics.len() < limits::FILE_DIAGNOSTICS_MAX {
            let (path, layer, message) = (self.path.clone(), self.layer, message.to_owned());
            self.diagnostics.push(Diagnostic { path, layer, line, code, message });
        }
    }

    /// Reads JSON and hands its tree on; what is broken becomes a diagnostic.
    pub(crate) fn json(&mut self, bytes: &[u8], read: impl FnOnce(&mut Self, &Node<'_>)) {
        self.tree(bytes, json::read, read);
    }

    /// Reads TOML and hands its tree on; what is broken becomes a diagnostic.
    pub(crate) fn toml(&mut self, bytes: &[u8], read: impl FnOnce(&mut Self, &Node<'_>)) {
        self.tree(bytes, toml::read, read);
    }

    /// Reads the first document of YAML and hands its tree on; what is broken becomes a diagnostic.
    pub(crate) fn yaml(&mut self, bytes: &[u8], read: impl FnOnce(&mut Self, &Node<'_>)) {
        self.tree(bytes, yaml::read, read);
    }

    fn tree(
        &mut self,
        bytes: &[u8],
        parse: fn(&str) -> (Node<'_>, Option<Broken>),
        read: impl FnOnce(&mut Self, &Node<'_>),
    ) {
        let text = decode(bytes);
        let (root, broken) = parse(&text);
        if let Some(broken) = broken {
            self.problem(Some(broken.line), DiagnosticCode::Syntax, &broken.reason);
        }
        read(self, &root);
    }

    /// The folder of the file, without a slash at its end.
    pub(crate) fn folder(&self) -> &str {
        folder(&self.path)
    }
}

/// The folder of a path, without a slash at its end.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Does a folder's path end with these parts?
pub(crate) fn ends_with(path: &str, parts: &str) -> bool {
    path.strip_suffix(parts).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
}
