//! Values that are not meant: placeholders, templates, look-ups, sequences, words.

use crate::entropy;

/// Words that mark a value as an example, wherever they stand in it.
const WORDS: &[&str] = &[
    "example",
    "changeme",
    "change_me",
    "change-me",
    "placeholder",
    "dummy",
    "sample",
    "your_",
    "your-",
    "yourkey",
    "yourtoken",
    "yoursecret",
    "yourpassword",
    "redacted",
    "replace",
    "insert_",
    "insert-",
    "xxxx",
    "fake",
    "deadbeef",
    "foobar",
    "lorem",
    "todo",
    "fixme",
    "notreal",
    "not_real",
    "invalid",
    "goes_here",
    "goeshere",
    "-here",
    "_here",
    "my-secret",
    "mysecret",
    "my_secret",
    "mytoken",
    "masked",
    "hidden",
    "removed",
    "....",
    "****",
    "____",
    "----",
    "0000000",
    "1234567",
    "abcdefg",
    "987654",
    "asdf",
    "qwerty",
];
/// Whole values that are no secret worth the name, or that only describe one.
const VALUES: &[&str] = &[
    "password",
    "passwd",
    "secret",
    "token",
    "none",
    "null",
    "true",
    "false",
    "undefined",
    "default",
    "admin",
    "root",
    "test",
    "testing",
    "user",
    "username",
    "string",
    "optional",
    "required",
    "unset",
    "empty",
    "pass",
    "pwd",
    "changeit",
    "postgres",
    "mysql",
    "guest",
    "public",
    "letmein",
    "hunter2",
    "key",
    "value",
    "auto",
    "welcome",
    "qwerty",
    "iloveyou",
    "monkey",
    "dragon",
    "enabled",
    "disabled",
];

/// Whether a token of a known form is a placeholder. Random text must not be mistaken for one: the words are long, and
/// runs must be longer than chance makes them.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    is_template(value) || is_monotonous(value) || has_word(value)
}

/// Whether a value of which only the name tells that it is a secret is no secret.
pub(crate) fn is_no_secret(value: &[u8], quoted: bool) -> bool {
    let lower = value.to_ascii_lowercase();
    VALUES.iter().any(|word| lower == word.as_bytes())
        || is_guessable(&lower)
        || ["password", "passwd", "passphrase", "secret", "token", "credential"]
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
        || is_placeholder(value)
        || is_lookup(value, quoted)
        || is_path_or_address(value)
        || is_prose(value)
}

/// `${NAME}`, `{{ name }}`, `<name>`, `$(command)`, `%NAME%`, `#{name}`, `@name@`, `__NAME__`.
fn is_template(value: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    has(b"${")
        || has(b"{{")
        || has(b"$(")
        || has(b"#{")
        || has(b"%(")
        || has(b"<%")
        || has(b"}}")
        || value.starts_with(b"$")
            && value[1..].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        || is_between(value, b'<', b'>')
        || is_between(value, b'[', b']')
        || is_between(value, b'{', b'}')
        || is_between(value, b'%', b'%')
        || is_between(value, b'@', b'@')
        || value.len() > 4 && value.starts_with(b"__") && value.ends_with(b"__")
}

fn is_between(value: &[u8], open: u8, close: u8) -> bool {
    value.len() > 2 && value.first() == Some(&open) && value.last() == Some(&close)
}

fn has_word(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
}

/// One character again and again, few different ones, a short pattern repeated, or a run upwards or downwards.
fn is_monotonous(value: &[u8]) -> bool {
    let body: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    if body.len() < 6 {
        return false;
    }
    let kinds = entropy::distinct(&body);
    let few = if body.len() >= 32 {
        6
    } else if body.len() >= 16 {
        5
    } else {
        2
    };
    kinds <= few || run(&body, 0) >= 6 || run(&body, 1) >= 7 || run(&body, -1) >= 7 || is_periodic(&body)
}

fn run(body: &[u8], step: i16) -> usize {
    let (mut longest, mut length) = (1, 1);
    for pair in body.windows(2) {
        length = if i16::from(pair[1]) - i16::from(pair[0]) == step { length + 1 } else { 1 };
        longest = longest.max(length);
    }
    longest
}

fn is_periodic(body: &[u8]) -> bool {
    (1..=body.len() / 2)
        .take(16)
        .any(|period| body.len() >= 12 && body.iter().skip(period).eq(body.iter().take(body.len() - period)))
}

/// `os.environ[…]`, `process.env.X`, `getenv(…)`, a call, a member: code that fetches the value.
fn is_lookup(value: &[u8], quoted: bool) -> bool {
    let has = |part: &str| memchr::memmem::find(value, part.as_bytes()).is_some();
    if [
        "environ",
        "getenv",
        "process.env",
        "ENV[",
        "secrets.",
        "vault:",
        "arn:aws",
        "secretKeyRef",
        "data.",
        "var.",
        "local.",
        "self.",
        "this.",
        "ssm:",
        "keyvault",
    ]
    .iter()
    .any(|part| has(part))
    {
        return true;
    }
    if quoted {
        return false;
    }
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = value
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'&' | b'*' | b'!' | b'@'));
    let inside = value.get(1..).unwrap_or_default();
    let call = value.iter().any(|byte| matches!(byte, b'(' | b'[' | b'{'));
    let member = name && memchr::memmem::find(value, b"::").is_some()
        || name
            && inside.iter().all(|byte| word(byte) || *byte == b'.')
            && memchr::memchr(b'.', value).is_some()
        || memchr::memmem::find(value, b"->").is_some();
    call || member || matches!(value.first(), Some(b'&' | b'*' | b'!')) && inside.iter().all(word)
}

