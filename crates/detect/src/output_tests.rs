use super::*;
use crate::case;

fn fill(template: &str, event: &str) -> (String, Map<String, Json>) {
    let event = case::event(event).expect(event);
    Template::parse(template).unwrap_or_else(|error| panic!("{template}: {error:?}")).fill(&event, "box")
}

const EVENT: &str = "{kind: openat, number: 7, process: {name: cat, args: [a, b], env: [HOME=/root], parent: {name: sh}}, \
                     fd: {name: /etc/passwd, number: 3}, args: {fd: 3, flags: O_RDWR|O_CREAT}}";

fn check(template: &str, expected: &str) {
    assert_eq!(fill(template, EVENT).0, expected, "{template}");
}

#[test]
fn fields_are_filled_in() {
    check("plain", "plain");
    check("%proc.name", "cat");
    check("a %proc.name b %proc.pname.", "a cat b sh.");
    check("%proc.aname[1] %proc.env[HOME] %proc.args[0]", "sh /root a");
    check("%evt.arg.flags", "O_RDWR|O_CREAT");
    check("%evt.arg[0] %evt.arg.fd", "<f>/etc/passwd <f>/etc/passwd");
    check("%evt.args", "fd=3(<f>/etc/passwd) flags=O_RDWR|O_CREAT");
    check("100%% %%proc.name", "100% %proc.name");
    check("*%evt.hostname", "box");
    check("%evt.type,%evt.num", "openat,7");
    check("%evt.time.s", "12:00:00");
}

#[test]
fn what_is_missing_prints_as_na() {
    check("%proc.aname[9] %fd.sip %*container.image.repository", "<NA> <NA> <NA>");
    check("%container.id", "host");
}

#[test]
fn transformers_work_in_outputs() {
    check("%toupper(proc.name)!", "CAT!");
    check("%basename(fd.name) %len(fd.name)", "passwd 11");
    check(
        "%join(\"->\", (proc.name, toupper(fd.name))) %concat(proc.name, '+', proc.pname)",
        "cat->/ETC/PASSWD cat+sh",
    );
    check("%getopt(proc.args, \"a\")", "()");
    let (_, fields) = fill("%toupper(basename(fd.name)) %join(',', (proc.name, proc.pid))", EVENT);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["fd.name", "proc.name", "proc.pid"]);
}

#[test]
fn a_number_is_the_width_of_the_value() {
    check("[%2proc.name] [%6proc.name] [%6fd.sip]", "[ca] [cat   ] [<NA>  ]");
    check("[%10toupper(proc.name)]", "[CAT       ]");
    let (_, fields) = fill("%2proc.name", EVENT);
    assert_eq!(fields["proc.name"], "cat");
}

#[test]
fn a_name_ends_where_no_longer_one_is_known() {
    check("start%proc.nameand%proc.pnameend", "startcatandshend");
    check("[%proc.name[%proc.pname]]", "[cat[sh]]");
    check("%proc.aname[0]and%evt.type.", "catandopenat.");
}

#[test]
fn ancestors_without_a_level_stand_side_by_side() {
    let event = "{kind: open, process: {name: a, pid: 7, parent: {name: b, parent: {name: c}}}}";
    let (text, fields) = fill("%proc.aname|%proc.apid|%proc.aname[2]", event);
    assert_eq!(text, "b c|7|c");
    assert_eq!(fields["proc.aname"], "b c");
}

#[test]
fn json_values_have_their_types() {
    let (_, fields) = fill("%evt.num %proc.name %fd.sip %fd.connected %proc.pid", EVENT);
    assert_eq!(fields["evt.num"], 7);
    assert_eq!(fields["proc.name"], "cat");
    assert_eq!(fields["fd.sip"], Json::Null);
    assert_eq!(fields["fd.connected"], false);
    assert!(fields["proc.pid"].is_number());
}

#[test]
fn wrong_outputs_are_refused_with_their_place() {
    for (template, at, message) in [
        ("x %", 3, "invalid formatting token"),
        ("x %nope.field", 3, "nonexistent field"),
        ("%a end", 1, "invalid formatting token"),
        ("% end", 1, "invalid formatting token"),
        ("%7", 2, "invalid formatting token"),
        ("%some_transformer(proc.name)", 1, "invalid formatting token"),
        ("%val(proc.name)", 1, "invalid formatting token"),
        ("%toupper(proc.name", 18, "expected a `)`"),
        ("%toupper(evt.num)", 1, "takes text"),
        ("%toupper (proc.name)", 1, "invalid formatting token"),
        ("%evt.arg", 1, "needs an argument"),
        ("%fd.ip", 1, "in a condition only"),
        ("%proc.aname[1", 13, "expected a `]`"),
    ] {
        let error = Template::parse(template).expect_err(template);
        assert!(error.message.contains(message) && error.at == at, "{template}: {error:?}");
    }
}
