//! The language beyond single expressions: files, blocks, variables, templates of files.

use super::{deployment, lowered, resource};
use crate::ir::{Deployment, Node, Value};

fn value(files: &[(&str, &str)]) -> Node {
    let deployment: Deployment = deployment(files);
    resource(&deployment, "x.y").body.get("value").unwrap().clone()
}

fn text(files: &[(&str, &str)]) -> String {
    let node = value(files);
    node.as_str().unwrap_or_else(|| panic!("{node:?}")).to_owned()
}

#[test]
fn override_files_win_in_either_spelling() {
    let base = (
        "main.tf",
        "locals {\n  a = \"base\"\n}\nresource \"x\" \"y\" {\n  value = \"${local.a}-${local.b}\"\n  kept {}\n}\n",
    );
    let locals = ("more.tf", "locals {\n  b = \"b\"\n}\n");
    assert_eq!(text(&[base, locals]), "base-b");
    let one = ("a_override.tf", "locals {\n  a = \"over\"\n}\n");
    assert_eq!(text(&[base, locals, one]), "over-b");
    let two = ("override.tf.json", r#"{"resource": {"x": {"y": {"value": "json-${local.a}", "kept": [{"z": 1}]}}}}"#);
    let files = [base, locals, one, two];
    assert_eq!(text(&files), "json-over");
    let deployment = deployment(&files);
    let kept = resource(&deployment, "x.y").body.get("kept").unwrap().clone();
    assert_eq!(kept.at(&["0", "z"]).map(|node| node.value.clone()), Some(Value::Int(1)));
}

#[test]
fn opentofu_files_stand_in_for_others_and_say_so() {
    let files = [
        ("main.tf", "resource \"x\" \"y\" {\n  value = 1\n}\n"),
        ("main.tofu", "resource \"x\" \"y\" {\n  value = \"t\"\n}\n"),
        ("other.tofu.json", r#"{"locals": {"a": 1}}"#),
    ];
    assert_eq!(text(&files), "t");
    let gaps = deployment(&files).gaps;
    assert!(gaps.iter().any(|gap| gap.why.to_string().contains("OpenTofu")), "{gaps:?}");
}

#[test]
fn variables_have_the_type_that_they_declare() {
    let given = |kind: &str, default: &str, value: &str| {
        let main = format!(
            "variable \"v\" {{\n  type = {kind}\n  default = {default}\n}}\nresource \"x\" \"y\" {{\n  value = {value}\n}}\n"
        );
        text(&[("main.tf", &main)])
    };
    assert_eq!(given("string", "1", "var.v == \"1\" ? \"same\" : \"other\""), "same");
    assert_eq!(given("number", "\"2\"", "jsonencode(var.v + 1)"), "3");
    assert_eq!(given("bool", "\"true\"", "var.v ? \"on\" : \"off\""), "on");
    assert_eq!(given("set(string)", "[\"b\", \"a\", \"b\"]", "join(\"\", var.v)"), "ab");
    assert_eq!(
        given("object({ a = number, b = optional(string, \"d\") })", "{ a = \"1\", c = 2 }", "jsonencode(var.v)"),
        r#"{"a":1,"b":"d"}"#
    );
    assert_eq!(given("map(string)", "{ a = 1 }", "jsonencode(var.v)"), r#"{"a":"1"}"#);
    assert_eq!(given("tuple([string, number])", "[1, \"2\"]", "jsonencode(var.v)"), r#"["1",2]"#);
    assert_eq!(given("list(object({ a = optional(list(string), []) }))", "[{}]", "jsonencode(var.v)"), r#"[{"a":[]}]"#);
}

#[test]
fn templates_of_files_see_only_their_names_and_have_places_there() {
    let main = "module \"m\" {\n  source = \"./m\"\n}\nresource \"x\" \"y\" {\n  value = module.m.v\n}\n";
    let inner = "output \"v\" {\n  value = templatefile(\"${path.module}/a.tftpl\", { n = [\"p\", \"q\"] })\n}\n";
    let template = "%{ for x in n ~}\n- ${x}\n%{ endfor ~}\n";
    let files = [("main.tf", main), ("m/main.tf", inner), ("m/a.tftpl", template)];
    assert_eq!(text(&files), "- p\n- q\n");
    let node = value(&[("main.tf", main), ("m/main.tf", inner), ("m/a.tftpl", "${local.a}")]);
    assert!(node.as_str().is_none());
}

#[test]
fn dynamic_blocks_hang_on_their_conditions() {
    let main = "variable \"on\" {}\nresource \"azurerm_container_registry\" \"r\" {\n  name = \"r\"\n  dynamic \"georeplications\" {\n    for_each = var.on ? [\"a\", \"b\"] : []\n    iterator = it\n    content {\n      location = it.value\n    }\n  }\n}\n";
    let deployment = deployment(&[("main.tf", main)]);
    let body = &resource(&deployment, "azurerm_container_registry.r").body;
    let replicas = body.at(&["properties", "georeplications"]).unwrap();
    let Value::Choice(choice) = &replicas.value else { panic!("{replicas:?}") };
    assert_eq!(choice.yes.as_list().map(|list| (list.items.len(), list.open.clone())), Some((2, None)));
    assert!(choice.no.is_null());
}

#[test]
fn dynamic_blocks_nest_and_see_the_outer_one() {
    let main = r#"
resource "x" "y" {
  dynamic "outer" {
    for_each = { a = ["1", "2"], b = [] }
    content {
      name = outer.key
      dynamic "inner" {
        for_each = outer.value
        content {
          at = "${outer.key}${inner.key}${inner.value}"
        }
      }
    }
  }
  value = "v"
}
"#;
    let deployment = deployment(&[("main.tf", main)]);
    let outer = resource(&deployment, "x.y").body.get("outer").unwrap().clone();
    assert_eq!(outer.at(&["0", "inner", "1", "at"]).and_then(Node::as_str), Some("a12"));
    assert_eq!(outer.at(&["1", "name"]).and_then(Node::as_str), Some("b"));
}

#[test]
fn yaml_of_a_file_has_its_places() {
    let yaml = "spec:\n  image: x\n";
    let files = [
        ("main.tf", "resource \"x\" \"y\" {\n  value = yamldecode(file(\"a.yaml\")).spec.image\n}\n"),
        ("a.yaml", yaml),
    ];
    let node = value(&files);
    assert_eq!((node.as_str(), &yaml[node.span.range()]), (Some("x"), "x"));
}

#[test]
fn a_broken_file_leaves_the_rest() {
    let files = [("main.tf", "resource \"x\" \"y\" {\n  value = \"v\"\n}\nresource \"x\" \"z\" {\n  value = \n}\n")];
    assert_eq!(lowered(&files).problems.len(), 1);
    assert_eq!(text(&files), "v");
}

#[test]
fn secrets_stay_secret_in_what_is_made_of_them() {
    for made in [
        "jsonencode({ a = [var.s] })",
        "base64encode(\"u:${var.s}\")",
        "join(\",\", [var.s])",
        "upper(var.s)",
        "sha256(var.s)",
        "templatestring(\"a\", { a = var.s })",
    ] {
        let main = format!(
            "variable \"s\" {{\n  default = \"hidden\"\n  sensitive = true\n}}\nresource \"x\" \"y\" {{\n  value = {made}\n}}\n"
        );
        assert!(value(&[("main.tf", &main)]).secret, "{made}");
    }
}

#[test]
fn many_conditions_of_blocks_take_no_long_time() {
    let block = |at: usize| {
        let own = format!(
            "  dynamic \"b{at}\" {{\n    for_each = var.v.b{at} ? [1] : []\n    content {{ x = {at} }}\n  }}\n"
        );
        format!(
            "{own}  dynamic \"network_rule_set\" {{\n    for_each = var.v.a{at} ? [1] : []\n    content {{ default_action = \"Deny\" }}\n  }}\n"
        )
    };
    let blocks: String = (0..40).map(block).collect();
    let main =
        format!("variable \"v\" {{}}\nresource \"azurerm_container_registry\" \"r\" {{\n  name = \"r\"\n{blocks}}}\n");
    let deployment = deployment(&[("main.tf", &main)]);
    assert_eq!(resource(&deployment, "azurerm_container_registry.r").name.as_str(), Some("r"));
}

#[test]
fn dynamic_blocks_within_objects_of_json_are_not_forgotten() {
    let text = r#"{"resource": {"x": {"y": {"identity": {"type": "a", "dynamic": {"inner": {"for_each": [1], "content": {}}}}}}}}"#;
    let deployment = deployment(&[("main.tf.json", text)]);
    let inner = resource(&deployment, "x.y").body.at(&["identity", "0", "inner"]).unwrap().clone();
    assert!(inner.as_list().is_some_and(|list| list.open.is_some()));
}
