//! The console's files, carried in the binary.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// What `npm run build` made.
#[derive(RustEmbed)]
#[folder = "$YAGURA_CONSOLE_EMBED"]
pub struct Console;

/// The rules that come with Yagura.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../content/rules"]
#[include = "*.yaml"]
pub struct Content;

impl yagura_api::Assets for Console {
    fn file(&self, path: &str) -> Option<(Cow<'static, [u8]>, Cow<'static, str>)> {
        let file = Self::get(path)?;
        Some((file.data, Cow::Borrowed(media_type(path))))
    }
}

// Of what the build makes; a compressed form has the type of what is compressed.
fn media_type(path: &str) -> &'static str {
    let plain = path.strip_suffix(".br").or_else(|| path.strip_suffix(".gz")).unwrap_or(path);
    match plain.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
