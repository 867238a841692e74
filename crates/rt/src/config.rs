//! [`Config`]: one TOML file, the environment over it, flags over that.
//!
//! A setting `listen` in the table `[server]` is `YAGURA_SERVER_LISTEN` in the environment. An unknown key is an error
//! that names the nearest known one, because a misspelt protection is no protection.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Largest configuration file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where data lives. Default: `/var/lib/yagura` as root, `~/.local/state/yagura` otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// The API and the console.
    pub server: Server,
    /// What is read from the kernel.
    pub sensor: Sensor,
    /// Rules and how they are applied.
    pub detect: Detect,
    /// Which rules refuse what they find.
    pub prevent: Prevent,
    /// What is kept, and how long.
    pub store: Store,
    /// What is scanned for vulnerabilities and secrets.
    pub scan: Scan,
}

/// The API and the console.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on. Anything but loopback should stand behind TLS.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// Further host names by which browsers may call this server (guards against DNS rebinding).
    pub host_names: Vec<String>,
    /// Address under which people reach the console, for links in messages: `https://yagura.example`. Default: the
    /// address that is listened on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

impl Default for Server {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8470)), host_names: Vec::new(), public_url: None }
    }
}

/// What is read from the kernel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sensor {
    /// `auto`, or one of `ebpf`, `proc_connector`, `procfs`, `off`.
    pub mode: String,
    /// Size of the kernel's ring buffer in bytes; a power of two.
    pub ring_bytes: usize,
    /// Most processes kept in the process table.
    pub processes_max: usize,
}

impl Default for Sensor {
    fn default() -> Self {
        Self { mode: "auto".to_owned(), ring_bytes: 16 << 20, processes_max: 65_536 }
    }
}

/// Rules and how they are applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Detect {
    /// Files and folders of rules, read in this order.
    pub rules: Vec<PathBuf>,
    /// Files and folders of exceptions from rules.
    pub exceptions: Vec<PathBuf>,
    /// Whether the rules that come with Yagura are used as well (after the others).
    pub builtin: bool,
    /// Whether one event may trigger only the first matching rule or all of them.
    pub matching: RuleMatching,
    /// Mildest priority that is loaded: `emergency` … `debug`.
    pub priority_min: String,
}

impl Default for Detect {
    fn default() -> Self {
        Self {
            rules: vec![PathBuf::from("/etc/yagura/rules.d")],
            exceptions: vec![PathBuf::from("/etc/yagura/exceptions.d")],
            builtin: true,
            matching: RuleMatching::First,
            priority_min: "debug".to_owned(),
        }
    }
}

/// How many rules one event may trigger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuleMatching {
    /// The first that matches, in the order the rules were loaded.
    #[default]
    First,
    /// Every one that matches.
    All,
}

/// Which rules refuse what they find. A rule that stands in neither list is told only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Prevent {
    /// Names of rules, or patterns with `*`: what they find is refused, as far as this kernel can (`yagura prevent plan`).
    pub rules: Vec<String>,
    /// The same for rules that only tell what would have been refused.
    pub dry_run: Vec<String>,
    /// What becomes of a process that did what could not be refused it, by one of `rules`.
    pub contain: Contain,
}

/// What becomes of a process after what it did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Contain {
    /// Nothing.
    #[default]
    Off,
    /// It is stopped (SIGSTOP).
    Stop,
    /// It is ended (SIGKILL).
    Kill,
}

/// What is kept, and how long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// Whether opening a file for reading is stored too. Such events are many; one that triggers a rule is always
    /// stored.
    pub reads: bool,
    /// Days after which events are deleted.
    pub retention_days: u32,
    /// Bytes of events above which the oldest are deleted.
    pub retention_bytes: u64,
}

impl Default for Store {
    fn default() -> Self {
        Self { reads: false, retention_days: 30, retention_bytes: 10 << 30 }
    }
}

/// What is scanned for vulnerabilities and secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Scan {
    /// Whether this host is scanned in the background.
    pub host: bool,
    /// Hours from one scan of this host to the next, 1 to 8784.
    pub host_hours: u32,
    /// Minutes after the start before this host is scanned.
    pub host_delay_minutes: u32,
    /// Whether scans look for secrets in files.
    pub secrets: bool,
    /// Whether scans look for malware by YARA rules in every file up to 32 MiB.
    pub malware: bool,
    /// More YARA rules: files, or folders with `.yar` and `.yara` files.
    pub yara_rules: Vec<PathBuf>,
    /// The advisory database. Default: the one that `yagura db update` keeps below the data directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub db: Option<PathBuf>,
    /// What may be scanned over API and console: beginnings of targets, like `host`, `fs:/srv`, `image:registry.example`.
    /// Empty: everything, by whoever has the role analyst.
    pub targets: Vec<String>,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            host: true,
            host_hours: 24,
            host_delay_minutes: 10,
            secrets: true,
            malware: false,
            yara_rules: Vec::new(),
            db: None,
            targets: Vec::new(),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("configuration {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file or a variable holds something that is not understood.
    #[error("configuration {place}: {message}")]
    Invalid {
        /// The file or variable.
        place: String,
        /// What is wrong with it, and what would be right.
        message: String,
    },
}

