//! A registry on loopback that wants tokens, breaks lines and lies.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use yagura_image::{Credentials, OpenOptions, RegistryOptions, Target};

use crate::{
    make::{self, Tar},
    record::walk,
};

/// What the registry does that a good one does not.
#[derive(Clone, Copy, Default)]
struct Manners {
    token: bool,
    /// Closes after so many bytes of a blob.
    breaks: Option<usize>,
}

struct Server {
    port: u16,
    log: Arc<Mutex<Vec<String>>>,
}

fn serve(blobs: &make::Blobs, manners: Manners) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut answers: HashMap<String, Vec<u8>> = HashMap::new();
    for (digest, bytes) in &blobs.blobs {
        answers.insert(format!("/v2/team/app/blobs/{digest}"), bytes.clone());
    }
    let manifest = blobs.blobs.iter().find(|(digest, _)| *digest == blobs.manifest).unwrap().1.clone();
    answers.insert(format!("/v2/team/app/manifests/{}", blobs.manifest), manifest.clone());
    answers.insert("/v2/team/app/manifests/v1".to_owned(), manifest);
    let seen = Arc::clone(&log);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = answer(&stream, port, &answers, manners, &seen);
        }
    });
    Server { port, log }
}

fn answer(
    mut stream: &TcpStream,
    port: u16,
    answers: &HashMap<String, Vec<u8>>,
    manners: Manners,
    log: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let headers: Vec<String> = lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let header = |name: &str| {
        headers.iter().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    };
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let (authorization, range) = (header("authorization"), header("range"));
    log.lock().unwrap().push(format!("{path} {}", range.clone().unwrap_or_default()));
    if path.starts_with("/token") {
        let good = authorization.as_deref() == Some("Basic dXNlcjpwYXNz") && path.contains("team%2Fapp");
        let (status, body) = if good { ("200 OK", r#"{"token":"t0ken"}"#) } else { ("401 No", "{}") };
        return write!(
            stream,
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    }
    if manners.token && authorization.as_deref() != Some("Bearer t0ken") {
        let realm = format!("http://127.0.0.1:{port}/token");
        return write!(
            stream,
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"{realm}\",service=\"r\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
    }
    let Some(body) = answers.get(&path) else {
        let body = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"no such thing"}]}"#;
        return write!(
            stream,
            "HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    };
    let from = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let body = &body[from.unwrap_or(0)..];
    let status = if from.is_some() { "206 Part" } else { "200 OK" };
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len())?;
    let cut = manners.breaks.filter(|_| path.contains("/blobs/")).unwrap_or(usize::MAX).min(body.len());
    stream.write_all(&body[..cut])
}

fn open(server: &Server, tag: &str, credentials: Option<Credentials>) -> Result<Target, yagura_image::Error> {
    let registry = RegistryOptions { credentials, ..RegistryOptions::default() };
    let options = OpenOptions { registry, ..OpenOptions::default() };
    Target::image(&format!("registry:127.0.0.1:{}/team/app:{tag}", server.port), &options)
}

fn image() -> make::Blobs {
    let noise = make::noise();
    make::blobs(&[Tar::new().file("noise", &noise).file("a.txt", b"a").end()], make::gzip)
}

#[test]
fn an_image_comes_from_a_registry_that_wants_a_token() {
    let server = serve(&image(), Manners { token: true, ..Manners::default() });
    let target = open(&server, "v1", Some(Credentials::new("user", "pass"))).unwrap();
    let records = walk(&target);
    assert_eq!(records[0].read(), ["a.txt"]);
    assert!(records[0].problems.is_empty(), "{:?}", records[0].problems);
    let error = open(&server, "v1", Some(Credentials::new("user", "wrong"))).unwrap_err();
    assert!(error.to_string().contains("401"), "{error}");
}

#[test]
fn a_broken_line_is_taken_up_where_it_broke() {
    let server = serve(&image(), Manners { breaks: Some(100_000), ..Manners::default() });
    let target = open(&server, "v1", None).unwrap();
    let records = walk(&target);
    assert_eq!(records[0].read(), ["a.txt"]);
    assert!(records[0].problems.is_empty(), "{:?}", records[0].problems);
    let log = server.log.lock().unwrap().join("\n");
    assert!(log.contains("bytes=100000-") && log.contains("bytes=200000-"), "{log}");
}

#[test]
fn a_line_that_breaks_for_ever_is_given_up() {
    let server = serve(&image(), Manners { breaks: Some(100), ..Manners::default() });
    // Configuration and manifest are short; the layer is not.
    match open(&server, "v1", None) {
        Ok(target) => assert!(!walk(&target)[0].problems.is_empty()),
        Err(error) => assert!(error.to_string().contains("cannot read"), "{error}"),
    }
}

#[test]
fn blobs_that_are_not_what_they_are_called_are_reported() {
    let mut blobs = image();
    blobs.blobs[0].1 = make::gzip(&Tar::new().file("a.txt", b"evil").end());
    let server = serve(&blobs, Manners::default());
    let records = walk(&open(&server, "v1", None).unwrap());
    assert_eq!(records[0].trouble(), ["digest: layer 1"]);
}

#[test]
fn a_registry_that_has_no_such_image_says_so() {
    let server = serve(&image(), Manners::default());
    let error = open(&server, "v9", None).unwrap_err().to_string();
    assert!(error.contains("404") && error.contains("MANIFEST_UNKNOWN"), "{error}");
}
