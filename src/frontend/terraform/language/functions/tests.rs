//! Expressions against what the real Terraform made of them.

use crate::frontend::terraform::lower;
use crate::ir::{Assumption, Node, Value, Why};
use crate::source::{MemoryFiles, SourceId, Store};

const EXPRESSIONS: &str = include_str!("../../../../../testdata/terraform/expressions.txt");
const FILES: [(&str, &str); 5] = [
    ("hello.txt", "Hello\n"),
    ("greet.tftpl", "Hi ${name}!\n%{ for x in list ~}\n- ${x}\n%{ endfor ~}\n"),
    ("sub/t.txt", "y is ${x.y}%{ if on }, on%{ endif }"),
    ("data.json", "{\"a\": [1, 2]}\n"),
    ("data.yaml", "spec:\n  image: x.azurecr.io/a:1\n"),
];
const TEMPLATE: &str = "locals {\n  tpl = \"Hi $${name}%%{ for x in items } $${x}%%{ endfor }\"\n}\n";

/// Expressions, perhaps of several lines, and what `jsonencode` of each is.
fn cases() -> Vec<(String, &'static str)> {
    let (mut cases, mut expression) = (Vec::new(), Vec::new());
    for line in EXPRESSIONS.lines().skip_while(|line| line.starts_with("# ")) {
        match line.strip_prefix("=> ") {
            Some(expected) => cases.push((std::mem::take(&mut expression).join("\n"), expected)),
            None => expression.push(line),
        }
    }
    cases
}

