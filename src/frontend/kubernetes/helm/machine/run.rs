//! Items of a template, one after the other.

use std::rc::Rc;
use std::sync::Arc;

use super::{DEEPEST, Machine, Stop, Unit, units};
use crate::frontend::kubernetes::helm::format::printed;
use crate::frontend::kubernetes::helm::text::Text;
use crate::frontend::kubernetes::helm::value::{Kind, Native, Value};
use crate::ir::Why;
use crate::source::{SourceId, Span};
use crate::syntax::gotemplate::{Branch, Item, Pipeline};

/// What a template sees while it runs.
pub(super) struct Scope {
    pub(super) unit: Rc<Unit>,
    /// Variables, the innermost last.
    pub(super) variables: Vec<(Arc<str>, Value)>,
    pub(super) dot: Value,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
}

impl Machine<'_> {
    /// Runs a template with a dot of its own.
    pub(in super::super) fn template(&mut self, unit: &Rc<Unit>, dot: Value) -> Result<Text, Stop> {
        if self.depth >= DEEPEST {
            return Err(self.stop(Why::LimitReached("templates that include templates".into())));
        }
        self.depth += 1;
        let mut scope = Scope { unit: unit.clone(), variables: vec![("".into(), dot.clone())], dot };
        let mut out = Text::default();
        let here = self.here;
        let flow = self.items(&unit.items, &mut scope, &mut out);
        self.depth -= 1;
        flow?;
        self.written_text(out.text.len())?;
        self.here = here;
        Ok(out)
    }

    /// `tpl`: a text that is a template.
    pub(in super::super) fn inline(&mut self, text: &Text, dot: Value) -> Result<Text, Stop> {
        if !text.text.contains("{{") {
            return Ok(text.clone());
        }
        self.spend(1, text.text.len())?;
        match units(SourceId::default(), text) {
            Ok((unit, defines)) => {
                self.defined.extend(defines);
                self.template(&unit, dot)
            }
            Err(fault) => self.refuse(&format!("in `tpl`: {}", fault.message)),
        }
    }

    /// Where something of the running template was written.
    pub(super) fn place(&self, scope: &Scope, span: Span) -> Span {
        let range = span.range();
        let written = scope.unit.home.marks.iter().find(|mark| mark.start <= range.start && range.start < mark.end);
        match written {
            Some(mark) if mark.origin.is_value => mark.origin.span,
            Some(mark) => {
                let shift = mark.origin.span.range().start as i64 - mark.start as i64;
                let at = |offset: usize| usize::try_from(offset as i64 + shift).unwrap_or_default();
                Span::new(mark.origin.span.source, at(range.start), at(range.end))
            }
            None => self.here,
        }
    }

    fn items(&mut self, items: &[Item], scope: &mut Scope, out: &mut Text) -> Result<Flow, Stop> {
        let kept = scope.variables.len();
        let mut flow = Flow::On;
        for item in items {
            flow = self.item(item, scope, out)?;
            if flow != Flow::On {
                break;
            }
        }
        scope.variables.truncate(kept);
        Ok(flow)
    }

    fn item(&mut self, item: &Item, scope: &mut Scope, out: &mut Text) -> Result<Flow, Stop> {
        match item {
            Item::Text(span) => {
                self.spend(1, span.range().len())?;
                out.push(&scope.unit.home.slice(span.range().start, span.range().end));
            }
            Item::Action(pipeline) => {
                let value = self.pipeline(pipeline, scope)?;
                if pipeline.variables.is_empty() {
                    let text = printed(&value);
                    self.spend(1, text.text.len())?;
                    let via = self.place(scope, pipeline.span);
                    out.push_through(&text, via);
                }
            }
            Item::If(branch) => return self.branch(branch, false, scope, out),
            Item::With(branch) => return self.branch(branch, true, scope, out),
            Item::Range(branch) => return self.range(branch, scope, out),
            Item::Template { name, dot, span } => {
                self.here = self.place(scope, *span);
                let dot = match dot {
                    Some(pipeline) => self.pipeline(pipeline, scope)?,
                    None => Value::nil(),
                };
                let Some(unit) = self.unit(name) else { return self.refuse(&format!("no template `{name}`")) };
                let text = self.template(&unit, dot)?;
                self.spend(1, text.text.len())?;
                out.push_within(&text, self.place(scope, *span));
            }
            Item::Break => return Ok(Flow::Break),
            Item::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn branch(&mut self, branch: &Branch, moves: bool, scope: &mut Scope, out: &mut Text) -> Result<Flow, Stop> {
        let kept = scope.variables.len();
        let value = self.pipeline(&branch.pipeline, scope)?;
        let flow = match self.holds(&value) {
            Some(true) if moves => {
                let before = std::mem::replace(&mut scope.dot, value);
                let flow = self.items(&branch.body, scope, out);
                scope.dot = before;
                flow?
            }
            Some(true) => self.items(&branch.body, scope, out)?,
            Some(false) => self.items(&branch.otherwise, scope, out)?,
            None => {
                let why = self.why_of(&value).unwrap_or(Why::TemplateText);
                self.hidden(branch, why, scope, out);
                Flow::On
            }
        };
        scope.variables.truncate(kept);
        Ok(flow)
    }

    /// Lines that may or may not be there, or not as often as it seems.
    fn hidden(&mut self, branch: &Branch, why: Why, scope: &Scope, out: &mut Text) {
        self.here = self.place(scope, branch.pipeline.span);
        let block = self.block(why);
        let first = branch.body.iter().chain(&branch.otherwise).find_map(|item| match item {
            Item::Text(span) => scope.unit.home.text.get(span.range()),
            _ => None,
        });
        let indent = first.and_then(|text| {
            let line = text.split('\n').skip(1).find(|line| !line.trim().is_empty())?;
            Some(line.len() - line.trim_start().len())
        });
        let breaks = first.is_some_and(|text| text.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
        if breaks {
            out.push_str("\n");
            out.push_str(&" ".repeat(indent.unwrap_or(0)));
        }
        out.push(&Text::written(block.to_string(), Some(self.origin_here())));
    }

    fn range(&mut self, branch: &Branch, scope: &mut Scope, out: &mut Text) -> Result<Flow, Stop> {
        // The variables of a range are its members', not the collection.
        let plain = Pipeline { variables: Vec::new(), ..branch.pipeline.clone() };
        let value = self.pipeline(&plain, scope)?;
        let Some(members) = self.members(&value)? else {
            let why = self.why_of(&value).unwrap_or(Why::TemplateText);
            self.hidden(branch, why, scope, out);
            return Ok(Flow::On);
        };
        if members.is_empty() {
            return self.items(&branch.otherwise, scope, out);
        }
        let before = scope.dot.clone();
        let kept = scope.variables.len();
        for (key, member) in members {
            self.spend(1, 0)?;
            match branch.pipeline.variables.as_slice() {
                [only] => self.assign(only, member.clone(), branch.pipeline.declares, scope),
                [first, second] => {
                    self.assign(first, key, branch.pipeline.declares, scope);
                    self.assign(second, member.clone(), branch.pipeline.declares, scope);
                }
                _ => {}
            }
            scope.dot = member;
            let flow = self.items(&branch.body, scope, out);
            scope.variables.truncate(kept);
            match flow {
                Ok(Flow::Break) => break,
                Ok(_) => {}
                Err(stop) => {
                    scope.dot = before;
                    return Err(stop);
                }
            }
        }
        scope.dot = before;
        Ok(Flow::On)
    }

    /// The keys and members that a range goes over; nothing when they aren't known.
    fn members(&mut self, value: &Value) -> Result<Option<Vec<(Value, Value)>>, Stop> {
        Ok(Some(match &value.kind {
            Kind::Nil => Vec::new(),
            Kind::List(list) if list.open.is_none() => {
                list.items.iter().enumerate().map(|(at, item)| (Value::int(at as i64), item.clone())).collect()
            }
            Kind::Map(map) if map.borrow().open.is_none() => {
                let map = map.borrow();
                map.entries.iter().map(|(key, item)| (Value::str(&**key), item.clone())).collect()
            }
            Kind::Int(count) => {
                let count = (*count).clamp(0, 100_000);
                (0..count).map(|at| (Value::int(at), Value::int(at))).collect()
            }
            Kind::Native(Native::Glob(chart, paths)) => {
                let (chart, paths) = (*chart, paths.clone());
                paths.iter().map(|path| (Value::str(&**path), self.content(chart, path))).collect()
            }
            Kind::Hole(_) | Kind::List(_) | Kind::Map(_) => return Ok(None),
            Kind::Bool(_) | Kind::Float(_) | Kind::Text(_) | Kind::Native(_) => {
                return self.refuse("range over something that has no members");
            }
        }))
    }

    pub(super) fn assign(&mut self, name: &Arc<str>, value: Value, declares: bool, scope: &mut Scope) {
        if declares {
            return scope.variables.push((name.clone(), value));
        }
        if let Some((_, known)) = scope.variables.iter_mut().rev().find(|(known, _)| known == name) {
            *known = value;
        }
    }
}
