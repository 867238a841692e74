//! What a path and the first bytes tell about a file.

use std::borrow::Cow;

use memchr::memmem;

/// What kind of file it is, as far as secrets are concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FileKind {
    /// Among tests, fixtures, examples, documentation.
    pub(crate) test: bool,
    /// A lock file: full of hashes.
    pub(crate) lock: bool,
    /// Minified code or a source map.
    pub(crate) minified: bool,
    /// Code: values stand in quotes, what does not is a name.
    pub(crate) code: bool,
}

const TEST_FOLDERS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test_data",
    "test-data",
    "testfiles",
    "fixtures",
    "fixture",
    "__tests__",
    "__mocks__",
    "mocks",
    "mock",
    "spec",
    "specs",
    "e2e",
    "examples",
    "example",
    "samples",
    "sample",
    "demo",
    "demos",
    "benches",
    "snapshots",
    "__snapshots__",
    "golden",
    "docs",
    "doc",
    "documentation",
    "testutil",
    "testutils",
    "test-fixtures",
    "cassettes",
    "integration",
    "unit",
    "man",
];
const LOCK_FILES: &[&str] = &[
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "deno.lock",
    "go.sum",
    "go.work.sum",
    "cargo.lock",
    "poetry.lock",
    "pipfile.lock",
    "pdm.lock",
    "uv.lock",
    "composer.lock",
    "gemfile.lock",
    "packages.lock.json",
    "podfile.lock",
    "pubspec.lock",
    "mix.lock",
    "flake.lock",
    "gradle.lockfile",
    "verification-metadata.xml",
    ".terraform.lock.hcl",
    ".package-lock.json",
    "package.resolved",
    ".cargo-checksum.json",
    "record",
    "md5sums",
    "sha256sums",
    "sha512sums",
    "checksums.txt",
    "manifest.json.sha",
];
const CODE: &[&str] = &[
    "rs", "go", "py", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "java", "kt", "kts", "scala",
    "groovy", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "cs", "fs", "vb", "rb", "erb", "php",
    "swift", "dart", "lua", "pl", "pm", "r", "jl", "ex", "exs", "erl", "hrl", "hs", "ml", "mli", "clj", "el",
    "lisp", "scm", "zig", "nim", "d", "v", "sv", "vhd", "s", "asm", "vue", "svelte", "html", "htm", "css",
    "scss", "less", "proto", "thrift", "graphql", "sql", "cmake", "am", "ac", "m4", "in", "pas", "f90",
    "tcl", "awk", "sol", "coffee", "ipynb", "csv", "tsv", "po", "pot", "rst", "adoc", "tex", "md",
    "markdown", "1", "2", "3", "4", "5", "6", "7", "8",
];
/// Files that hold no text, by extension.
const BINARY: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "bmp", "ico", "webp", "avif", "tif", "tiff", "psd", "mp3", "mp4", "m4a",
    "ogg", "wav", "flac", "avi", "mov", "mkv", "webm", "woff", "woff2", "ttf", "otf", "eot", "pdf", "doc",
    "docx", "xls", "xlsx", "ppt", "pptx", "zip", "gz", "tgz", "bz2", "xz", "zst", "7z", "rar", "tar", "jar",
    "war", "ear", "whl", "egg", "gem", "crate", "deb", "rpm", "apk", "iso", "img", "qcow2", "vmdk", "so",
    "a", "o", "obj", "lib", "dll", "exe", "dylib", "rlib", "rmeta", "pyc", "pyo", "class", "wasm", "node",
    "bin", "dat", "parquet", "mo", "gmo", "pack", "idx",
];

impl FileKind {
    pub(crate) fn of(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        let name = lower.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit('.').next().unwrap_or_default();
        Self {
            test: is_test(&lower, name),
            lock: LOCK_FILES.contains(&name) || name.ends_with(".lock"),
            minified: [".min.js", ".min.css", ".min.mjs", ".map", ".bundle.js", ".chunk.js", ".svg"]
                .iter()
                .any(|end| name.ends_with(end)),
            code: CODE.contains(&extension) && !name.starts_with(".env"),
        }
    }
}

