//! `ApplicationSet` of Argo CD: one application for each set of parameters that its generators give.

mod generator;
mod parameters;

use self::generator::Generators;
use self::parameters::Style;
use super::argo::{self, Named, merged};
use super::{Carrier, Scene, items, member};
use crate::ir::{Node, Resource, Why};

/// What the applications of a set apply.
pub(super) fn carriers(scene: &Scene<'_>, resource: &Resource, spec: &Node) -> Vec<Carrier> {
    let Some(template) = spec.get("template") else { return Vec::new() };
    let style = match spec.get("goTemplate").and_then(Node::as_bool) {
        Some(true) => Style::Go,
        _ => Style::Plain,
    };
    let patched = member(spec, &["templatePatch"]).map(|_| Why::UnsupportedSyntax("a patch of a template".into()));
    let generators = Generators { scene, style, left: std::cell::Cell::new(super::MOST_CARRIERS) };
    let mut found = Vec::new();
    for generator in items(spec, &["generators"]) {
        for parameters in generators.sets(generator, 0) {
            let template = parameters.template.as_ref().map_or(template.clone(), |own| merged(template, own));
            let application = parameters.put_into(scene.store, &template, style);
            let name = application.at(&["metadata", "name"]).cloned();
            let named = Named {
                name: name.unwrap_or_else(|| resource.name.clone()),
                span: resource.declared,
                open: patched.clone(),
            };
            let Some(spec) = application.get("spec") else { continue };
            let made = argo::carriers(scene, &named, spec);
            // Whether there is such an application at all hangs on a selector that is not evaluated.
            found.extend(made.into_iter().map(|carrier| match (&parameters.perhaps, carrier.path()) {
                (Some(why), Some(path)) => carrier.clone().somewhere(path, why),
                _ => carrier,
            }));
        }
    }
    found
}
