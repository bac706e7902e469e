//! The blocks of a file by the line on which they begin: what a comment above such a line is about.

use std::collections::BTreeMap;

use crate::source::{Source, SourceId, Span};
use crate::syntax::bicep::ast::{self, StatementKind};
use crate::syntax::tree::{Tree, TreeKind};
use crate::syntax::{bicep, hcl, json};

/// The blocks of one file.
pub(super) enum Blocks<'a> {
    /// Found in the syntax tree, by their first line.
    Parsed(BTreeMap<usize, Vec<Span>>),
    /// Whatever is indented more deeply than its first line. No tree is needed for that, and templates of charts, which are
    /// no YAML yet, have blocks as well.
    Indented(SourceId, &'a Source, BTreeMap<usize, Option<Span>>),
}

impl<'a> Blocks<'a> {
    /// The blocks of a file.
    pub(super) fn of(id: SourceId, source: &'a Source) -> Blocks<'a> {
        let path = source.path.to_ascii_lowercase();
        let mut found = Found::default();
        match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "yaml" | "yml" | "tpl" => return Blocks::Indented(id, source, BTreeMap::new()),
            "bicep" | "bicepparam" => {
                let (file, ..) = bicep::parse(id, &source.text);
                file.statements.iter().for_each(|statement| of_statement(statement, &mut found));
            }
            "tf" | "tofu" | "tfvars" => of_body(&hcl::parse(id, &source.text).0, &mut found),
            "json" | "jsonc" => json::parse(id, &source.text).0.iter().for_each(|tree| of_tree(tree, &mut found)),
            _ => {}
        }
        let mut by_line: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
        for (start, span) in found.0 {
            let known = by_line.entry(source.line_of(start)).or_default();
            if !known.contains(&span) {
                known.push(span);
            }
        }
        Blocks::Parsed(by_line)
    }

    /// The blocks that begin on a line.
    pub(super) fn at(&mut self, line: usize) -> Vec<Span> {
        match self {
            Blocks::Parsed(by_line) => by_line.get(&line).cloned().unwrap_or_default(),
            // Many comments may stand above one line.
            Blocks::Indented(id, source, known) => {
                (*known.entry(line).or_insert_with(|| indented(*id, source, line))).into_iter().collect()
            }
        }
    }
}

/// Blocks, each with a place on the line from where it is known.
#[derive(Default)]
struct Found(Vec<(u32, Span)>);

impl Found {
    fn push(&mut self, span: Span) {
        self.0.push((span.start, span));
    }
}

/// What of a line counts for its depth.
enum Depth {
    /// Nothing, a comment, or an action of a template alone: it says nothing.
    None,
    /// So many columns, and whether an item of a list begins there.
    At(usize, bool),
}

impl Depth {
    fn of(line: &str) -> Depth {
        let text = line.trim_start_matches(' ');
        let alone = text.starts_with("{{") && text.trim_end().ends_with("}}");
        match text.trim() {
            "" => Depth::None,
            text if text.starts_with('#') || alone => Depth::None,
            text => Depth::At(line.len() - line.trim_start_matches(' ').len(), text == "-" || text.starts_with("- ")),
        }
    }
}

/// The line and everything that is indented more deeply below it. The items of a list may stand as far left as its key.
fn indented(id: SourceId, source: &Source, line: usize) -> Option<Span> {
    let first = source.line(line)?;
    let Depth::At(depth, is_item) = Depth::of(first) else { return None };
    let is_key = !is_item && first.split(" #").next().is_some_and(|text| text.trim_end().ends_with(':'));
    let mut last = line;
    for next in line + 1.. {
        let Some(text) = source.line(next) else { break };
        match Depth::of(text) {
            Depth::None => continue,
            Depth::At(column, item) if column > depth || is_key && item && column == depth => last = next,
            Depth::At(..) => break,
        }
    }
    let start = |line: usize| source.line_starts().get(line.checked_sub(1)?).map(|&start| start as usize);
    Some(Span::new(id, start(line)? + depth, start(last)? + source.line(last)?.len()))
}

fn of_body(body: &hcl::Body, found: &mut Found) {
    for attribute in &body.attributes {
        found.push(attribute.name_span.to(attribute.value.span));
        of_hcl(&attribute.value, found);
    }
    for block in &body.blocks {
        found.push(block.extent);
        of_body(&block.body, found);
    }
}

fn of_hcl(expr: &hcl::Expr, found: &mut Found) {
    use hcl::ExprKind::{Call, Conditional, For, List, Object};
    match &expr.kind {
        Object(members) => {
            for (key, value) in members {
                found.push(key.span.to(value.span));
                of_hcl(value, found);
            }
        }
        List(items) | Call { arguments: items, .. } => {
            for item in items {
                found.push(item.span);
                of_hcl(item, found);
            }
        }
        Conditional(parts) => [&parts.1, &parts.2].into_iter().for_each(|arm| of_hcl(arm, found)),
        For(each) => of_hcl(&each.result, found),
        _ => {}
    }
}

