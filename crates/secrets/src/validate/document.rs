//! Secrets that are small documents: JSON in base64, macaroons, key files.

use memchr::memmem;

use super::{Catch, Verdict, json, key, shown};
use crate::{encoding, placeholder};

const NEIGHBOURHOOD_BYTES: usize = 6_000;

/// A JSON Web Token: the header names an algorithm; one that has expired, or that a page published, is none.
pub(super) fn jwt(catch: &Catch<'_>) -> Verdict {
    let mut parts = catch.secret.split(|byte| *byte == b'.');
    let mut part = || parts.next().and_then(encoding::base64).and_then(|bytes| json(&bytes));
    let Some(header) = part() else { return Verdict::Reject };
    if header.get("alg").and_then(|alg| alg.as_str()).is_none_or(|alg| alg == "none") {
        return Verdict::Reject;
    }
    // Five parts are an encrypted token: its second part is no JSON.
    let Some(payload) = part() else {
        return if header.get("enc").is_some() {
            Verdict::Proven(Some("encrypted".to_owned()))
        } else {
            Verdict::Reject
        };
    };
    let text = |name: &str| payload.get(name).and_then(|value| value.as_str());
    let expiry = payload.get("exp").and_then(serde_json::Value::as_f64);
    if catch.now.zip(expiry).is_some_and(|(now, expiry)| expiry < now as f64) {
        return Verdict::Reject;
    }
    let published =
        text("sub") == Some("1234567890") || text("name") == Some("John Doe") || text("role") == Some("anon");
    if published || payload.as_object().is_none_or(serde_json::Map::is_empty) {
        return Verdict::Reject;
    }
    let issuer = text("iss").map(|issuer| format!("issued by {}", shown(issuer)));
    let expiry = if expiry.is_none() { Some("never expires".to_owned()) } else { None };
    let detail: Vec<String> = issuer.into_iter().chain(expiry).collect();
    Verdict::Proven((!detail.is_empty()).then(|| detail.join(", ")))
}

/// The key of a Google service account stands beside its address.
pub(super) fn gcp_service_account(catch: &Catch<'_>) -> Verdict {
    let from = catch.start.saturating_sub(NEIGHBOURHOOD_BYTES);
    let to = (catch.start + NEIGHBOURHOOD_BYTES).min(catch.text.len());
    let around = &catch.text[from..to];
    if memmem::find(around, b"service_account").is_none() {
        return Verdict::Reject;
    }
    let address = memmem::find(around, b".iam.gserviceaccount.com").map(|end| {
        let start =
            around[..end].iter().rposition(|byte| matches!(byte, b'"' | b'\'' | b' ')).map_or(0, |at| at + 1);
        String::from_utf8_lossy(&around[start..end + 24]).into_owned()
    });
    match key::pem(catch) {
        Verdict::Proven(_) => Verdict::Proven(address.map(|address| shown(&address))),
        verdict => verdict,
    }
}

/// PyPI: a macaroon of version 2 whose location is pypi.org.
pub(super) fn macaroon(catch: &Catch<'_>) -> Verdict {
    let body =
        catch.secret.iter().position(|byte| *byte == b'-').map_or(catch.secret, |at| &catch.secret[at + 1..]);
    let Some(bytes) = encoding::base64(body) else { return Verdict::Reject };
    let location = bytes.get(3..).and_then(|rest| rest.get(..usize::from(*bytes.get(2)?)));
    Verdict::proven_if(
        bytes.first() == Some(&2)
            && bytes.get(1) == Some(&1)
            && location.is_some_and(|location| location.ends_with(b"pypi.org"))
            && bytes.len() >= 60,
    )
}

/// `user:password` in base64, as registries and HTTP have it.
pub(super) fn user_password(catch: &Catch<'_>) -> Verdict {
    let Some(text) = encoding::base64(catch.secret).and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Verdict::Reject;
    };
    let Some((user, password)) = text.split_once(':') else { return Verdict::Reject };
    let printable = text.chars().all(|character| !character.is_control());
    let meant = password.len() >= 4 && !placeholder::is_no_secret(password.as_bytes(), true);
    if printable && meant { Verdict::Proven(Some(format!("user {}", shown(user)))) } else { Verdict::Reject }
}

/// A value of a Kubernetes Secret: base64 of something that is not a placeholder.
pub(super) fn k8s_secret(catch: &Catch<'_>) -> Verdict {
    let Some(bytes) = encoding::base64(catch.secret) else { return Verdict::Reject };
    let text = String::from_utf8_lossy(&bytes);
    let value = text.trim();
    if value.len() < 8 || value.contains('\u{fffd}') || placeholder::is_no_secret(value.as_bytes(), true) {
        return Verdict::Reject;
    }
    Verdict::Proven(None)
}
