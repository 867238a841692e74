//! What an update leaves behind: generations, old content where a source fails, conditional requests.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use yagura_advisory::{
    Error, Query,
    update::{Home, Outcome, SourceSpec, SourceState},
};

fn record(id: &str, fixed: &str) -> String {
    format!(
        r#"{{"id":"{id}","affected":[{{"package":{{"ecosystem":"npm","name":"a"}},"ranges":[{{"type":"SEMVER","events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}]}}"#
    )
}

fn update(home: &Home, specs: &[String], keep: usize) -> Outcome {
    let specs: Vec<_> = specs.iter().map(|text| SourceSpec::parse(text).expect("a source")).collect();
    home.update(&specs, "2030-01-01T00:00:00Z", keep, &mut |_| {}).expect("an update")
}

fn found(home: &Home, generation: Option<u64>, version: &str) -> usize {
    let query = Query { package_type: "npm", name: "a", version, ..Query::default() };
    home.open(generation).expect("a database").matches(&query).expect("an answer").matches.len()
}

#[test]
fn a_failed_source_leaves_its_old_content_and_the_others() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two.json"));
    fs::create_dir(&one).expect("a folder");
    fs::write(one.join("x.json"), record("X-1", "1.0.0")).expect("a file");
    fs::write(&two, record("X-2", "2.0.0")).expect("a file");
    let home = Home::new(folder.path().join("home"));
    let specs = [format!("one:osv={}", one.display()), format!("two:osv={}", two.display())];
    assert_eq!(update(&home, &specs, 5).generation, 1);
    assert_eq!((found(&home, None, "0.5.0"), found(&home, None, "1.5.0")), (2, 1));

    // Gone, damaged, empty: each keeps what was there.
    for (number, content) in [None, Some("<html>not found</html>"), Some("[]")].into_iter().enumerate() {
        match content {
            None => fs::remove_file(&two).expect("a file"),
            Some(text) => fs::write(&two, text).expect("a file"),
        }
        fs::write(one.join("x.json"), record("X-1", &format!("1.{}.0", number + 1))).expect("a file");
        let outcome = update(&home, &specs, 5);
        assert!(matches!(outcome.sources[1].state, SourceState::Kept { .. }), "{:?}", outcome.sources[1]);
        assert_eq!((outcome.sources[0].state.clone(), outcome.sources[1].records), (SourceState::New, 1));
        assert_eq!(found(&home, None, "1.9.9"), 1, "the old content of the failed source is in force");
    }
    // A past answer can be had again.
    assert_eq!((found(&home, Some(1), "1.1.0"), found(&home, None, "1.1.0")), (1, 2));
    assert_eq!(home.generations(), [1, 2, 3, 4]);
    fs::write(&two, record("X-2", "3.0.0")).expect("a file");
    update(&home, &specs, 2);
    assert_eq!((home.generations(), home.current()), (vec![4, 5], Some(5)));
    assert_eq!(found(&home, None, "2.5.0"), 1);
}

#[test]
fn a_source_that_never_worked_is_said_to_be_missing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home::new(folder.path().join("home"));
    let good = folder.path().join("good.json");
    fs::write(&good, record("X-1", "1.0.0")).expect("a file");
    let digest = "0".repeat(64);
    let specs = [
        format!("good:osv={}", good.display()),
        "none:osv=/does/not/exist".to_owned(),
        format!("wrong:osv={}#sha256={digest}", good.display()),
    ];
    let outcome = update(&home, &specs, 5);
    assert_eq!(outcome.sources[0].state, SourceState::New);
    for source in &outcome.sources[1..] {
        assert!(matches!(source.state, SourceState::Missing { .. }), "{source:?}");
    }
    assert_eq!(home.open(None).expect("a database").status().sources.len(), 1);
}

