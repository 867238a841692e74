//! Reads the items of a file and hands them to the collector. One bad item does not keep the next from being read.

use std::collections::BTreeSet;

use yagura_event::Priority;

use super::{
    collector::{Collector, Entry, Exception, RuleItem, RuleUpdate},
    problem::{FilePlace, Problem, Problems},
    text::Text,
    version::{ENGINE_VERSION, Version},
    yaml::{self, Node, Yaml},
};
use crate::{diagnostic::SourceFile, field::nearest, limits::LIST_ITEMS_MAX};

const VALIDATE: &str = "LOAD_ERR_YAML_VALIDATE";
const RULE_KEYS: &[&str] = &[
    "rule",
    "desc",
    "condition",
    "output",
    "priority",
    "tags",
    "enabled",
    "source",
    "exceptions",
    "append",
    "override",
    "warn_evttypes",
    "skip-if-unknown-filter",
    "capture",
    "capture_duration",
];
const APPENDABLE: &[&str] = &["condition", "output", "desc", "tags", "exceptions"];
const REPLACEABLE: &[&str] = &[
    "condition",
    "output",
    "desc",
    "tags",
    "exceptions",
    "priority",
    "enabled",
    "warn_evttypes",
    "skip-if-unknown-filter",
    "capture",
    "capture_duration",
];

/// Reads one file.
pub(super) fn read_file(
    index: usize,
    file: &SourceFile,
    collector: &mut Collector<'_>,
    problems: &mut Problems,
) {
    let (documents, error) = yaml::read(&file.text);
    let mut reader = Reader { file: index, collector, problems };
    for document in documents.iter().filter(|document| !document.is_null()) {
        let Some(items) = document.sequence() else {
            let place = reader.place(document);
            reader.problems.error(Problem::new(VALIDATE, "rules content is not a YAML list of items", place));
            continue;
        };
        for item in items.iter().filter(|item| !item.is_null()) {
            if let Err(problem) = reader.item(item) {
                reader.problems.error(problem);
            }
        }
    }
    if let Some(error) = error {
        let place = FilePlace { file: index, place: error.place };
        problems.error(Problem::new("LOAD_ERR_YAML_PARSE", error.message, place));
    }
}

/// Reads the items of one file.
pub(super) struct Reader<'r, 'o> {
    pub(super) file: usize,
    pub(super) collector: &'r mut Collector<'o>,
    pub(super) problems: &'r mut Problems,
}

impl Reader<'_, '_> {
    pub(super) fn place(&self, node: &Node) -> FilePlace {
        FilePlace { file: self.file, place: node.span }
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>, node: &Node) -> Result<T, Problem> {
        Err(Problem::new(VALIDATE, message, self.place(node)))
    }

    fn warn(&mut self, code: &'static str, message: impl Into<String>, node: &Node) {
        let place = self.place(node);
        self.problems.warn(Problem::new(code, message, place));
    }

    pub(super) fn item(&mut self, item: &Node) -> Result<(), Problem> {
        if item.mapping().is_none() {
            return self.fail("unexpected element type: each item should be a mapping", item);
        }
        if let Some(version) = item.get("required_engine_version") {
            return self.engine_version(version);
        }
        if let Some(plugins) = item.get("required_plugin_versions") {
            return self.plugin_versions(plugins);
        }
        if item.get("list").is_some() {
            return self.list(item);
        }
        if item.get("macro").is_some() {
            return self.r#macro(item);
        }
        if item.get("rule").is_some() {
            return self.rule(item);
        }
        let keys: Vec<&str> =
            item.mapping().unwrap_or_default().iter().filter_map(|(key, _)| key.scalar()).collect();
        let near = keys.first().and_then(|key| {
            nearest(
                key,
                ["rule", "macro", "list", "required_engine_version", "required_plugin_versions"].into_iter(),
            )
        });
        let mut problem = Problem::new("LOAD_UNKNOWN_ITEM", "unknown top level item", self.place(item));
        problem.help = near.map(|near| format!("did you mean `{near}`?"));
        self.problems.warn(problem);
        Ok(())
    }

