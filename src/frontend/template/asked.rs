//! Values that no resource need hold: outputs and parameters of modules that ask for credentials, and secure parameters,
//! whose bodies may never be evaluated and whose texts must be covered all the same.

use std::rc::Rc;

use super::evaluate::Evaluation;
use super::frame::Frame;
use super::template::What;
use crate::ir::{Cond, Node, Target, Value};

/// The function whose result can't be had while the admin user is off.
const CREDENTIALS: &str = "listcredentials";

impl Evaluation<'_> {
    /// Notes what a template's outputs and modules ask for. Most templates don't even have the word.
    pub(super) fn note_asked(&self, frame: &Rc<Frame>) {
        let template = frame.loaded.template.clone();
        for (at, _) in template.parameters.iter().enumerate().filter(|(_, parameter)| parameter.secure) {
            self.asked.borrow_mut().push((self.parameter(frame, at), frame.deployed.clone()));
        }
        if !self.library.mentions(template.source, CREDENTIALS) {
            return;
        }
        for at in 0..template.outputs.len() {
            self.note(self.output(frame, at), &frame.deployed);
        }
        for (at, declaration) in template.resources.iter().enumerate() {
            let What::Module { parameters: Some(parameters), .. } = &declaration.what else { continue };
            for instance in self.unfold(frame, at).iter() {
                self.note(self.value(parameters, &instance.names()), &instance.deployed);
            }
        }
    }

    fn note(&self, value: Node, when: &Cond) {
        if asks(&value) {
            self.asked.borrow_mut().push((value, when.clone()));
        }
    }
}

fn asks(node: &Node) -> bool {
    match &node.value {
        Value::Ref(reference) => {
            let by_id = |id: &Node| asks(id);
            reference.path.iter().any(|step| step.to_ascii_lowercase().starts_with(CREDENTIALS))
                || matches!(&reference.target, Target::Id(id) if by_id(id))
        }
        Value::List(list) => list.items.iter().any(asks),
        Value::Map(map) => map.entries.iter().any(|entry| asks(&entry.value)),
        Value::Concat(nodes) | Value::Call(_, nodes) => nodes.iter().any(asks),
        Value::Choice(choice) => asks(&choice.yes) || asks(&choice.no),
        _ => false,
    }
}
