use proptest::prelude::*;

use super::*;

fn shape(ast: &Ast) -> String {
    let join =
        |parts: &[Ast], word: &str| format!("({})", parts.iter().map(shape).collect::<Vec<_>>().join(word));
    match ast {
        Ast::And(parts) => join(parts, " & "),
        Ast::Or(parts) => join(parts, " | "),
        Ast::Not(inner) => format!("!{}", shape(inner)),
        Ast::Macro { name, .. } => name.clone(),
        Ast::Check(check) => {
            let right = match &check.right {
                Right::Nothing => String::new(),
                Right::Value(value) => format!(" <{}>", value.text),
                Right::List(values) => {
                    format!(
                        " [{}]",
                        values.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join("|")
                    )
                }
                Right::Operand(operand) => format!(" {}", operand_shape(operand)),
            };
            let modifier = match check.modifier {
                Modifier::None => "",
                Modifier::OneOf => " oneof",
                Modifier::AnyOf => " anyof",
                Modifier::AllOf => " allof",
            };
            format!("{} {}{modifier}{right}", operand_shape(&check.left), check.operator.name())
        }
    }
}

fn operand_shape(operand: &Operand) -> String {
    match operand {
        Operand::Field { name, arg: None, .. } => name.clone(),
        Operand::Field { name, arg: Some(arg), .. } => format!("{name}[{arg}]"),
        Operand::Literal { text } => format!("'{text}'"),
        Operand::List { items } => {
            format!("({})", items.iter().map(operand_shape).collect::<Vec<_>>().join(","))
        }
        Operand::Apply { function, arguments, .. } => {
            format!("{function:?}({})", arguments.iter().map(operand_shape).collect::<Vec<_>>().join(","))
        }
    }
}

