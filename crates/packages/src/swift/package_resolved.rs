//! `Package.resolved`, versions 1 to 3. A Swift package is named by the address of its repository.

use crate::{
    limits,
    package::{Package, PackageType},
    parser::{Found, Parser, Pattern},
};

pub(crate) const PARSER: Parser = Parser {
    patterns: &[Pattern::Name("Package.resolved"), Pattern::Name(".package.resolved")],
    bytes_max: limits::TEXT_BYTES_MAX,
    parse,
};

fn parse(found: &mut Found, bytes: &[u8]) {
    found.json(bytes, |found, root| {
        let pins = root.get("object").map_or(root, |object| object).items_of("pins");
        for pin in pins {
            let address = pin.text("location").or_else(|| pin.text("repositoryURL")).unwrap_or("");
            let state = pin.get("state");
            let told = |key: &str| state.and_then(|state| state.text(key));
            // A branch is followed at a revision.
            let version = told("version").or_else(|| told("revision")).unwrap_or("");
            let name = repository(address);
            let name = if name.is_empty() { pin.text("identity").unwrap_or("") } else { &name };
            let line = pin.get("identity").or_else(|| pin.get("package")).map_or(pin.line, |node| node.line);
            found.push(Package::new(PackageType::Swift, name, version), Some(line));
        }
    });
}

// `https://github.com/apple/swift-nio.git` and `git@github.com:apple/swift-nio` as `github.com/apple/swift-nio`.
fn repository(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let rest = rest.split_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, rest)| rest);
    let rest = rest.trim_end_matches('/').trim_end_matches(".git");
    if address.contains("://") { rest.to_owned() } else { rest.replacen(':', "/", 1) }
}
