//! The rules for secrets: ours, carried in the binary, and the user's.

use anyhow::Context;
use rust_embed::RustEmbed;
use yagura_secrets::Rules;

use crate::output::Failure;

use super::args::Common;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/secrets"]
#[include = "*.yaml"]
struct Content;

/// Ours alone.
pub fn builtin() -> Rules {
    let files = Content::iter().filter_map(|name| {
        let text = String::from_utf8(Content::get(&name)?.data.into_owned()).ok()?;
        Some((name, text))
    });
    Rules::builtin(files)
}

/// Ours and the user's; where both have an id, the user's counts.
pub fn secret_rules(common: &Common) -> Result<Rules, Failure> {
    let ours = builtin();
    if common.secret_rules.is_empty() {
        return Ok(ours);
    }
    let mut texts = Vec::new();
    for path in &common.secret_rules {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("reading {}", path.display()))
            .map_err(Failure::usage)?;
        texts.push((path.display().to_string(), text));
    }
    let (theirs, problems) = Rules::load(texts);
    for problem in &problems {
        eprintln!("warning: {problem}");
    }
    Ok(theirs.join(ours))
}