/// The text that an expression comes to; nothing when it isn't known.
fn evaluated(expression: &str) -> Option<String> {
    let text =
        format!("{TEMPLATE}resource \"x\" \"y\" {{\nvalue = try(jsonencode(\n{expression}\n), \"!error\")\n}}\n");
    let files = FILES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let store = Store::new(MemoryFiles(files));
    let main: SourceId = store.add("main.tf", text.into_bytes()).unwrap();
    let lowered = lower(&store, &[main], &crate::frontend::template::Outside::default());
    if !lowered.problems.is_empty() {
        return Some("!error".to_owned());
    }
    let resource = lowered.deployments.first()?.resources.first()?;
    match &resource.body.get("value")?.value {
        Value::Str(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Not known is never wrong, but the number of what is not known may only shrink.
#[test]
fn expressions_come_to_what_terraform_says() {
    let (mut wrong, mut open, mut count) = (Vec::new(), Vec::new(), 0);
    for (expression, expected) in cases() {
        count += 1;
        match evaluated(&expression) {
            Some(made) if made == expected => {}
            Some(made) => wrong.push(format!("{expression}\n   made {made}\n  wants {expected}")),
            None => open.push(format!("{expression}   wants {expected}")),
        }
    }
    eprintln!("{count} expressions, {} not known:\n{}", open.len(), open.join("\n"));
    assert!(wrong.is_empty(), "{} of {count} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 500 && open.len() <= MOST_OPEN, "{} are not known", open.len());
}

const MOST_OPEN: usize = 40;

const UNKNOWNS: &str = include_str!("../../../../../testdata/terraform/unknowns.txt");
const VARIABLES: &str = r#"
variable "u" { type = string }
variable "n" { type = number }
variable "b" { type = bool }
variable "l" { type = list(string) }
variable "o" { type = map(string) }
"#;

/// Whether a value that is partly known leaves room for one that Terraform made.
fn allows(node: &Node, made: &serde_json::Value, assumed: &Assumption) -> bool {
    use serde_json::Value as Json;
    match (&node.value, made) {
        (Value::Unknown { why: Why::UnresolvedName(_), .. }, _) => false,
        (Value::Unknown { why: Why::UnsupportedSyntax(why), .. }, _) if why.contains("Terraform refuses") => false,
        (Value::Null, made) => made.is_null(),
        (Value::Bool(value), made) => made.as_bool() == Some(*value),
        (Value::Int(value), made) => made.as_i64() == Some(*value),
        (Value::Float(value), made) => made.as_f64() == Some(*value),
        (Value::Str(text), made) => made.as_str() == Some(&**text),
        (Value::Concat(pieces), Json::String(made)) => {
            let known = pieces.iter().filter_map(Node::as_str);
            let mut rest = made.as_str();
            known.into_iter().all(|piece| match rest.split_once(piece) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            })
        }
        (Value::Concat(_), _) => false,
        (Value::Choice(choice), made) => match choice.on.under(assumed) {
            Some(true) => allows(&choice.yes, made, assumed),
            Some(false) => allows(&choice.no, made, assumed),
            None => allows(&choice.yes, made, assumed) || allows(&choice.no, made, assumed),
        },
        (Value::List(list), Json::Array(made)) if list.open.is_none() => {
            list.items.len() == made.len()
                && list.items.iter().zip(made).all(|(item, made)| allows(item, made, assumed))
        }
        (Value::Map(map), Json::Object(made)) if map.open.is_none() => {
            let member = |entry: &crate::ir::Entry| {
                let made = entry.key.as_str().and_then(|key| made.get(key));
                made.is_some_and(|made| allows(&entry.value, made, assumed))
            };
            map.entries.len() == made.len() && map.entries.iter().all(member)
        }
        // What stands in an open object is there.
        (Value::Map(map), Json::Object(made)) => map.entries.iter().all(|entry| match entry.key.as_str() {
            Some(key) => made.get(key).is_none_or(|made| allows(&entry.value, made, assumed)),
            None => true,
        }),
        (Value::List(list), made) => list.open.is_some() && made.is_array(),
        (Value::Map(map), made) => map.open.is_some() && made.is_object(),
        _ => true,
    }
}

/// Whatever the variables are: what is made of them unknown has room for what Terraform makes of their values.
#[test]
fn unknowns_leave_room_for_every_completion() {
    let (mut expression, mut made, mut wrong) = ("", Vec::new(), Vec::new());
    let mut check = |expression: &str, made: &[&str]| {
        let text = format!("{VARIABLES}{TEMPLATE}resource \"x\" \"y\" {{\nvalue = {expression}\nflag = var.b\n}}\n");
        let store = Store::new(MemoryFiles::default());
        let main = store.add("main.tf", text.into_bytes()).unwrap();
        let lowered = lower(&store, &[main], &crate::frontend::template::Outside::default());
        assert_eq!(lowered.problems, [], "{expression}");
        let body = &lowered.deployments[0].resources[0].body;
        let (node, flag) = (body.get("value").unwrap(), body.get("flag").unwrap().key_of_flag());
        // `var.b` in the five sets of values.
        let flags = [true, false, true, false, true];
        for (made, holds) in made.iter().zip(flags).filter(|(made, _)| **made != "!error") {
            let assumed = Assumption(vec![(flag.clone(), holds)]);
            if !allows(node, &serde_json::from_str(made).unwrap(), &assumed) {
                wrong.push(format!("{expression}\n  wants {made}\n   made {:?}", node.value));
            }
        }
    };
    let mut count = 0;
    for line in UNKNOWNS.lines().skip(1).chain([""]) {
        match line.strip_prefix("=> ") {
            Some(result) => made.push(result),
            None => {
                if !expression.is_empty() {
                    count += 1;
                    check(expression, &made);
                }
                (expression, made) = (line, Vec::new());
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count > 150);
}

#[test]
fn provider_functions_write_and_read() {
    let made = |expression: &str| evaluated(expression).unwrap_or_default();
    let cases = [
        ("provider::terraform::encode_tfvars({ a = 1, bbb = \"x\", d = null })", "a   = 1\nbbb = \"x\"\nd   = null\n"),
        ("provider::terraform::encode_expr([1, [\"a\"], \"x$${y}\", null, {}])", "[1, [\"a\"], \"x$${y}\", null, {}]"),
        (
            "provider::terraform::encode_tfvars({ a = { b = 1, cc = { d = [] } } })",
            "a = {\n  b = 1\n  cc = {\n    d = []\n  }\n}\n",
        ),
        ("provider::terraform::encode_expr({ \"a b\" = 1, x-y = 2 })", "{\n  \"a b\" = 1\n  x-y   = 2\n}"),
    ];
    for (expression, expected) in cases {
        let made: String = serde_json::from_str(&made(expression)).unwrap();
        assert_eq!(made, expected, "{expression}");
    }
    assert_eq!(made("provider::terraform::decode_tfvars(\"a = 1\\nb = [null]\")"), "{\"a\":1,\"b\":[null]}");
    let id = "/subscriptions/s/resourcegroups/g/PROVIDERS/Microsoft.ContainerRegistry/registries/r";
    assert_eq!(made(&format!("provider::azurerm::parse_resource_id(\"{id}\").resource_name")), "\"r\"");
    let normal = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r";
    assert_eq!(made(&format!("provider::azurerm::normalise_resource_id(\"{id}\")")), format!("\"{normal}\""));
}