fn of_statement(statement: &ast::Statement, found: &mut Found) {
    found.push(statement.span);
    // A comment may stand between the decorators, and between them and the declaration itself.
    let names = statement.decorators.iter().map(|decorator| decorator.span).chain(named(&statement.kind));
    found.0.extend(names.map(|name| (name.start, statement.span)));
    match &statement.kind {
        StatementKind::Resource(resource) => of_declaration(&resource.body, found),
        StatementKind::Module(module) => of_declaration(&module.body, found),
        StatementKind::Parameter(parameter) => parameter.default.iter().for_each(|expr| of_bicep(expr, found)),
        StatementKind::Assignment(_, expr) | StatementKind::Variable(_, _, expr) => of_bicep(expr, found),
        StatementKind::Output(output) => of_bicep(&output.value, found),
        _ => {}
    }
}

/// The name that is declared, which stands behind the word that says what it is.
fn named(kind: &StatementKind) -> Option<Span> {
    match kind {
        StatementKind::Resource(resource) => Some(resource.name.span),
        StatementKind::Module(module) => Some(module.name.span),
        StatementKind::Parameter(parameter) => Some(parameter.name.span),
        StatementKind::Output(output) => Some(output.name.span),
        StatementKind::Assignment(name, _) | StatementKind::Variable(name, ..) => Some(name.span),
        _ => None,
    }
}

fn of_declaration(body: &ast::Body, found: &mut Found) {
    of_properties(&body.properties, found);
    body.children.iter().for_each(|child| of_statement(child, found));
}

fn of_properties(properties: &[ast::Property], found: &mut Found) {
    for property in properties {
        found.push(property.key.as_ref().map_or(property.value.span, |key| key.span.to(property.value.span)));
        of_bicep(&property.value, found);
    }
}

fn of_bicep(expr: &ast::Expr, found: &mut Found) {
    use ast::ExprKind::{Call, For, List, Object, Ternary};
    match &expr.kind {
        Object(properties) => of_properties(properties, found),
        List(items) => {
            for item in items {
                found.push(item.value.span);
                of_bicep(&item.value, found);
            }
        }
        Call(_, arguments) => {
            for argument in arguments {
                found.push(argument.span);
                of_bicep(argument, found);
            }
        }
        Ternary(parts) => parts.iter().skip(1).for_each(|arm| of_bicep(arm, found)),
        For(_, _, body) => of_bicep(body, found),
        _ => {}
    }
}

fn of_tree(tree: &Tree, found: &mut Found) {
    match &tree.kind {
        TreeKind::Map(members) => {
            for member in members {
                found.push(member.key_span.to(member.value.span));
                of_tree(&member.value, found);
            }
        }
        TreeKind::List(items) => {
            for item in items {
                found.push(item.span);
                of_tree(item, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Blocks;
    use crate::source::{MemoryFiles, Store};

    /// The texts of the blocks of more than one line that begin on a line.
    fn at(path: &str, text: &str, line: usize) -> Vec<String> {
        let store = Store::new(MemoryFiles::default());
        let id = store.add(path, text.as_bytes().to_vec()).unwrap();
        let source = store.source(id);
        let found = Blocks::of(id, &source).at(line);
        found.into_iter().map(|span| store.snippet(span)).filter(|text| text.contains('\n')).collect()
    }

    #[test]
    fn a_block_of_yaml_is_what_is_indented_more_deeply() {
        let text = "a:\n  b:\n    c: 1\n\n    # said\n    d: 2\n  e:\n  - f: 1\n    g: 2\n  - h\n  i: 3\nj: 4\n";
        assert_eq!(at("a.yaml", text, 2), ["b:\n    c: 1\n\n    # said\n    d: 2"]);
        assert_eq!(at("a.yaml", text, 7), ["e:\n  - f: 1\n    g: 2\n  - h"]);
        assert_eq!(at("a.yaml", text, 8), ["- f: 1\n    g: 2"]);
        assert!(
            at("a.yaml", text, 12).is_empty() && at("a.yaml", text, 4).is_empty() && at("a.yaml", text, 99).is_empty()
        );
    }

    #[test]
    fn actions_of_a_template_end_no_block() {
        let text = "spec:\n  a:\n{{- if .Values.x }}\n    b: 1\n{{- end }}\n  c: 2\n";
        assert_eq!(at("templates/a.yaml", text, 2), ["a:\n{{- if .Values.x }}\n    b: 1"]);
    }

    #[test]
    fn blocks_of_terraform_nest() {
        let text = "resource \"a\" \"b\" {\n  c {\n    d = 1\n  }\n  e = [\n    {\n      f = 1\n    },\n  ]\n}\n";
        assert_eq!(at("a.tf", text, 2), ["c {\n    d = 1\n  }"]);
        assert_eq!(at("a.tf", text, 6), ["{\n      f = 1\n    }"]);
        assert_eq!(at("a.tf", text, 5).len(), 1);
        assert_eq!(at("a.tf", text, 1).len(), 1);
    }

    #[test]
    fn blocks_of_bicep_are_declarations_properties_and_items() {
        let text = "@description('x')\nmodule m 'm.bicep' = {\n  params: {\n    a: [\n      {\n        b: 1\n      }\n    ]\n  }\n}\n";
        assert!(at("a.bicep", text, 1)[0].starts_with("@description"));
        assert_eq!(at("a.bicep", text, 3), ["params: {\n    a: [\n      {\n        b: 1\n      }\n    ]\n  }"]);
        assert_eq!(at("a.bicep", text, 5), ["{\n        b: 1\n      }"]);
        assert_eq!(at("a.json", "{\n  // why\n  \"a\": {\n    \"b\": 1\n  }\n}", 3), ["\"a\": {\n    \"b\": 1\n  }"]);
    }
}
