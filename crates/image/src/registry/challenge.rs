//! What a registry wants to see before it answers, and where tokens come from.

use serde::Deserialize;
use ureq::Agent;

use crate::{Credentials, Error, limits};

/// A `WWW-Authenticate` header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer(Bearer),
}

/// Where to get a token.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Bearer {
    pub(super) realm: String,
    service: Option<String>,
    pub(super) scope: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    access_token: Option<String>,
}

impl Challenge {
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut bearer = Bearer::default();
        for (key, value) in parameters(rest) {
            match key {
                "realm" => bearer.realm = value,
                "service" => bearer.service = Some(value),
                "scope" => bearer.scope = Some(value),
                _ => {}
            }
        }
        let web = bearer.realm.starts_with("https://") || bearer.realm.starts_with("http://");
        web.then_some(Self::Bearer(bearer))
    }
}

impl Bearer {
    /// Asks the realm for a token.
    pub(super) fn token(
        &self,
        agent: &Agent,
        scope: &str,
        credentials: Option<&Credentials>,
    ) -> Result<String, Error> {
        let fail = |why: String, status| Error::Registry { url: self.realm.clone(), why, status };
        let response = match credentials.and_then(|known| Some((known, known.identity_token.as_ref()?))) {
            Some((_, refresh)) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("service", self.service.as_deref().unwrap_or_default()),
                    ("client_id", "yagura"),
                    ("scope", scope),
                    ("refresh_token", refresh),
                ];
                agent.post(&self.realm).send_form(form)
            }
            None => {
                let mut request = agent.get(&self.realm).query("scope", scope);
                if let Some(service) = &self.service {
                    request = request.query("service", service);
                }
                if let Some(credentials) = credentials {
                    request = request.header("Authorization", format!("Basic {}", credentials.basic()));
                }
                request.call()
            }
        };
        let response = response.map_err(|error| fail(error.to_string(), None))?;
        let status = response.status();
        if !status.is_success() {
            return Err(fail(format!("no token: {status}"), Some(status.as_u16())));
        }
        let body = response.into_body().into_with_config().limit(limits::ANSWER_BYTES_MAX).read_to_vec();
        let token: Option<Token> = body.ok().and_then(|body| serde_json::from_slice(&body).ok());
        let token = token.and_then(|token| token.token.or(token.access_token));
        let clean = token.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
        clean.ok_or_else(|| fail("the answer has no token".to_owned(), None))
    }
}

/// `key="value"` pairs between commas; quoted commas stay in the value.
fn parameters(mut text: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    while let Some((key, rest)) = text.split_once('=') {
        let key = key.trim_matches([' ', ',']);
        let (value, rest) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        found.push((key, value.to_owned()));
        text = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let header = r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push""#;
        let expected = Bearer {
            realm: "https://auth.example/token".to_owned(),
            service: Some("r.example".to_owned()),
            scope: Some("repository:a/b:pull,push".to_owned()),
        };
        assert_eq!(Challenge::parse(header), Some(Challenge::Bearer(expected)));
        assert_eq!(Challenge::parse("basic realm=\"x\""), Some(Challenge::Basic));
        for bad in
            ["", "Negotiate", "Bearer", "Bearer realm=\"file:///etc/passwd\"", "Bearer =", "Bearer a=\"b"]
        {
            assert_eq!(Challenge::parse(bad), None, "{bad}");
        }
    }
}
