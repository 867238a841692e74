//! Rules from YAML files.

use crate::{
    allow::Allow,
    diagnostic::Diagnostic,
    limits::{KEYWORD_BYTES_MAX, KEYWORDS_MAX, WINDOW_BYTES_MAX},
    pattern::{Pattern, Style},
    rule::{Rule, Severity, Shape, TestData, Window},
    validate::Validator,
    yaml::{self, Node, Place},
};

const KEYS: &[&str] = &[
    "id",
    "title",
    "gives",
    "revoke",
    "severity",
    "keywords",
    "case_sensitive",
    "regex",
    "assigned",
    "name",
    "group",
    "path",
    "entropy",
    "validator",
    "window",
    "multiline",
    "allow",
    "test_data",
    "rank",
    "cases",
];
const TEST_DATA: [(&str, TestData); 2] = [("report", TestData::Report), ("skip", TestData::Skip)];

/// Whether expressions are compiled now, so that what is wrong with them is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Now,
    WhenUsed,
}

/// The rules of a file, one a document, and what is wrong.
pub(crate) fn rules(file: &str, text: &str, check: Check) -> (Vec<Rule>, Vec<Diagnostic>) {
    let (documents, error) = yaml::read(text);
    let mut problems = Vec::new();
    if let Some((place, message)) = error {
        problems.push(Diagnostic::error(file, place, message).help("a rule file is one YAML mapping a rule"));
    }
    let mut rules = Vec::new();
    for document in documents.iter().flat_map(Node::items) {
        let mut reader = Reader { file, document, check, problems: Vec::new(), id: None };
        match reader.rule() {
            Ok(rule) => rules.push(rule),
            Err(problem) => reader.problems.push(*problem),
        }
        let id = reader.id.as_deref();
        problems.extend(reader.problems.into_iter().map(|problem| match id {
            Some(id) => problem.of(id),
            None => problem,
        }));
    }
    (rules, problems)
}

struct Reader<'r> {
    file: &'r str,
    document: &'r Node,
    check: Check,
    problems: Vec<Diagnostic>,
    id: Option<String>,
}

type Problem = Box<Diagnostic>;

