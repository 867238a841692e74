//! Writing exceptions down: an item is made of what a person gave, read back to see that it is right, and only then added.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use yagura_detect::{Diagnostic, DiagnosticSeverity, RuleSet, SourceFile, load_exceptions};
use yagura_event::Timestamp;

use super::read_file;

/// What a person says is harmless.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Its name; made of the rule's where it is empty.
    pub name: String,
    /// Rules, or patterns.
    pub rules: Vec<String>,
    /// A condition; or else fields.
    pub condition: Option<String>,
    /// Fields, or fields with operators, and the values they may have.
    pub fields: Vec<(String, String)>,
    /// Why it is right.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it counts; `None` for ever.
    pub expires: Option<String>,
}

/// Why an exception was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// It would not be understood; the text is the file as it would have been.
    #[error("the exception would not be understood")]
    Invalid {
        /// What is wrong with it.
        diagnostics: Vec<Diagnostic>,
        /// The file it would have been.
        text: String,
    },
    /// The file could not be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl Draft {
    /// The item of a file, with the day it is made.
    pub fn to_yaml(&self, now: Timestamp) -> String {
        let mut text = format!("- exception: {}\n", quoted(&self.name_or_made(now)));
        match self.rules.as_slice() {
            [only] => text.push_str(&format!("  rule: {}\n", quoted(only))),
            rules => {
                let rules: Vec<String> = rules.iter().map(|rule| quoted(rule)).collect();
                text.push_str(&format!("  rule: [{}]\n", rules.join(", ")));
            }
        }
        if let Some(condition) = &self.condition {
            text.push_str(&format!("  condition: {}\n", quoted(condition.trim())));
        }
        if !self.fields.is_empty() {
            text.push_str("  fields:\n");
            let mut keys: Vec<&str> = Vec::new();
            for (key, _) in &self.fields {
                if !keys.contains(&key.as_str()) {
                    keys.push(key);
                }
            }
            for key in keys {
                let values = self.fields.iter().filter(|(other, _)| other == key);
                let values: Vec<String> = values.map(|(_, value)| quoted(value)).collect();
                let value =
                    if values.len() == 1 { values.concat() } else { format!("[{}]", values.join(", ")) };
                text.push_str(&format!("    {}: {value}\n", quoted(key)));
            }
        }
        text.push_str(&format!("  reason: {}\n", quoted(&self.reason)));
        if let Some(owner) = &self.owner {
            text.push_str(&format!("  owner: {}\n", quoted(owner)));
        }
        text.push_str(&format!("  created: {}\n", now.day()));
        text.push_str(&format!("  expires: {}\n", self.expires.as_deref().unwrap_or("never")));
        text
    }

    fn name_or_made(&self, now: Timestamp) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        let rule = self.rules.first().map_or("", String::as_str);
        format!("{rule}, {}", now.to_datetime().format("%Y-%m-%d %H:%M:%S"))
    }
}

// JSON's quoted text is YAML's too, whatever is in it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Adds an exception to a file, which is made where it is missing, and tells what deserves a look. The file is replaced in
/// one step: whoever reads it meanwhile sees the old or the new one.
pub fn add(
    path: &Path,
    draft: &Draft,
    rules: &RuleSet,
    now: Timestamp,
) -> Result<(String, Vec<Diagnostic>), AddError> {
    let failed = |reason: String| AddError::File { path: path.to_owned(), reason };
    let before = match fs::symlink_metadata(path) {
        Ok(_) => read_file(path).map_err(|error| failed(format!("{error:#}")))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(error.to_string())),
    };
    let item = draft.to_yaml(now);
    let joint = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let text = format!("{before}{joint}{item}");
    let first_line = before.lines().count() as u32 + 1;
    let file = SourceFile::new(path.display().to_string(), text.clone());
    let (_, reports) = load_exceptions(&[file], rules, now);
    let diagnostics: Vec<Diagnostic> = reports.into_iter().flat_map(|report| report.diagnostics).collect();
    // What was wrong before is told by `lint`; only what comes with this exception stands in its way.
    let own: Vec<Diagnostic> = diagnostics.into_iter().filter(|one| one.line >= first_line).collect();
    if own.iter().any(|one| one.severity == DiagnosticSeverity::Error) {
        return Err(AddError::Invalid { diagnostics: own, text });
    }
    replace(path, &text).map_err(|error| failed(error.to_string()))?;
    Ok((item, own))
}

fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}", std::process::id()));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&temporary, path));
    if done.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    done
}

#[cfg(test)]
mod tests {
    use yagura_detect::falco;

    use super::*;

    fn rules() -> RuleSet {
        let text =
            "- rule: Hashes read\n  desc: d\n  condition: evt.type = openat\n  output: o\n  priority: INFO\n";
        falco::load(&[SourceFile::new("r.yaml", text)], &falco::LoadOptions::default()).rules
    }

    fn now() -> Timestamp {
        Timestamp::parse_day("2026-06-01").expect("a day")
    }

    fn draft() -> Draft {
        Draft {
            rules: vec!["Hashes read".to_owned()],
            fields: vec![
                ("proc.exepath".to_owned(), "/opt/it's \"a\" \\ name".to_owned()),
                ("proc.pname".to_owned(), "cron".to_owned()),
                ("proc.pname".to_owned(), "systemd".to_owned()),
            ],
            reason: "it: copies # all\nof it".to_owned(),
            owner: Some("ops".to_owned()),
            expires: Some("2026-12-31".to_owned()),
            ..Draft::default()
        }
    }

    #[test]
    fn what_is_added_reads_back_as_it_was_given() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("new/mine.yaml");
        for name in ["one", "two"] {
            let draft = Draft { name: name.to_owned(), ..draft() };
            let (_, told) = add(&file, &draft, &rules(), now()).expect("a good exception");
            assert!(told.is_empty(), "{told:?}");
        }
        let text = fs::read_to_string(&file).expect("readable");
        let (set, _) = load_exceptions(&[SourceFile::new("mine", text)], &rules(), now());
        let [one, two] = set.exceptions() else { panic!("two exceptions: {set:?}") };
        assert_eq!((one.name.as_str(), two.name.as_str()), ("one", "two"));
        assert_eq!(one.reason, "it: copies # all\nof it");
        assert_eq!(
            one.condition,
            r#"proc.exepath = "/opt/it's \"a\" \\ name" and proc.pname in ("cron", "systemd")"#
        );
        assert_eq!(one.expires.map(|end| end.day()), Some("2027-01-01".to_owned()));
    }

    #[test]
    fn what_would_not_be_understood_is_not_written() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("mine.yaml");
        for wrong in [
            Draft { fields: vec![("proc.nmae".to_owned(), "x".to_owned())], ..draft() },
            Draft { fields: Vec::new(), condition: Some("proc.name = (".to_owned()), ..draft() },
            Draft { fields: Vec::new(), ..draft() },
            Draft { expires: Some("soon".to_owned()), ..draft() },
            Draft { reason: String::new(), ..draft() },
        ] {
            let error = add(&file, &wrong, &rules(), now()).expect_err("a bad exception");
            assert!(matches!(error, AddError::Invalid { .. }), "{error}");
            assert!(!file.exists());
        }
        let (_, told) =
            add(&file, &Draft { rules: vec!["Hashes raed".to_owned()], ..draft() }, &rules(), now())
                .expect("a doubt is no error");
        assert!(told[0].help.as_deref().unwrap_or_default().contains("Hashes read"));
    }
}
