//! What a chart pulls that can't be rendered whole: its values still name images.

use std::collections::BTreeMap;

use super::super::edit::everywhere;
use super::super::manifest::Object;
use super::chart::Chart;
use super::machine::Machine;
use super::objects;
use super::release::Release;
use super::value::Value;
use super::yaml::to_yaml;
use crate::frontend::named_images;
use crate::ir::{Cond, Node};
use crate::source::Span;

/// An object with the images that the values name and no rendered object has.
pub(super) fn named(
    machine: &mut Machine<'_>,
    chart: &Chart,
    values: &Value,
    rendered: &[(Object, Cond)],
    release: &Release,
) -> Option<Object> {
    let values = as_node(machine, chart, values)?;
    let mut seen = Vec::new();
    for (object, _) in rendered {
        everywhere(&mut object.body.clone(), &mut |key, value| {
            if key == "image" {
                seen.extend(value.as_str().map(str::to_owned));
            }
        });
    }
    let span = Span::file(chart.id);
    let name = release.name.clone().unwrap_or_else(|| Node::text(chart.name.as_str(), span));
    let body = named_images::release(&values, &seen, Some(name), None, span)?;
    let (api_version, kind) = (named_images::API_VERSION.into(), named_images::KIND.into());
    Some(Object { api_version, kind, body, extent: span })
}

/// Values as a value with places: written as the text of an object and read back.
fn as_node(machine: &mut Machine<'_>, chart: &Chart, values: &Value) -> Option<Node> {
    let object = BTreeMap::from([
        ("apiVersion".into(), Value::str(named_images::API_VERSION)),
        ("kind".into(), Value::str(named_images::KIND)),
        ("values".into(), values.clone()),
    ]);
    let text = to_yaml(&Value::map(object), &mut |why| machine.block(why.clone()));
    let given = objects::read(machine, chart.id, &text);
    given.objects.first()?.body.get("values").cloned()
}