fn check(text: &str, expected: &str) {
    assert_eq!(shape(&parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"))), expected, "{text}");
}

fn check_error(text: &str, at: usize, message: &str) {
    let error = parse(text).expect_err(text);
    assert!(error.message.contains(message) && error.at == at, "{text}: {error:?}");
}

#[test]
fn falcos_grammar_is_followed() {
    let lines = include_str!("../../testdata/falco/syntax.txt").lines().filter(|line| !line.starts_with('#'));
    let (mut count, mut wrong) = (0, Vec::new());
    for line in lines {
        let (sign, text) = line.split_at(2);
        count += 1;
        if parse(text).is_ok() != (sign == "+ ") {
            wrong.push(format!("{line}: {:?}", parse(text)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 250, "only {count} lines");
}

#[test]
fn precedence_is_not_and_or() {
    check("a or b and c or d", "(a | (b & c) | d)");
    check("not a and b", "(!a & b)");
    check("not (a or b) and not not c", "(!(a | b) & c)");
    check("not(a)", "!a");
    check("not not(a)", "a");
    check("(a)and(b)or(c)", "((a & b) | c)");
    check("((((a))))", "a");
    check(" \t a\nor\r\n b ", "(a | b)");
    check("nothing or android", "(nothing | android)");
}

#[test]
fn values_are_bare_quoted_or_numbers() {
    check("proc.name=sh", "proc.name = <sh>");
    check("proc.name==sh", "proc.name == <sh>");
    check("proc.name = runc:[1:CHILD]", "proc.name = <runc:[1:CHILD]>");
    check("proc.name != \"a b\"", "proc.name != <a b>");
    check(r#"proc.name = 'it\'s'"#, "proc.name = <it's>");
    check(r#"proc.name = "a\\b\n""#, "proc.name = <a\\b\n>");
    check("fd.num >= -1", "fd.num >= <-1>");
    check("fd.num<0x1F", "fd.num < <0x1F>");
    check("proc.args = \"\"", "proc.args = <>");
    check("proc.name = oneof", "proc.name = <oneof>");
}

#[test]
fn lists_take_blanks_and_may_be_empty() {
    check("proc.name in ()", "proc.name in []");
    check("proc.name in(a,b , 'c d')", "proc.name in [a|b|c d]");
    check("fd.name pmatch (/etc, /usr)", "fd.name pmatch [/etc|/usr]");
    check("proc.name in shells", "proc.name in [shells]");
    check("proc.args intersects (\"-V\")", "proc.args intersects [-V]");
    check("proc.name startswith oneof (a, b)", "proc.name startswith oneof [a|b]");
    check("proc.name contains allof(a)", "proc.name contains allof [a]");
}

#[test]
fn operators_are_told_apart() {
    for operator in [
        "glob",
        "iglob",
        "contains",
        "icontains",
        "bcontains",
        "startswith",
        "bstartswith",
        "endswith",
        "regex",
    ] {
        check(&format!("fd.name {operator} x"), &format!("fd.name {operator} <x>"));
        check(&format!("fd.name {operator}\nx"), &format!("fd.name {operator} <x>"));
    }
    check("fd.name exists and a", "(fd.name exists & a)");
}

#[test]
fn fields_have_arguments_and_transformers() {
    check("proc.aname[2]=a", "proc.aname[2] = <a>");
    check("proc.env['A B'] exists", "proc.env[A B] exists");
    check("container.mount.dest[/proc*] in (a)", "container.mount.dest[/proc*] in [a]");
    check("tolower( basename(fd.name) ) = x", "ToLower(Basename(fd.name)) = <x>");
    check("proc.name = val(proc.pname)", "proc.name = proc.pname");
    check("proc.name in val(proc.aname[2])", "proc.name in proc.aname[2]");
    check("len(fd.name) > 5", "Length(fd.name) > <5>");
    check("join(',', proc.aname) = x", "Join(',',proc.aname) = <x>");
    check("concat(proc.name, \"-\", proc.pname) = x", "Concat(proc.name,'-',proc.pname) = <x>");
    check("getopt(proc.args, \"nt:\") intersects (t)", "GetOpt(proc.args,'nt:') intersects [t]");
    check(
        "join('->', (proc.name, toupper(fd.name), 'x', 3)) = y",
        "Join('->',(proc.name,ToUpper(fd.name),'x','3')) = <y>",
    );
}

#[test]
fn errors_say_what_was_expected_and_where() {
    check_error("", 0, "empty");
    check_error("a and", 5, "expected a blank or `(` after `and`");
    check_error("a and ", 6, "expected `(`, a field or a macro");
    check_error("(a", 2, "expected a `)`");
    check_error("a)", 1, "expected `and` or `or`");
    check_error("a b", 2, "expected `and` or `or`");
    check_error("proc.name", 9, "comparison operator");
    check_error("proc.name like x", 10, "comparison operator");
    check_error("proc.name = ", 12, "expected a value");
    check_error("fd.num > x", 9, "expected a number");
    check_error("proc.name in (a b)", 16, "expected `,` or `)`");
    check_error("proc.name = \"a", 12, "never closed");
    check_error(r#"proc.name = "\x""#, 12, "unknown escape");
    check_error("proc.aname[1 = x", 12, "expected a `]`");
    check_error("proc.name contains(x)", 10, "comparison operator");
}

#[test]
fn a_misspelt_operator_gets_a_suggestion() {
    let error = parse("proc.name startwith x").expect_err("no operator");
    assert_eq!(error.help.as_deref(), Some("did you mean `startswith`?"));
}

#[test]
fn nesting_is_bounded_and_costs_no_stack() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(CONDITION_DEPTH_MAX - 1)).is_ok());
    assert!(parse(&nested(CONDITION_DEPTH_MAX)).is_err());
    assert!(parse(&"(".repeat(1_000_000)).is_err());
    assert!(parse(&format!("{}a", "not ".repeat(100_000))).is_ok());
    let transformers = format!("{}fd.name{} = x", "tolower(".repeat(100), ")".repeat(100));
    assert!(parse(&transformers).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in r#"[a-z.=<>!()\[\]"'\\, \n0-9]{0,60}|(not |and |or |\(|\)|proc\.name|in|=|"x"|, ){0,20}"#) {
        let _ = parse(&text);
        let _ = parse_operand(&text);
    }

    #[test]
    fn arbitrary_unicode_is_read_or_refused(text in any::<String>()) {
        let _ = parse(&text);
    }
}
