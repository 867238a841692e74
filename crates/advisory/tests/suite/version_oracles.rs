//! Orders compared with the ecosystems' own tools, where they are on the machine: dpkg, Python's packaging, npm's semver,
//! Maven, RubyGems, rpm. Each test says so when it skips.

use std::{
    cmp::Ordering,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use yagura_advisory::version::{Scheme, compare};

use crate::corpora;

// Pairs of neighbours of others' vectors, and of them shifted: thousands of real versions.
fn pairs(file: &str, most: usize) -> Option<Vec<(String, String)>> {
    let text = std::fs::read_to_string(corpora::find("versions")?.join(file)).ok()?;
    let vectors = text.lines().filter(|line| !line.starts_with(['#', '/'])).map(|line| line.split(' '));
    let versions: Vec<&str> = vectors
        .flat_map(|mut words| [words.next(), words.nth(1)])
        .flatten()
        .filter(|v| !v.is_empty())
        .collect();
    let step = (versions.len() / most).max(1);
    let one = |index: usize| {
        let other = (index * 7 + 13) % versions.len();
        (versions[index].to_owned(), versions[other].to_owned())
    };
    Some((0..versions.len()).step_by(step).map(one).collect())
}

// Gives a program `a b` lines and reads `-1`, `0`, `1` lines; `None` where it could not run.
fn ask(mut command: Command, pairs: &[(String, String)]) -> Option<Vec<Option<Ordering>>> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let mut input = child.stdin.take()?;
    let text: String = pairs.iter().map(|(a, b)| format!("{a} {b}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    let order = |line: &str| match line.trim() {
        "-1" => Some(Ordering::Less),
        "0" => Some(Ordering::Equal),
        "1" => Some(Ordering::Greater),
        _ => None,
    };
    let text = String::from_utf8(output.stdout).ok()?;
    let answers: Vec<_> = text.lines().map(order).collect();
    (output.status.success() && answers.len() == pairs.len()).then_some(answers)
}

fn agree(what: &str, scheme: Scheme, pairs: &[(String, String)], answers: Option<Vec<Option<Ordering>>>) {
    let Some(answers) = answers else {
        eprintln!("skipped: {what} is not on this machine");
        return;
    };
    let mut wrong = Vec::new();
    let mut compared = 0;
    for ((a, b), answer) in pairs.iter().zip(answers) {
        let Some(answer) = answer else { continue };
        compared += 1;
        if compare(scheme, a, b) != Ok(answer) {
            wrong.push(format!("{a} {answer:?} {b}"));
        }
    }
    eprintln!("{what}: {compared} pairs compared");
    assert!(compared * 2 > pairs.len(), "{what} refused most of the versions");
    assert!(wrong.is_empty(), "{what} says otherwise: {} of {compared}\n{}", wrong.len(), wrong.join("\n"));
}

fn script(program: impl AsRef<Path>, flag: &str, text: &str) -> Command {
    let mut command = Command::new(program.as_ref());
    command.arg(flag).arg(text);
    command
}

#[test]
fn dpkg_orders_the_same() {
    let Some(pairs) = pairs("debian-versions-generated.txt", 300) else { return };
    let text = "while read -r a b; do if dpkg --compare-versions \"$a\" lt \"$b\"; then echo -1; \
                elif dpkg --compare-versions \"$a\" eq \"$b\"; then echo 0; else echo 1; fi; done";
    let there =
        Command::new("dpkg").arg("--version").stdout(Stdio::null()).status().is_ok_and(|s| s.success());
    agree("dpkg", Scheme::Dpkg, &pairs, there.then(|| ask(script("sh", "-c", text), &pairs)).flatten());
}

#[test]
fn pythons_packaging_orders_the_same() {
    let Some(pairs) = pairs("pypi-versions-generated.txt", 6_000) else { return };
    let text = "
import sys
try:
    from packaging.version import Version
except ImportError:
    from pip._vendor.packaging.version import Version
for line in sys.stdin:
    try:
        a, b = map(Version, line.split())
        print((a > b) - (a < b))
    except Exception:
        print('refused')
";
    agree("packaging", Scheme::Pep440, &pairs, ask(script("python3", "-c", text), &pairs));
}

#[test]
fn npms_semver_orders_the_same() {
    let Some(pairs) = pairs("packagist-versions-generated.txt", 6_000) else { return };
    let Some(semver) = ["/usr/lib/node_modules/npm/node_modules/semver", "/usr/share/nodejs/semver"]
        .into_iter()
        .map(PathBuf::from)
        .find(|path| path.exists())
    else {
        eprintln!("skipped: npm's semver is not on this machine");
        return;
    };
    let text = format!(
        "const s = require({semver:?});
for (const line of require('fs').readFileSync(0, 'utf8').trim().split('\\n')) {{
  const [a, b] = line.split(' ');
  console.log(s.valid(a) && s.valid(b) ? s.compare(a, b) : 'refused');
}}"
    );
    agree("semver", Scheme::SemVer, &pairs, ask(script("node", "-e", &text), &pairs));
}

#[test]
fn rubygems_orders_the_same() {
    let Some(pairs) = pairs("rubygems-versions-generated.txt", 3_000) else { return };
    let text = "STDIN.each_line { |l| a, b = l.split; begin; puts Gem::Version.new(a) <=> Gem::Version.new(b); \
                rescue; puts 'refused'; end }";
    agree("RubyGems", Scheme::RubyGems, &pairs, ask(script("ruby", "-e", text), &pairs));
}

// Maven before 3.9 read `.X1` otherwise, and its order has cycles: only versions without such a qualifier are asked.
#[test]
fn maven_orders_plain_versions_the_same() {
    let Some(mut pairs) = pairs("maven-versions-generated.txt", 1_500) else { return };
    let jar = Path::new("/usr/share/maven/lib/maven-artifact-3.x.jar");
    if !jar.exists() {
        eprintln!("skipped: Maven is not on this machine");
        return;
    }
    let dotted = |version: &str| {
        version.split('.').skip(1).any(|part| part.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    pairs.retain(|(a, b)| !dotted(a) && !dotted(b));
    let mut wrong = Vec::new();
    let mut compared = 0;
    // The tool prints every neighbour of its arguments: `   1.0 < 1.1`.
    for chunk in pairs.chunks(200) {
        let mut command = Command::new("java");
        command.arg("-cp").arg(format!("{}:/usr/share/java/commons-lang3.jar", jar.display()));
        command.arg("org.apache.maven.artifact.versioning.ComparableVersion");
        for (a, b) in chunk {
            command.args([a, b]);
        }
        let Ok(output) = command.output() else { return eprintln!("skipped: no Java on this machine") };
        if !output.status.success() {
            return eprintln!("skipped: Maven's own tool does not run");
        }
        for line in String::from_utf8_lossy(&output.stdout).lines().filter(|line| line.starts_with("   ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [a, sign, b] = words.as_slice() else { continue };
            compared += 1;
            let ours = compare(Scheme::Maven, a, b);
            let theirs = match *sign {
                "<" => Ordering::Less,
                ">" => Ordering::Greater,
                _ => Ordering::Equal,
            };
            if ours != Ok(theirs) {
                wrong.push(format!("{a} {sign} {b}"));
            }
        }
    }
    eprintln!("Maven: {compared} pairs compared");
    assert!(wrong.is_empty(), "Maven says otherwise: {} of {compared}\n{}", wrong.len(), wrong.join("\n"));
}
