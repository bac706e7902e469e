use super::super::ast::Statement;
use super::*;

const FORMS: &str = r"targetScope = 'subscription'
metadata about = { author: 'us' }
extension 'kubernetes@1.0.0' with { namespace: 'default' } as k8s
extension graph
provider 'old@1.0.0'
import 'older@1.0.0' as older
import { a, b as c } from 'shared.bicep'
import {
  a
  'odd name' as odd
} from 'shared.bicep'
import * as all from 'shared.bicep'
@sys.description('text')
@secure()
param p string?
param q resource 'Microsoft.Storage/storageAccounts@2023-01-01'
param r resourceInput<'Microsoft.Storage/storageAccounts@2023-01-01'>.properties = {}
param s ('a' | 'b')[] = []
@export()
type t = {
  @minLength(1)
  name: string
  tuple: [int, -1]
  *: all.other?
}
type u =
  | 'a'
  | 'b'
func f(x string, y t) string => '${x}-${y.name}'
var typed string = 'a'
var text = 'it\'s ${a ? '${b}' : 'c'} \u{41}'
var raw = '''
${no} hole'''
var holes = $$'''a $${b} ${c}'''
var list = [for (item, i) in items: if (i > 0) { name: item, ...rest }]
var access = a[0].b[?'c'].?d[^1]::e!.f().g[?^2]
var lambda = map(list, (x, i) => x + i)
var one = filter(list, x => !contains(x, 'a'))
var chosen = a == b
  ? c
  : d ?? e
var spread = [
  ...list
  (
    1 % 2
  )
]
resource one_ 'A.B/c@2020-01-01' existing = { name: 'x' }
resource two 'A.B/c@2020-01-01' = if (a) {
  name: 'x'
  resource: 1
  @batchSize(1)
  resource child 'd' = [for x in y: { name: x }]
}
module m './m.bicep' = [for x in y: if (x) { name: x }]
assert sane = a < b
test check 'main.bicep' = { params: {} }
output id string = one_.id
output res resource = two
using 'main.bicep'
using none
extends 'base.bicepparam'
extensionConfig k8s with { namespace: 'a' }
param assigned = 5
";

fn parsed(text: &str) -> (Vec<Statement>, Vec<Fault>) {
    let (file, _, faults) = parse(SourceId(0), text);
    (file.statements, faults)
}

fn lost(statements: &[Statement]) -> usize {
    statements.iter().filter(|statement| matches!(statement.kind, StatementKind::Lost(_))).count()
}

fn variable(text: &str) -> ExprKind {
    let (statements, faults) = parsed(text);
    match statements.into_iter().next().map(|statement| statement.kind) {
        Some(StatementKind::Variable(_, _, value)) => value.kind,
        other => panic!("{other:?} {faults:?}"),
    }
}

#[test]
fn every_form_is_read() {
    let (statements, faults) = parsed(FORMS);
    assert_eq!(faults, []);
    assert_eq!(lost(&statements), 0);
}

#[test]
fn carriage_returns_change_nothing() {
    let (statements, faults) = parsed(&FORMS.replace('\n', "\r\n"));
    assert_eq!((statements.len(), faults.len()), (parsed(FORMS).0.len(), 0));
}

#[test]
fn a_file_cut_off_anywhere_is_read() {
    for end in 0..FORMS.len() {
        let (statements, faults) = parsed(FORMS.get(..end).unwrap());
        assert_eq!(faults.len(), lost(&statements), "{end}");
    }
}

#[test]
fn a_broken_declaration_costs_only_itself() {
    for broken in [
        "param a string =",
        "var a = [",
        "resource a 'x' = {\n name: 'b'",
        "var a = '${b",
        "var a = '''",
        "@a()\nfoo bar",
    ] {
        let (statements, faults) = parsed(&format!("var before = 1\n{broken}\n\nvar after = 2\n"));
        assert_eq!((statements.len(), lost(&statements), faults.len()), (3, 1, 1), "{broken}");
        assert!(matches!(&statements[2].kind, StatementKind::Variable(name, ..) if &*name.text == "after"));
    }
}

#[test]
fn a_broken_decorator_takes_its_declaration_with_it() {
    let (statements, faults) = parsed("@secure(\nparam a string\nparam b string\n");
    assert_eq!((statements.len(), lost(&statements), faults.len()), (2, 1, 1));
}

#[test]
fn strings_have_their_values() {
    assert_eq!(variable(r"var a = 'it\'s \${x} \u{41}'"), ExprKind::Text("it's ${x} A".into()));
    assert_eq!(variable("var a = '''\nb'c''''"), ExprKind::Text("b'c'".into()));
    assert_eq!(variable(r"var a = '\u{D83D}\u{DE00}'"), ExprKind::Text("\u{1F600}".into()));
    assert!(matches!(variable("var a = $'''x ${b} $y'''"), ExprKind::Interpolation(parts) if parts.len() == 3));
}

#[test]
fn depth_is_limited_everywhere() {
    let forms = [
        ("(", "a", ")"),
        ("[", "a", "]"),
        ("{a:", "b", "}"),
        ("'${", "a", "}'"),
        ("a ? b : ", "c", ""),
        ("!", "a", ""),
        ("f(", "a", ")"),
        ("a[", "b", "]"),
        ("x => ", "x", ""),
        ("", "a", ".b"),
        ("", "a", " + b"),
        ("", "a", "!"),
        ("[for x in y: ", "x", "]"),
        ("a || b && c == d < e + f * (", "g", ")"),
    ];
    for (before, middle, after) in forms {
        let text = format!("var x = {}{middle}{}\nvar y = 1\n", before.repeat(10_000), after.repeat(10_000));
        let (statements, faults) = parsed(&text);
        assert_eq!((statements.len(), faults.len()), (2, 1), "{before}{after}");
        assert_eq!(faults[0].kind, FaultKind::Limit, "{before}{after}");
        let shallow = format!("var x = {}{middle}{}\n", before.repeat(15), after.repeat(15));
        assert!(parsed(&shallow).1.is_empty(), "{before}{after}");
    }
    let types = format!("type x = {}a{}\n", "(".repeat(10_000), ")".repeat(10_000));
    assert_eq!(parsed(&types).1[0].kind, FaultKind::Limit);
    let resources = "resource a 'b' = {\n ".repeat(10_000);
    assert_eq!(parsed(&resources).1[0].kind, FaultKind::Limit);
}

#[test]
fn types_tell_what_values_depend_on() {
    let (statements, _) = parsed("param a string?\nparam b 'x' | null\nparam c ns.t[]\n");
    let of = |at: usize| match &statements[at].kind {
        StatementKind::Parameter(parameter) => parameter.of.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((of(0).name.as_deref(), of(0).nullable), (Some("string"), true));
    assert_eq!((of(1).literals.map(|literals| literals.len()), of(1).nullable), (Some(1), true));
    assert_eq!((of(2).name, of(2).nullable, of(2).literals), (None, false, None));
}