impl Reader<'_> {
    fn rule(&mut self) -> Result<Rule, Problem> {
        let Some(entries) = self.document.entries() else {
            return Err(
                self.wrong(self.document.place, "a rule is a mapping with `id`, `keywords` and `regex`")
            );
        };
        let id = self.required("id")?;
        self.id = Some(id.clone());
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            return Err(self.wrong(self.place("id"), "an id is made of letters, digits, `-`, `_` and `.`"));
        }
        for (key, _) in entries {
            self.know(key);
        }
        let mut rule = Rule::new(id, self.shape()?);
        self.words(&mut rule)?;
        self.behaviour(&mut rule)?;
        Ok(rule)
    }

    fn know(&mut self, key: &Node) {
        let name = key.text().unwrap_or_default();
        if KEYS.contains(&name) {
            return;
        }
        let near = KEYS.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let problem = Diagnostic::warning(self.file, key.place, format!("`{name}` is not known"));
        let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        self.problems.push(problem.help(near));
    }

    fn shape(&mut self) -> Result<Shape, Problem> {
        let Some(regex) = self.text("regex") else {
            return match self.text("path") {
                Some(_) => Ok(Shape::Path),
                None => Err(self.wrong(self.document.place, "`regex` is missing")),
            };
        };
        if self.truth("assigned")? {
            return Ok(Shape::Assigned(self.pattern("regex", &regex, Style::Whole)?));
        }
        let pattern = self.pattern("regex", &regex, Style::Search)?;
        let group = self.number("group")?.map(|group| group as usize);
        if let Some(group) = group
            && self.check == Check::Now
            && group > pattern.groups()
        {
            return Err(
                self.wrong(self.place("group"), format!("the expression has {} groups", pattern.groups()))
            );
        }
        Ok(Shape::Token(pattern, group))
    }

    fn words(&mut self, rule: &mut Rule) -> Result<(), Problem> {
        for (key, field) in
            [("title", &mut rule.title), ("gives", &mut rule.gives), ("revoke", &mut rule.revoke)]
        {
            if let Some(text) = self.document.get(key).and_then(Node::text) {
                *field = text.trim().to_owned();
            }
        }
        if let Some(word) = self.text("severity") {
            rule.severity = word.parse::<Severity>().map_err(|()| {
                let problem =
                    Diagnostic::error(self.file, self.place("severity"), format!("`{word}` is no severity"));
                Box::new(problem.help("low, medium, high or critical"))
            })?;
        }
        rule.case_sensitive = self.truth("case_sensitive")?;
        rule.keywords = self.list("keywords");
        let too_much = rule.keywords.len() > KEYWORDS_MAX
            || rule.keywords.iter().any(|word| word.is_empty() || word.len() > KEYWORD_BYTES_MAX);
        if too_much {
            let message = format!("at most {KEYWORDS_MAX} keywords of 1 to {KEYWORD_BYTES_MAX} bytes");
            return Err(self.wrong(self.place("keywords"), message));
        }
        let by_path = self.document.get("path").is_some();
        if rule.keywords.is_empty() && !by_path && !matches!(rule.shape, Shape::Path) {
            let problem = Diagnostic::error(self.file, self.document.place, "`keywords` is missing");
            return Err(Box::new(
                problem.help("words, one of which stands in every match; the search begins with them"),
            ));
        }
        Ok(())
    }

    fn behaviour(&mut self, rule: &mut Rule) -> Result<(), Problem> {
        rule.path = match self.text("path") {
            Some(text) => Some(self.pattern("path", &text, Style::Text)?),
            None => None,
        };
        rule.name = match self.text("name") {
            Some(text) => Some(self.pattern("name", &text, Style::Text)?),
            None => None,
        };
        rule.entropy = self.number("entropy")?;
        rule.validator = match self.text("validator") {
            Some(name) => Some(Validator::named(&name).ok_or_else(|| {
                let names: Vec<_> = Validator::names().collect();
                let problem =
                    Diagnostic::error(self.file, self.place("validator"), format!("no validator `{name}`"));
                Box::new(problem.help(format!("there are {}", names.join(", "))))
            })?),
            None => None,
        };
        let window = self.number("window")?.map_or(crate::limits::WINDOW_BYTES, |window| window as usize);
        let window = window.min(WINDOW_BYTES_MAX);
        rule.window = match self.truth("multiline")? {
            // Without keywords the path chooses the files, and each is searched whole.
            _ if rule.keywords.is_empty() => Window::File,
            true => Window::Lines(window),
            false => Window::Line(window),
        };
        if let Some(rank) = self.number("rank")? {
            rule.rank = rank as u32;
        }
        if let Some(word) = self.text("test_data") {
            let Some((_, choice)) = TEST_DATA.iter().find(|(name, _)| *name == word) else {
                return Err(self.wrong(self.place("test_data"), "`report` or `skip`"));
            };
            rule.test_data = *choice;
        }
        let mut patterns = Vec::new();
        for text in self.list("allow") {
            patterns.push(self.pattern("allow", &text, Style::Text)?);
        }
        if !patterns.is_empty() {
            rule.allow.push(Allow::patterns(patterns));
        }
        Ok(())
    }

    fn pattern(&self, key: &str, text: &str, style: Style) -> Result<Pattern, Problem> {
        let pattern = Pattern::new(text, style);
        if self.check == Check::Now {
            pattern.check().map_err(|message| self.wrong(self.place(key), format!("`{key}`: {message}")))?;
        }
        Ok(pattern)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.document.get(key).and_then(Node::text).map(str::to_owned)
    }

    fn required(&self, key: &str) -> Result<String, Problem> {
        self.text(key).ok_or_else(|| self.wrong(self.document.place, format!("`{key}` is missing")))
    }

    fn truth(&self, key: &str) -> Result<bool, Problem> {
        match self.document.get(key) {
            Some(node) => {
                node.truth().ok_or_else(|| self.wrong(node.place, format!("`{key}` is true or false")))
            }
            None => Ok(false),
        }
    }

    fn number(&self, key: &str) -> Result<Option<f32>, Problem> {
        let Some(node) = self.document.get(key) else { return Ok(None) };
        let number = node.text().and_then(|text| text.parse::<f32>().ok());
        match number.filter(|number| number.is_finite() && *number >= 0.0) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(node.place, format!("`{key}` is a number"))),
        }
    }

    fn list(&self, key: &str) -> Vec<String> {
        let items = self.document.get(key).map(Node::items).unwrap_or_default();
        items.iter().filter_map(Node::text).map(str::to_owned).collect()
    }

    fn place(&self, key: &str) -> Place {
        self.document.get(key).map_or(self.document.place, |node| node.place)
    }

    fn wrong(&self, place: Place, message: impl Into<String>) -> Problem {
        Box::new(Diagnostic::error(self.file, place, message))
    }
}