// A server of one file that answers 304 to the ETag it gave, and remembers what it was asked.
fn serve(content: Arc<Mutex<(String, Vec<u8>)>>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/feed/a.json", listener.local_addr().expect("an address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            let mut known = String::new();
            while let Some(Ok(line)) = lines.next() {
                if line.is_empty() {
                    break;
                }
                if let Some(tag) = line.to_ascii_lowercase().strip_prefix("if-none-match: ") {
                    known = tag.to_owned();
                }
            }
            let (tag, body) = content.lock().expect("the content").clone();
            let answer = if tag.is_empty() {
                "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
            } else if known == tag {
                format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\nConnection: close\r\n\r\n")
            } else {
                format!(
                    "HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                )
            };
            log.lock().expect("the log").push(answer.split("\r\n").next().unwrap_or_default().to_owned());
            let body = if answer.contains(" 200 ") { body } else { Vec::new() };
            let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    (address, asked)
}

#[test]
fn a_download_is_asked_for_again_only_if_it_changed() {
    let content = Arc::new(Mutex::new(("\"one\"".to_owned(), record("X-1", "1.0.0").into_bytes())));
    let (address, asked) = serve(Arc::clone(&content));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = Home::new(folder.path());
    let specs = [format!("feed:osv={address}")];
    assert_eq!(update(&home, &specs, 5).sources[0].state, SourceState::New);
    let again = update(&home, &specs, 5);
    assert_eq!((again.sources[0].state.clone(), again.written), (SourceState::Unchanged, None));
    *content.lock().expect("the content") = ("\"two\"".to_owned(), record("X-1", "2.0.0").into_bytes());
    assert_eq!(update(&home, &specs, 5).sources[0].state, SourceState::New);
    // A server that fails leaves what there was.
    *content.lock().expect("the content") = (String::new(), Vec::new());
    assert!(matches!(update(&home, &specs, 5).sources[0].state, SourceState::Kept { .. }));
    assert_eq!(found(&home, None, "1.5.0"), 1);
    let answers = asked.lock().expect("the log").clone();
    let codes: Vec<&str> = answers.iter().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(codes, ["200", "304", "200", "500"]);
}

#[test]
fn a_file_that_is_no_database_says_what_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |path: &Path| yagura_advisory::Database::open(path).map(|_| ()).expect_err("no database");
    let path = folder.path().join("x.db");
    assert!(matches!(open(&path), Error::Missing { .. }));
    fs::write(&path, "text").expect("a file");
    assert!(matches!(open(&path), Error::NotADatabase { .. }));
    let good = folder.path().join("good.json");
    fs::write(&good, record("X-1", "1.0.0")).expect("a file");
    let home = Home::new(folder.path());
    update(&home, &[format!("good:osv={}", good.display())], 1);
    let mut bytes = Vec::new();
    fs::File::open(home.path(1)).and_then(|mut file| file.read_to_end(&mut bytes)).expect("the database");
    let mut other = bytes.clone();
    other[8] = 99;
    fs::write(&path, &other).expect("a file");
    assert!(matches!(open(&path), Error::Format { found: 99, .. }));
    let last = bytes.len() - 10;
    bytes[last] ^= 1;
    fs::write(&path, &bytes).expect("a file");
    assert!(matches!(open(&path), Error::Damaged { .. }));
}

#[test]
fn a_zip_bomb_is_reported_and_its_neighbours_are_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("all.tar");
    // A deflated run of zeros in a zip of our own making: 8 MB in some kilobytes.
    let zip = folder.path().join("all.zip");
    let files = [("bomb.json", vec![b' '; 8 << 20]), ("good.json", record("X-1", "1.0.0").into_bytes())];
    fs::write(&zip, zip_of(&files)).expect("a zip");
    let home = Home::new(folder.path().join("home"));
    let outcome = update(&home, &[format!("z:osv={}", zip.display())], 1);
    assert_eq!((outcome.sources[0].records, outcome.sources[0].problems), (1, 1), "{:?}", outcome.sources[0]);
    assert!(
        outcome.sources[0].diagnostics[0].to_string().starts_with("bomb.json: "),
        "{:?}",
        outcome.sources[0]
    );
    assert!(!path.exists());
}

fn zip_of(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(bytes).expect("memory");
        let packed = packed.finish().expect("memory");
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let offset = out.len() as u32;
        let mut fields = Vec::new();
        fields.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
        fields.extend(crc.sum().to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend((bytes.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let at = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}
