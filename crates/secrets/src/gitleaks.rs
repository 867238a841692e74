//! gitleaks configurations, as people have them: `[[rules]]`, allowlists old and new, `[extend]`.
//!
//! The meaning is kept: a rule's expression is tried on the whole file once a keyword of it is met, the secret is the
//! named group or the first that took part, entropy must lie above the floor, stop words are looked for in lower case.
//! What needs a git history (`commits`) has nothing to be held against here, and is said so.

use serde::Deserialize;

use crate::{
    allow::{Allow, Target},
    diagnostic::Diagnostic,
    go_regex,
    limits::{KEYWORD_BYTES_MAX, KEYWORDS_MAX, RULE_FILE_BYTES_MAX},
    pattern::{Pattern, Style},
    rule::{Near, Rule, Severity, Shape, TestData, Window},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    extend: Extend,
    rules: Vec<toml::Value>,
    allowlist: Option<toml::Value>,
    allowlists: Vec<toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extend {
    use_default: bool,
    path: Option<String>,
    disabled_rules: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawRule {
    id: String,
    description: String,
    regex: Option<String>,
    path: Option<String>,
    entropy: Option<f64>,
    secret_group: Option<usize>,
    keywords: Vec<String>,
    allowlist: Option<RawAllow>,
    allowlists: Vec<RawAllow>,
    required: Vec<Required>,
    skip_report: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawAllow {
    condition: String,
    commits: Vec<String>,
    paths: Vec<String>,
    regex_target: String,
    regexes: Vec<String>,
    stopwords: Vec<String>,
    target_rules: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Required {
    id: String,
    within_lines: Option<u32>,
    within_columns: Option<u32>,
}

/// What a configuration says.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) rules: Vec<Rule>,
    pub(crate) allow: Vec<Allow>,
    pub(crate) disabled: Vec<String>,
    pub(crate) use_default: bool,
    pub(crate) problems: Vec<Diagnostic>,
}

/// Reads a configuration.
pub(crate) fn read(file: &str, text: &str) -> Imported {
    let mut imported = Imported::default();
    if text.len() > RULE_FILE_BYTES_MAX {
        let message = format!("the file has {} bytes; at most {RULE_FILE_BYTES_MAX} are read", text.len());
        imported.problems.push(Diagnostic::error(file, (1, 1), message));
        return imported;
    }
    let config: Config = match toml::from_str(text) {
        Ok(config) => config,
        Err(error) => {
            let place = place(text, error.span().map_or(0, |span| span.start));
            imported.problems.push(Diagnostic::error(file, place, error.message().trim().to_owned()));
            return imported;
        }
    };
    let mut reader = Reader { file, text, imported };
    reader.extend(config.extend);
    for allow in config.allowlist.into_iter().chain(config.allowlists) {
        reader.global(allow);
    }
    for rule in config.rules {
        reader.take(rule);
    }
    reader.imported
}

struct Reader<'r> {
    file: &'r str,
    text: &'r str,
    imported: Imported,
}

impl Reader<'_> {
    fn extend(&mut self, extend: Extend) {
        self.imported.use_default = extend.use_default;
        self.imported.disabled = extend.disabled_rules;
        if let Some(path) = extend.path {
            let message = format!("`extend.path` is not followed: give {path} as a file of rules too");
            self.note(self.find("path"), message);
        }
    }

    fn global(&mut self, raw: toml::Value) {
        let place = self.find("allowlist");
        match raw.try_into::<RawAllow>() {
            Ok(raw) => match self.allow(raw, "", place) {
                Ok(allow) => self.imported.allow.push(allow),
                Err(problem) => self.imported.problems.push(*problem),
            },
            Err(error) => self.imported.problems.push(Diagnostic::error(self.file, place, error.message())),
        }
    }

    fn take(&mut self, raw: toml::Value) {
        let id = raw.get("id").and_then(toml::Value::as_str).unwrap_or_default().to_owned();
        let place = self.find_id(&id);
        let rule = match raw.try_into::<RawRule>() {
            Ok(raw) => self.rule(raw, place),
            Err(error) => Err(Box::new(Diagnostic::error(self.file, place, error.message()))),
        };
        match rule {
            Ok(rule) => self.imported.rules.push(rule),
            Err(problem) => self.imported.problems.push(problem.of(&id)),
        }
    }

    fn rule(&mut self, raw: RawRule, place: (u32, u32)) -> Result<Rule, Box<Diagnostic>> {
        let wrong = |message: String| Box::new(Diagnostic::error(self.file, place, message));
        if raw.id.is_empty() {
            return Err(wrong("a rule has no `id`".to_owned()));
        }
        let mut rule = Rule::new(raw.id.clone(), shape(&raw).map_err(wrong)?);
        if raw.keywords.len() > KEYWORDS_MAX || raw.keywords.iter().any(|word| word.len() > KEYWORD_BYTES_MAX)
        {
            return Err(wrong(format!(
                "at most {KEYWORDS_MAX} keywords of at most {KEYWORD_BYTES_MAX} bytes"
            )));
        }
        if !raw.description.is_empty() {
            rule.title.clone_from(&raw.description);
        }
        rule.severity = Severity::High;
        rule.keywords = raw.keywords.into_iter().filter(|word| !word.is_empty()).collect();
        rule.path = raw.path.as_deref().map(|path| pattern(path, "path")).transpose().map_err(wrong)?;
        rule.entropy = raw.entropy.filter(|floor| *floor > 0.0).map(|floor| floor as f32);
        rule.window = Window::File;
        rule.placeholders = false;
        rule.needs_digit = raw.id.starts_with("generic");
        rule.silent = raw.skip_report;
        rule.test_data = TestData::Report;
        rule.near = raw
            .required
            .into_iter()
            .map(|near| Near { rule: near.id, lines: near.within_lines, columns: near.within_columns })
            .collect();
        for allow in raw.allowlist.into_iter().chain(raw.allowlists) {
            rule.allow.push(self.allow(allow, &rule.id, place)?);
        }
        Ok(rule)
    }

    fn allow(&mut self, raw: RawAllow, rule: &str, place: (u32, u32)) -> Result<Allow, Box<Diagnostic>> {
        let wrong = |message: String| Box::new(Diagnostic::error(self.file, place, message));
        let all = matches!(raw.condition.to_ascii_uppercase().as_str(), "AND" | "&&");
        let target = match raw.regex_target.as_str() {
            "" | "secret" => Target::Secret,
            "match" => Target::Match,
            "line" => Target::Line,
            other => {
                return Err(wrong(format!("`regexTarget` is `match` or `line`, not `{other}`")));
            }
        };
        let patterns = |texts: &[String]| -> Result<Vec<Pattern>, Box<Diagnostic>> {
            texts.iter().map(|text| pattern(text, "allowlist").map_err(wrong)).collect()
        };
        let allow = Allow {
            rules: raw.target_rules,
            all,
            target,
            patterns: patterns(&raw.regexes)?,
            paths: patterns(&raw.paths)?,
            stopwords: raw.stopwords.iter().map(|word| word.to_lowercase()).collect(),
        };
        if !raw.commits.is_empty() {
            self.imported.problems.push(
                Diagnostic::note(
                    self.file,
                    place,
                    "`commits` of an allowlist has no meaning without a history",
                )
                .of(rule),
            );
        }
        Ok(allow)
    }

    fn note(&mut self, place: (u32, u32), message: String) {
        self.imported.problems.push(Diagnostic::note(self.file, place, message));
    }

    fn find(&self, word: &str) -> (u32, u32) {
        place(self.text, self.text.find(word).unwrap_or(0))
    }

    fn find_id(&self, id: &str) -> (u32, u32) {
        let quoted = [format!("\"{id}\""), format!("'{id}'")];
        place(self.text, quoted.iter().find_map(|quoted| self.text.find(quoted)).unwrap_or(0))
    }
}

fn shape(raw: &RawRule) -> Result<Shape, String> {
    let Some(regex) = raw.regex.as_deref().filter(|regex| !regex.is_empty()) else {
        return match raw.path {
            Some(_) => Ok(Shape::Path),
            None => Err("a rule has `regex` or `path`".to_owned()),
        };
    };
    let pattern = pattern(regex, "regex")?;
    let group = raw.secret_group.filter(|group| *group > 0);
    if group.is_some_and(|group| group > pattern.groups()) {
        return Err(format!("`secretGroup` is above the {} groups of the expression", pattern.groups()));
    }
    Ok(Shape::Token(pattern, group))
}

fn pattern(go: &str, key: &str) -> Result<Pattern, String> {
    let pattern = Pattern::new(go_regex::translated(go), Style::Text);
    pattern.check().map_err(|message| format!("`{key}`: {message}"))?;
    Ok(pattern)
}

fn place(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