    fn engine_version(&mut self, node: &Node) -> Result<(), Problem> {
        let text = self.scalar(node, "required_engine_version")?;
        let required = match text.parse() {
            Ok(number) => Version::from_number(number),
            Err(_) => match Version::parse(text) {
                Some(version) => version,
                None => {
                    return self
                        .fail(format!("unable to parse engine version `{text}`, expected `x.y.z`"), node);
                }
            },
        };
        let own = Version::parse(ENGINE_VERSION).expect("our own version is well-formed");
        if own.satisfies(required) {
            return Ok(());
        }
        let message = format!("rules require engine version {required}, but engine version is {own}");
        Err(Problem::new("LOAD_ERR_VALIDATE", message, self.place(node)))
    }

    fn plugin_versions(&mut self, node: &Node) -> Result<(), Problem> {
        let Some(plugins) = node.sequence() else {
            return self.fail("value of required_plugin_versions must be a sequence", node);
        };
        for plugin in plugins {
            let mut wanted = vec![self.requirement(plugin)?];
            if let Some(alternatives) = plugin.get("alternatives") {
                let Some(alternatives) = alternatives.sequence() else {
                    return self
                        .fail("value of plugin version alternatives must be a sequence", alternatives);
                };
                for alternative in alternatives {
                    wanted.push(self.requirement(alternative)?);
                }
            }
            let names: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).collect();
            if names.len() < wanted.len() {
                return self.fail("defined multiple alternative version requirements for one plugin", plugin);
            }
            let loaded = &self.collector.options.plugins;
            let satisfied = wanted.iter().any(|(name, required)| {
                loaded.iter().any(|(known, have)| {
                    known == name && Version::parse(have).is_some_and(|have| have.satisfies(*required))
                })
            });
            if !satisfied {
                let wanted: Vec<String> =
                    wanted.iter().map(|(name, version)| format!("{name} {version}")).collect();
                let message = format!("plugin requirement not satisfied, must have {}", wanted.join(" or "));
                return Err(Problem::new("LOAD_ERR_VALIDATE", message, self.place(plugin)));
            }
        }
        Ok(())
    }

    fn requirement(&self, node: &Node) -> Result<(String, Version), Problem> {
        if node.mapping().is_none() {
            return self.fail("plugin version must be a mapping", node);
        }
        let name = self.required(node, "name")?;
        let text = self.required(node, "version")?;
        match Version::parse(text) {
            Some(version) => Ok((name.to_owned(), version)),
            None => self.fail(format!("invalid required version `{text}` for plugin `{name}`"), node),
        }
    }

    fn list(&mut self, item: &Node) -> Result<(), Problem> {
        let name = self.required(item, "list")?.to_owned();
        self.known_keys(item, &["list", "items", "append", "override"]);
        if name.contains(|letter: char| letter.is_whitespace() || "()\"'=,".contains(letter)) {
            self.warn(
                "LOAD_INVALID_LIST_NAME",
                format!("list has an invalid name `{name}`: no blanks, quotes, parentheses, `=` or `,`"),
                item,
            );
        }
        let Some(node) = item.get("items") else {
            return self.fail("item has no mapping for key `items`", item);
        };
        let items = self.texts(node)?;
        if items.len() > LIST_ITEMS_MAX {
            return self.fail(format!("a list of {} items; at most {LIST_ITEMS_MAX}", items.len()), node);
        }
        let place = self.place(item);
        match self.appends(item, &["items"])? {
            true => self.collector.list_append(&name, place, items),
            false => self.collector.list_define(&name, place, items),
        }
    }

    fn r#macro(&mut self, item: &Node) -> Result<(), Problem> {
        let name = self.required(item, "macro")?.to_owned();
        self.known_keys(item, &["macro", "condition", "append", "override"]);
        let is_word = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_word {
            self.warn(
                "LOAD_INVALID_MACRO_NAME",
                format!("macro has an invalid name `{name}`: a letter, then letters, digits and `_`"),
                item,
            );
        }
        let condition = self.text(item, "condition")?;
        let place = self.place(item);
        match self.appends(item, &["condition"])? {
            true => self.collector.macro_append(&name, place, &condition),
            false => self.collector.macro_define(&name, place, condition),
        }
    }

    // Whether a list or macro adds to an earlier one, by `append` or by `override`.
    fn appends(&mut self, item: &Node, keys: &[&str]) -> Result<bool, Problem> {
        let flag = self.append_flag(item)?;
        let (append, replace) = self.overrides(item, keys, keys)?;
        if flag && !(append.is_empty() && replace.is_empty()) {
            return self.fail("keys `override` and `append: true` cannot be used together", item);
        }
        Ok(flag || !append.is_empty())
    }

    fn append_flag(&mut self, item: &Node) -> Result<bool, Problem> {
        let flag = self.truth(item, "append")?.unwrap_or(false);
        if flag {
            let message = "`append` key is deprecated; add an `override` section with `append` instead";
            self.warn("LOAD_DEPRECATED_ITEM", message, item);
        }
        Ok(flag)
    }

    fn rule(&mut self, item: &Node) -> Result<(), Problem> {
        let name = self.required(item, "rule")?.to_owned();
        self.known_keys(item, RULE_KEYS);
        let place = self.place(item);
        let flag = self.append_flag(item)?;
        let (append, replace) = self.overrides(item, APPENDABLE, REPLACEABLE)?;
        let has_overrides = !(append.is_empty() && replace.is_empty());
        if flag && has_overrides {
            return self.fail("keys `override` and `append: true` cannot be used together", item);
        }
        if has_overrides {
            return self.rule_override(item, &name, &append, &replace);
        }
        if flag {
            let keys =
                ["condition", "exceptions"].into_iter().filter(|key| item.get(key).is_some()).collect();
            let update = self.update(item, &keys, true)?;
            return self.collector.rule_append(&name, place, update);
        }
        if ["condition", "output", "desc", "priority"].iter().all(|key| item.get(key).is_none()) {
            let Some(enabled) = self.truth(item, "enabled")? else {
                return self.fail("item has no mapping for key `condition`", item);
            };
            let message =
                "a rule with nothing but `enabled` is deprecated; add `override: {enabled: replace}` instead";
            self.warn("LOAD_DEPRECATED_ITEM", message, item);
            return self.collector.rule_enable(&name, place, enabled);
        }
        let rule = self.rule_definition(item)?;
        self.collector.rule_define(&name, place, rule)
    }

    fn rule_definition(&mut self, item: &Node) -> Result<RuleItem, Problem> {
        let condition = self.text(item, "condition")?;
        let output_node = item.get("output");
        let mut output = self.text(item, "output")?;
        if let Some(node) = output_node {
            output = Text::new(output.text.trim(), self.place(node));
        }
        let description = self.required(item, "desc")?.to_owned();
        let priority = self.priority(item)?;
        let source = match item.get("source") {
            Some(node) => self.scalar(node, "source")?.to_owned(),
            None => "syscall".to_owned(),
        };
        let is_source_known = self.collector.options.sources.contains(&source);
        if !is_source_known {
            self.warn("LOAD_UNKNOWN_SOURCE", format!("unknown source {source}, skipping"), item);
        }
        Ok(RuleItem {
            condition,
            output,
            description,
            priority,
            source,
            tags: self.tags(item)?.unwrap_or_default(),
            enabled: self.truth(item, "enabled")?.unwrap_or(true),
            warn_evttypes: self.truth(item, "warn_evttypes")?.unwrap_or(true),
            skip_if_unknown_filter: self.truth(item, "skip-if-unknown-filter")?.unwrap_or(false),
            capture: self.truth(item, "capture")?.unwrap_or(false),
            capture_duration_ms: self.number(item, "capture_duration")?,
            exceptions: self.exceptions(item, false)?.unwrap_or_default(),
            is_source_known,
        })
    }

    fn rule_override(
        &mut self,
        item: &Node,
        name: &str,
        append: &BTreeSet<&str>,
        replace: &BTreeSet<&str>,
    ) -> Result<(), Problem> {
        for key in append.union(replace) {
            if item.get(key).is_none() {
                return self
                    .fail(format!("an override for `{key}` was specified but `{key}` is not defined"), item);
            }
        }
        for key in REPLACEABLE {
            if let Some(node) = item.get(key).filter(|_| !append.contains(key) && !replace.contains(key)) {
                let message =
                    format!("unexpected key `{key}`: no corresponding entry under `override` is defined");
                return self.fail(message, node);
            }
        }
        let place = self.place(item);
        if !append.is_empty() {
            let update = self.update(item, append, true)?;
            self.collector.rule_append(name, place, update)?;
        }
        if !replace.is_empty() {
            let update = self.update(item, replace, false)?;
            self.collector.rule_replace(name, place, update)?;
        }
        Ok(())
    }

    fn update(&mut self, item: &Node, keys: &BTreeSet<&str>, appending: bool) -> Result<RuleUpdate, Problem> {
        let mut update = RuleUpdate::default();
        for key in keys {
            match *key {
                "condition" => update.condition = Some(self.text(item, key)?),
                "output" => update.output = Some(self.text(item, key)?),
                "desc" => update.description = Some(self.required(item, key)?.to_owned()),
                "tags" => update.tags = self.tags(item)?,
                "exceptions" => update.exceptions = self.exceptions(item, appending)?,
                "priority" => update.priority = Some(self.priority(item)?),
                "enabled" => update.enabled = self.truth(item, key)?,
                "warn_evttypes" => update.warn_evttypes = self.truth(item, key)?,
                "skip-if-unknown-filter" => update.skip_if_unknown_filter = self.truth(item, key)?,
                "capture" => update.capture = self.truth(item, key)?,
                _ => update.capture_duration_ms = self.number(item, key)?,
            }
        }
        Ok(update)
    }

    fn overrides<'i>(
        &self,
        item: &'i Node,
        appendable: &[&str],
        replaceable: &[&str],
    ) -> Result<(BTreeSet<&'i str>, BTreeSet<&'i str>), Problem> {
        let (mut append, mut replace) = (BTreeSet::new(), BTreeSet::new());
        let Some(node) = item.get("override").filter(|node| !node.is_null()) else {
            return Ok((append, replace));
        };
        let Some(entries) = node.mapping() else { return self.fail("`override` must be a mapping", node) };
        for (key_node, operation) in entries {
            let (Some(key), Some(word)) = (key_node.scalar(), operation.scalar()) else {
                return self.fail("`override` maps keys to `append` or `replace`", key_node);
            };
            match word {
                "append" if appendable.contains(&key) => append.insert(key),
                "append" => {
                    return self
                        .fail(format!("key `{key}` cannot be appended to, use `replace` instead"), key_node);
                }
                "replace" if replaceable.contains(&key) => replace.insert(key),
                "replace" => return self.fail(format!("key `{key}` cannot be replaced"), key_node),
                _ => {
                    let message = format!("invalid override operation for key `{key}`: `{word}`");
                    let help = "allowed are `append` and `replace`";
                    return Err(Problem::new(VALIDATE, message, self.place(operation)).help(help));
                }
            };
        }
        Ok((append, replace))
    }

    fn exceptions(&mut self, item: &Node, appending: bool) -> Result<Option<Vec<Exception>>, Problem> {
        let Some(node) = item.get("exceptions").filter(|node| !node.is_null()) else { return Ok(None) };
        let Some(nodes) = node.sequence() else {
            return self.fail("rule exceptions must be a sequence", node);
        };
        let mut exceptions: Vec<Exception> = Vec::new();
        for node in nodes {
            if node.mapping().is_none() {
                return self.fail("rule exception must be a mapping", node);
            }
            let name = self.required(node, "name")?.to_owned();
            if exceptions.iter().any(|exception| exception.name == name) {
                let message = format!("more than one exception `{name}` in the same rule");
                self.warn("LOAD_EXCEPTION_NAME_NOT_UNIQUE", message, node);
            }
            self.known_keys(node, &["name", "fields", "comps", "values"]);
            let entry = |key: &str| node.get(key).map(|value| self.entry(value)).transpose();
            let (fields, comps) = (entry("fields")?, entry("comps")?);
            if fields.is_none() && !appending {
                return self.fail("item has no mapping for key `fields`", node);
            }
            let values = match node.get("values") {
                Some(values) => match values.sequence() {
                    Some(values) => values.iter().map(|value| self.entry(value)).collect::<Result<_, _>>()?,
                    None => return self.fail("rule exception values must be a sequence", values),
                },
                None => {
                    if appending {
                        self.warn(
                            "LOAD_APPEND_NO_VALUES",
                            "overriding/appending exception with no values",
                            node,
                        );
                    }
                    Vec::new()
                }
            };
            exceptions.push(Exception { name, place: self.place(node), fields, comps, values });
        }
        Ok(Some(exceptions))
    }

    fn entry(&self, node: &Node) -> Result<Entry, Problem> {
        match &node.value {
            Yaml::Scalar { text, .. } if text.is_empty() => self.fail("value must be non-empty", node),
            Yaml::Scalar { text, .. } => Ok(Entry::One(text.clone())),
            Yaml::Sequence(items) => {
                Ok(Entry::Many(items.iter().map(|item| self.entry(item)).collect::<Result<_, _>>()?))
            }
            Yaml::Mapping(_) => self.fail("an exception's values are scalars and lists", node),
        }
    }

    fn priority(&self, item: &Node) -> Result<Priority, Problem> {
        let text = self.required(item, "priority")?;
        let node = item.get("priority").unwrap_or(item);
        Priority::parse(text).ok_or_else(|| {
            Problem::new(VALIDATE, format!("invalid priority `{text}`"), self.place(node))
                .help("one of EMERGENCY ALERT CRITICAL ERROR WARNING NOTICE INFORMATIONAL DEBUG")
        })
    }

    fn tags(&self, item: &Node) -> Result<Option<BTreeSet<String>>, Problem> {
        let Some(node) = item.get("tags") else { return Ok(None) };
        Ok(Some(self.texts(node)?.into_iter().collect()))
    }

    pub(super) fn texts(&self, node: &Node) -> Result<Vec<String>, Problem> {
        let Some(items) = node.sequence() else { return self.fail("value is not a sequence", node) };
        items
            .iter()
            .map(|item| match item.scalar() {
                Some(text) => Ok(text.to_owned()),
                None => self.fail("sequence value is not scalar", item),
            })
            .collect()
    }

    pub(super) fn text(&self, item: &Node, key: &str) -> Result<Text, Problem> {
        let text = self.required(item, key)?;
        Ok(Text::new(text, self.place(item.get(key).unwrap_or(item))))
    }

    pub(super) fn required<'i>(&self, item: &'i Node, key: &str) -> Result<&'i str, Problem> {
        match item.get(key) {
            Some(node) => self.scalar(node, key),
            None => self.fail(format!("item has no mapping for key `{key}`"), item),
        }
    }

    pub(super) fn scalar<'i>(&self, node: &'i Node, key: &str) -> Result<&'i str, Problem> {
        if node.is_null() {
            return self.fail(format!("mapping for key `{key}` is empty"), node);
        }
        match node.scalar() {
            None => self.fail(format!("value of `{key}` is not a scalar value"), node),
            Some("") => self.fail(format!("value of `{key}` must be non-empty"), node),
            Some(text) => Ok(text),
        }
    }

    fn truth(&self, item: &Node, key: &str) -> Result<Option<bool>, Problem> {
        let Some(node) = item.get(key) else { return Ok(None) };
        match self.scalar(node, key)?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Ok(Some(true)),
            "false" | "no" | "off" | "n" => Ok(Some(false)),
            other => self.fail(format!("can't decode `{other}`: `{key}` is true or false"), node),
        }
    }

    fn number(&self, item: &Node, key: &str) -> Result<Option<u64>, Problem> {
        let Some(node) = item.get(key) else { return Ok(None) };
        let text = self.scalar(node, key)?;
        text.parse()
            .map(Some)
            .or_else(|_| self.fail(format!("can't decode `{text}`: `{key}` is a number"), node))
    }

    pub(super) fn known_keys(&mut self, item: &Node, known: &[&str]) {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for (key, _) in item.mapping().unwrap_or_default() {
            let name = key.scalar().unwrap_or_default();
            if !seen.insert(name) {
                let message = format!("key `{name}` stands here twice; the first one counts");
                self.warn("LOAD_DUPLICATE_KEY", message, key);
                continue;
            }
            if known.contains(&name) {
                continue;
            }
            let mut problem =
                Problem::new("LOAD_UNKNOWN_KEY", format!("unknown key `{name}`"), self.place(key));
            problem.help = nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            self.problems.warn(problem);
        }
    }
}