fn is_path_or_address(value: &[u8]) -> bool {
    let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    has(b"://")
        || value.starts_with(b"/")
            && value.iter().filter(|byte| **byte == b'/').count() >= 2
            && value.len() < 120
            && !value.ends_with(b"=")
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || value.starts_with(b"urn:")
        || has(b"\\n")
        || has(b"../")
        || [
            ".pem", ".key", ".json", ".yaml", ".yml", ".txt", ".crt", ".env", ".go", ".py", ".js", ".ts",
            ".rs", ".html", ".com", ".org", ".io", ".net",
        ]
        .iter()
        .any(|end| value.ends_with(end.as_bytes()))
}

/// Words of a language, or names made of them: most of its characters stand in words whose neighbouring letters are
/// pairs that words are made of. Capitals begin a word, so random text in both cases has hardly any.
fn is_prose(value: &[u8]) -> bool {
    if value.iter().filter(|byte| **byte == b' ').count() >= 2 {
        return true;
    }
    let (mut inside, mut start) = (0, 0);
    for at in 1..=value.len() {
        if at == value.len() || !continues(value[at - 1], value[at]) {
            if is_word(&value[start..at]) {
                inside += at - start;
            }
            start = at;
        }
    }
    inside * 5 >= value.len() * 3
}

fn continues(before: u8, byte: u8) -> bool {
    before.is_ascii_alphabetic() && byte.is_ascii_lowercase()
        || before.is_ascii_uppercase() && byte.is_ascii_uppercase()
}

fn is_word(word: &[u8]) -> bool {
    if word.len() < 3 || !word[0].is_ascii_alphabetic() {
        return false;
    }
    let lower = word.to_ascii_lowercase();
    let is_common = |pair: &&[u8]| COMMON_PAIRS.chunks(2).any(|known| known == *pair);
    let common = lower.windows(2).filter(is_common).count();
    let pairs = lower.len() - 1;
    if pairs == 2 { common == 2 } else { common * 2 >= pairs }
}

/// A word that everybody tries, with digits and signs around it or in place of its letters.
fn is_guessable(lower: &[u8]) -> bool {
    let is_sign = |byte: &u8| !byte.is_ascii_alphabetic();
    let first = lower.iter().position(|byte| !is_sign(byte)).unwrap_or(0);
    let last = lower.iter().rposition(|byte| !is_sign(byte)).map_or(0, |at| at + 1);
    let plain: Vec<u8> = lower[first.min(last)..last]
        .iter()
        .map(|byte| match byte {
            b'0' => b'o',
            b'@' | b'4' => b'a',
            b'$' | b'5' => b's',
            b'3' => b'e',
            other => *other,
        })
        .filter(u8::is_ascii_alphabetic)
        .collect();
    VALUES.iter().any(|word| plain == word.as_bytes())
}

// The pairs of neighbouring letters that are four fifths of those in words; random letters meet them one time in four.
const COMMON_PAIRS: &[u8] =
    b"erreinteonesatstedensetilentthorngdecoalitneanmehevearettaraiororitrndeaeclinsascellunmalohauschutca\
    elctnoouicpeurpaomacsiilisadfitsketodiowimexncsslapremotopulmpgeplfoolnaaiblocrssurthoamhiwhrulysock\
    ivapmievmorrospoefbeueshabeewatuniidptcrodiefewipuirbuooumldrycltyrmagspiaepdobosadsrdlsttltigubwnqu\
    murnakvafacusckiaygipicisynuwrviovifppucdrtcduxtlu";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{is_no_secret, is_placeholder};

    #[test]
    fn placeholders_are_known() {
        for text in [
            "xxxxxxxxxxxxxxxx",
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_1234567890abcdef",
            "${TOKEN}",
            "{{ token }}",
            "<your-token>",
            "abcabcabcabcabc",
            "0000000000000000",
            "$GITHUB_TOKEN",
            "%TOKEN%",
            "__TOKEN__",
            "#{token}",
            "changeme123",
            "aaaaaaaaaaaaaaaaaaaab",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert!(is_placeholder(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn code_paths_and_words_are_no_secrets() {
        for (text, quoted) in [
            ("os.environ", false),
            ("process.env.TOKEN", false),
            ("config.token", false),
            ("read_token()", false),
            ("/etc/ssl/private/key.pem", true),
            ("https://localhost/token", true),
            ("password", true),
            ("invalid password for user", true),
            ("authenticationTokenProvider", true),
            ("secret-key-name", true),
            ("access_token_expires_in", true),
            ("&token", false),
            ("Token::Comma", false),
            ("refresh_token_v2", true),
        ] {
            assert!(is_no_secret(text.as_bytes(), quoted), "{text}");
        }
    }

    #[test]
    fn random_values_are_secrets() {
        for text in [
            "kX9vQ2mT7pL4wR8zB3nY",
            "f3a9c1d4b87e60259ad1",
            "Tr0ub4dor&3zk",
            "p@ssw0rd!Zq9",
            "q8w3k1zx0v5ydm2h",
        ] {
            assert!(!is_no_secret(text.as_bytes(), true), "{text}");
        }
    }

    proptest! {
        // Fewer than one random token in a thousand may be mistaken; 256 cases of 100 tokens each.
        #[test]
        fn random_tokens_are_not_mistaken(tokens in proptest::collection::vec("[A-Za-z0-9]{36}", 100)) {
            let mistaken = tokens.iter().filter(|token| is_placeholder(token.as_bytes())).count();
            prop_assert!(mistaken <= 3);
        }

        #[test]
        fn any_bytes_are_taken(bytes in proptest::collection::vec(any::<u8>(), 0..300), quoted: bool) {
            let _ = is_no_secret(&bytes, quoted);
        }
    }
}