impl Config {
    /// Reads the file, if there is one, and puts the environment over it. Without `path` the file is
    /// `/etc/yagura/yagura.toml`, which may be missing.
    ///
    /// # Errors
    /// When a named file cannot be read, or something in it or in the environment is not understood.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let default = Path::new("/etc/yagura/yagura.toml");
        let text = match path {
            Some(path) => read(path)?,
            None if default.exists() => read(default)?,
            None => String::new(),
        };
        let place = path.unwrap_or(default).display().to_string();
        let mut table: toml::Table = text.parse().map_err(|error| invalid(&place, &error))?;
        // Checked on its own first: only so can an error point at line and column of the file.
        toml::from_str::<Self>(&text).map_err(|error| invalid(&place, &error))?;
        for (name, value) in environment {
            overlay(&mut table, &name, &value);
        }
        let config: Self = table.try_into().map_err(|error| invalid("from the environment", &error))?;
        Ok(config)
    }

    /// The directory where data lives; `root` says whether this process is root.
    pub fn data_dir(&self, root: bool, home: Option<&Path>) -> PathBuf {
        if let Some(data) = &self.data {
            return data.clone();
        }
        match home {
            Some(home) if !root => home.join(".local/state/yagura"),
            _ => PathBuf::from("/var/lib/yagura"),
        }
    }

    /// The configuration as the text of a file.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("numbers, texts and lists have a TOML form")
    }

    /// The JSON Schema of the file.
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::Read { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        return Err(failed(std::io::Error::other(format!(
            "{size} bytes; at most {FILE_BYTES_MAX} are read"
        ))));
    }
    std::fs::read_to_string(path).map_err(failed)
}

// YAGURA_SERVER_LISTEN=… sets `listen` in `[server]`. Variables that name no table belong to someone else.
fn overlay(table: &mut toml::Table, name: &str, value: &str) {
    let Some(key) = name.strip_prefix("YAGURA_").map(str::to_ascii_lowercase) else { return };
    let parsed = |text: &str| {
        format!("x = {text}")
            .parse::<toml::Table>()
            .ok()
            .and_then(|mut one| one.remove("x"))
            .unwrap_or_else(|| toml::Value::String(text.to_owned()))
    };
    if key == "data" {
        table.insert(key, toml::Value::String(value.to_owned()));
        return;
    }
    let Some((section, key)) = key.split_once('_') else { return };
    if !["server", "sensor", "detect", "prevent", "store", "scan"].contains(&section) {
        return;
    }
    let entry = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let Some(section) = entry.as_table_mut() {
        section.insert(key.to_owned(), parsed(value));
    }
}

fn invalid(place: &str, error: &toml::de::Error) -> ConfigError {
    let mut message = error.to_string().trim_end().to_owned();
    if let Some(near) = nearest(error.message()) {
        message.push_str(&format!("\nhint: did you mean `{near}`?"));
    }
    ConfigError::Invalid { place: place.to_owned(), message }
}

// serde says: unknown field `lisen`, expected one of `listen`, `host_names`.
fn nearest(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field ")?;
    let mut names = rest.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    names
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(4) / 2)
        .min()
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("a writable file");
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(Some(file.path()), environment)
    }

    #[test]
    fn the_environment_stands_over_the_file() {
        let config = load(
            "[server]\nlisten = \"127.0.0.1:1\"\n[store]\nretention_days = 3\n",
            &[
                ("YAGURA_SERVER_LISTEN", "127.0.0.1:2"),
                ("YAGURA_STORE_READS", "true"),
                ("YAGURA_CACHE", "/x"),
            ],
        )
        .expect("a good configuration");
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!(config.store.retention_days, 3);
        assert!(config.store.reads);
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        let error = load("[server]\nlisen = \"127.0.0.1:1\"\n", &[]).expect_err("a misspelt key").to_string();
        assert!(error.contains("did you mean `listen`?"), "{error}");
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn a_bad_value_in_the_environment_is_an_error() {
        let error = load("", &[("YAGURA_SENSOR_RING_BYTES", "big")]).expect_err("no number").to_string();
        assert!(error.contains("environment"), "{error}");
    }

    #[test]
    fn the_default_configuration_reads_back() {
        let text = Config::default().to_toml();
        assert_eq!(load(&text, &[]).expect("our own text"), Config::default());
    }
}
