//! Lines and columns of what was found, and its redaction. Beyond this file there is no secret.

use super::judge::Judged;
use crate::{context::FileKind, limits::SECRETS_PER_FILE_MAX, redact, rules::Rules, secret::Secret};

/// The secrets, in the order of places.
pub(super) fn secrets(
    rules: &Rules,
    path: &str,
    kind: FileKind,
    text: &[u8],
    judged: Vec<Judged>,
) -> Vec<Secret> {
    let mut lines = Lines { text, at: 0, line: 1, column: 1 };
    judged
        .into_iter()
        .take(SECRETS_PER_FILE_MAX)
        .map(|judged| {
            let rule = &rules.rules[judged.candidate.rule as usize];
            let secret = &text[judged.candidate.start..judged.candidate.end];
            let (line, column) = lines.place(judged.candidate.start);
            Secret {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                severity: rule.severity,
                confidence: judged.confidence,
                path: path.to_owned(),
                line,
                column,
                end_line: line + count(memchr::memchr_iter(b'\n', secret).count()),
                redacted: redact::redact(secret),
                fingerprint: redact::fingerprint(&rule.id, secret),
                entropy: judged.entropy,
                detail: judged.detail,
                in_test_data: kind.test,
            }
        })
        .collect()
}

// Counts forward only: places are asked for in their order, so a file is walked once.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
    column: u32,
}

impl Lines<'_> {
    fn place(&mut self, offset: usize) -> (u32, u32) {
        for byte in &self.text[self.at..offset] {
            // A character has one byte that does not continue another.
            match byte {
                b'\n' => (self.line, self.column) = (self.line.saturating_add(1), 1),
                byte if byte & 0xc0 != 0x80 => self.column = self.column.saturating_add(1),
                _ => {}
            }
        }
        self.at = offset;
        (self.line, self.column)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
