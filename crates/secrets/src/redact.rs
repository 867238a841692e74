//! What may be shown of a secret: the first and last few characters and its length. And its fingerprint.

use sha2::{Digest, Sha256};

/// `ghp_…Zq (40 characters)`. Never more than a quarter of it, nothing of a short one.
pub(crate) fn redact(secret: &[u8]) -> String {
    let text = String::from_utf8_lossy(secret);
    if let Some(first) = text.lines().next().filter(|line| line.starts_with("-----BEGIN ")) {
        let head: String = first.split("-----").nth(1).unwrap_or_default().chars().take(40).collect();
        return format!("-----{head}-----… ({} characters)", text.chars().count());
    }
    let length = text.chars().count();
    let (first, last) = match length {
        0..=11 => (0, 0),
        12..=19 => (2, 0),
        20..=31 => (4, 1),
        _ => (6, 2),
    };
    let head: String = text.chars().take(first).map(shown).collect();
    let tail: String = text.chars().skip(length - last).map(shown).collect();
    format!("{head}…{tail} ({length} characters)")
}

/// The same secret under the same rule has the same fingerprint, in every run, everywhere.
pub(crate) fn fingerprint(rule: &str, secret: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(rule.as_bytes());
    hash.update([0]);
    if secret.starts_with(b"-----") {
        // A key is the same key however its lines are written.
        let text = String::from_utf8_lossy(secret).replace("\\r", "").replace("\\n", "");
        let kept: String =
            text.chars().filter(|c| c.is_ascii_alphanumeric() || "+/=-:".contains(*c)).collect();
        hash.update(kept.as_bytes());
    } else {
        hash.update(secret);
    }
    hex(&hash.finalize()[..16])
}

/// First half of the SHA-256 of bytes, as the list of published examples has it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shown(character: char) -> char {
    if character.is_control() { '·' } else { character }
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, redact};

    #[test]
    fn shows_at_most_a_quarter() {
        for length in 0..100 {
            let secret: String = ('a'..='z').cycle().take(length).collect();
            let shown = redact(secret.as_bytes());
            let kept = shown.chars().take_while(|character| *character != '…').count();
            assert!(kept * 4 <= length.max(1) * 2, "{shown}");
            assert!(shown.contains(&format!("({length} characters)")));
        }
        assert_eq!(redact(b"hunter2"), "… (7 characters)");
        assert_eq!(redact("🔑".repeat(40).as_bytes()).chars().filter(|c| *c == '🔑').count(), 8);
    }

    #[test]
    fn names_a_private_key_by_its_first_line_only() {
        let shown = redact(b"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----");
        assert_eq!(shown, "-----BEGIN EC PRIVATE KEY-----… (68 characters)");
    }

    #[test]
    fn a_fingerprint_depends_on_rule_and_secret_only() {
        assert_eq!(fingerprint("a", b"b"), fingerprint("a", b"b"));
        assert_ne!(fingerprint("a", b"b"), fingerprint("ab", b""));
        assert_eq!(fingerprint("a", b"b").len(), 32);
    }
}