fn is_test(lower: &str, name: &str) -> bool {
    let folders = lower.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').any(|folder| {
        TEST_FOLDERS.contains(&folder) || folder.ends_with("_tests") || folder.ends_with("-tests")
    }) || name.starts_with("test_")
        || ["_test.", ".test.", ".spec.", "_spec.", "_tests.", "-test.", "tests."]
            .iter()
            .any(|part| name.contains(part))
}

/// Whether a file's name says that it is no text, or holds git's own objects.
pub(crate) fn is_hopeless(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let git = path.strip_prefix(".git/").or_else(|| path.split_once("/.git/").map(|(_, inside)| inside));
    let git = git.is_some_and(|inside| {
        inside.starts_with("objects/")
            || inside.starts_with("lfs/")
            || inside == "index"
            || inside.starts_with("modules/") && inside.contains("/objects/")
    });
    git || (!extension.is_empty() && BINARY.contains(&extension.as_str()))
}

/// The text of a file: as it is, or decoded if it is UTF-16; none if it is no text.
pub(crate) fn text(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let head = &bytes[..bytes.len().min(8_192)];
    match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return None,
        [0xff, 0xfe, ..] => return Some(Cow::Owned(utf16(&bytes[2..], u16::from_le_bytes))),
        [0xfe, 0xff, ..] => return Some(Cow::Owned(utf16(&bytes[2..], u16::from_be_bytes))),
        [0xef, 0xbb, 0xbf, ..] => return text(&bytes[3..]),
        _ => {}
    }
    if memchr::memchr(0, head).is_none() {
        return Some(Cow::Borrowed(bytes));
    }
    let zeros = |parity| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (even, odd) if half > 1 && odd * 10 >= half * 9 && even == 0 => {
            Some(Cow::Owned(utf16(bytes, u16::from_le_bytes)))
        }
        (even, odd) if half > 1 && even * 10 >= half * 9 && odd == 0 => {
            Some(Cow::Owned(utf16(bytes, u16::from_be_bytes)))
        }
        _ => None,
    }
}

fn utf16(bytes: &[u8], read: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
    let text: String =
        char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.into_bytes()
}

/// Whether a comment on the line says that the secret is meant to be there.
pub(crate) fn is_allowed(line: &[u8]) -> bool {
    ["yagura:allow", "gitleaks:allow"].iter().any(|mark| memmem::find(line, mark.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::{FileKind, is_hopeless, text};

    #[test]
    fn a_path_tells_what_a_file_is() {
        assert!(FileKind::of("src/tests/key.rs").test);
        assert!(FileKind::of("pkg/auth_test.go").test);
        assert!(!FileKind::of("src/contest/attest.rs").test);
        assert!(FileKind::of("web/package-lock.json").lock);
        assert!(FileKind::of("dist/app.min.js").minified);
        assert!(FileKind::of("src/main.rs").code);
        assert!(!FileKind::of("deploy/.env.r").code);
        assert!(is_hopeless("logo.PNG"));
        assert!(is_hopeless("a/.git/objects/ab/cdef"));
        assert!(!is_hopeless(".git/config"));
        assert!(!is_hopeless("id_rsa"));
    }

    #[test]
    fn utf16_is_decoded_with_and_without_mark() {
        let little: Vec<u8> = "key = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}key = 1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&little).as_deref(), Some(&b"key = 1\n"[..]));
        assert_eq!(text(&big).as_deref(), Some(&b"key = 1\n"[..]));
        assert_eq!(text(b"\x7fELF\x02\x01\x01\0\0\0\0"), None);
        assert_eq!(text(b"\xef\xbb\xbfkey").as_deref(), Some(&b"key"[..]));
        assert_eq!(text(b"").as_deref(), Some(&b""[..]));
    }
}
