//! `.Files` of a chart.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Machine;
use crate::frontend::kubernetes::helm::text::{Origin, Text, without_holes};
use crate::frontend::kubernetes::helm::value::{Native, Value};
use crate::source::Span;

impl Machine<'_> {
    /// The text of a file; empty when the chart has no such file.
    pub(super) fn content(&mut self, chart: usize, path: &str) -> Value {
        let found = self.program.files.get(chart).and_then(|files| files.0.get(path));
        let Some(id) = found.copied() else { return Value::str("") };
        let source = self.program.store.source(id);
        let origin =
            Origin { span: Span::new(id, 0, source.text.len()), is_value: true, secret: false, composed: false };
        Value::text(Text::written(without_holes(&source.text).into_owned(), Some(origin)))
    }

    pub(super) fn glob(&mut self, chart: usize, pattern: &str) -> Value {
        let built = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        let Ok(matcher) = built.map(|glob| glob.compile_matcher()) else { return Value::map(BTreeMap::new()) };
        let files = self.program.files.get(chart);
        let paths = files.into_iter().flat_map(|files| files.0.keys()).filter(|path| matcher.is_match(&***path));
        Value::new(super::super::value::Kind::Native(Native::Glob(chart, Rc::new(paths.cloned().collect()))))
    }

    /// `AsConfig` and `AsSecrets`: file names and contents as members of an object, in YAML.
    pub(super) fn files_as(&mut self, native: &Native, encoded: bool) -> Value {
        let (chart, paths): (usize, Vec<Rc<str>>) = match native {
            Native::Glob(chart, paths) => (*chart, paths.to_vec()),
            Native::Files(chart) => {
                let files = self.program.files.get(*chart);
                (*chart, files.into_iter().flat_map(|files| files.0.keys().cloned()).collect())
            }
            _ => return Value::str(""),
        };
        let mut entries = BTreeMap::new();
        for path in paths {
            let name: Rc<str> = path.rsplit('/').next().unwrap_or(&path).into();
            let mut content = self.content(chart, &path);
            if let (true, Some(text)) = (encoded, content.as_text()) {
                content = Value::text(text.remade(STANDARD.encode(text.text.as_bytes())));
            }
            entries.insert(name, content);
        }
        let map = Value::map(entries);
        Value::text(super::super::yaml::to_yaml(&map, &mut |_| ' '))
    }
}
