//! Who we are at a registry: from flags, or from the files `docker login` and `podman login` write.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{blob::FileRange, limits};

/// A name and a password, or a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name.
    pub username: String,
    /// Password or access token.
    pub password: String,
    /// A refresh token from `docker login`, used instead of name and password.
    pub identity_token: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    auths: HashMap<String, Auth>,
}

#[derive(Deserialize, Default)]
struct Auth {
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(default)]
    identitytoken: Option<String>,
}

impl Credentials {
    /// A name and a password.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), password: password.into(), identity_token: None }
    }

    /// What the login files say about a registry. `variable` reads the environment.
    pub fn find(registry: &str, repository: &str, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        files(variable).iter().find_map(|file| Self::in_file(file, registry, repository))
    }

    fn in_file(path: &Path, registry: &str, repository: &str) -> Option<Self> {
        let blob = crate::blob::Blob::Range(FileRange::open(path).ok()?);
        let bytes = blob.bytes("login file", limits::ANSWER_BYTES_MAX).ok()?;
        let file: File = serde_json::from_slice(&bytes).ok()?;
        let entry = keys(registry, repository).iter().find_map(|key| file.auths.get(key))?;
        entry.credentials()
    }

    /// For the header `Authorization: Basic`.
    pub(crate) fn basic(&self) -> String {
        encode(format!("{}:{}", self.username, self.password).as_bytes())
    }
}

impl Auth {
    fn credentials(&self) -> Option<Credentials> {
        let joined = self.auth.as_ref().and_then(|auth| String::from_utf8(decode(auth)?).ok());
        let split = joined.as_ref().and_then(|joined| joined.trim_end_matches('\0').split_once(':'));
        let (username, password) = match split {
            Some((username, password)) => (username.to_owned(), password.to_owned()),
            None => (self.username.clone()?, self.password.clone().unwrap_or_default()),
        };
        Some(Credentials { username, password, identity_token: self.identitytoken.clone() })
    }
}

fn files(variable: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut add = |folder: Option<String>, rest: &str| {
        files.extend(folder.filter(|folder| !folder.is_empty()).map(|folder| Path::new(&folder).join(rest)));
    };
    add(variable("REGISTRY_AUTH_FILE"), "");
    add(variable("DOCKER_CONFIG"), "config.json");
    add(variable("XDG_RUNTIME_DIR"), "containers/auth.json");
    add(variable("HOME"), ".docker/config.json");
    add(variable("HOME"), ".config/containers/auth.json");
    files
}

/// Podman names repositories too; Docker has an odd name for its own registry.
fn keys(registry: &str, repository: &str) -> Vec<String> {
    let mut keys = Vec::new();
    let mut path = repository;
    loop {
        keys.push(format!("{registry}/{path}"));
        match path.rsplit_once('/') {
            Some((parent, _)) => path = parent,
            None => break,
        }
    }
    keys.extend([registry.to_owned(), format!("https://{registry}"), format!("http://{registry}")]);
    if registry == "docker.io" {
        keys.extend(["https://index.docker.io/v1/".to_owned(), "index.docker.io".to_owned()]);
    }
    keys
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = [chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = ALPHABET[(bits >> shift & 63) as usize];
            text.push(if index <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .trim()
        .trim_end_matches('=')
        .bytes()
        .map(|byte| ALPHABET.iter().position(|known| *known == byte).and_then(|at| u32::try_from(at).ok()))
        .collect::<Option<_>>()?;
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        let bits = chunk.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - chunk.len()));
        let group = bits.to_be_bytes();
        bytes.extend_from_slice(&group[1..chunk.len().max(1)]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_goes_both_ways() {
        for (plain, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("user:päss", "dXNlcjpww6Rzcw==")]
        {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(decode("%%%"), None);
    }

    #[test]
    fn the_login_file_is_read_and_the_nearest_entry_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = r#"{"auths": {"r.example": {"auth": "YTpi"}, "r.example/team": {"username": "c", "password": "d"}}}"#;
        std::fs::write(folder.path().join("config.json"), text).expect("written");
        let find = |repository: &str| {
            let variable =
                |name: &str| (name == "DOCKER_CONFIG").then(|| folder.path().display().to_string());
            Credentials::find("r.example", repository, variable)
        };
        assert_eq!(find("app"), Some(Credentials::new("a", "b")));
        assert_eq!(find("team/app"), Some(Credentials::new("c", "d")));
        assert!(!format!("{:?}", find("team/app")).contains("\"d\""), "passwords are not shown");
    }
}
