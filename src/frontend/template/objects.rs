//! Kubernetes objects that templates deploy through the `kubernetes` extension: they become what manifests become.

use super::template::{Declaration, Expr, ExprKind, Property, Template, What};

/// Turns resources of the extension into objects; those that name no namespace lie in `namespace`.
pub fn take_objects(template: &mut Template, namespace: Option<&Expr>) {
    for declaration in &mut template.resources {
        let What::Resource { kind, api_version: Some(version) } = &declaration.what else { continue };
        let Some((group, object)) = kind.split_once('/').filter(|_| is_of_kubernetes(kind, version)) else { continue };
        // What Kubernetes calls the core group has no name in manifests.
        let api = if group == "core" { version.to_string() } else { format!("{group}/{version}") };
        let object = object.to_owned();
        write_out(declaration, &api, &object, namespace);
        declaration.what = What::Object(format!("{api}/{object}").into());
    }
}

/// Versions of Azure are dates.
fn is_of_kubernetes(kind: &str, version: &str) -> bool {
    let numbered = version.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    numbered && kind.matches('/').count() == 1 && !kind.to_ascii_lowercase().starts_with("microsoft.")
}

/// Writes the header of a manifest into the body, and the name of the object where the name of a resource is.
fn write_out(declaration: &mut Declaration, api: &str, object: &str, namespace: Option<&Expr>) {
    let span = declaration.span;
    let text = |text: &str| Expr { kind: ExprKind::Text(text.into()), span };
    let property = |key: &str, value: Expr| Property { key: text(key), value, spread: false };
    let ExprKind::Object(body) = &mut declaration.body.kind else { return };
    if let Some(Expr { kind: ExprKind::Object(about), .. }) = member(body, "metadata") {
        if let Some(namespace) = namespace.filter(|_| member(about, "namespace").is_none()) {
            about.push(property("namespace", namespace.clone()));
        }
        if let Some(name) = member(about, "name") {
            declaration.name = name.clone();
        }
    }
    body.push(property("apiVersion", text(api)));
    body.push(property("kind", text(object)));
}

fn member<'e>(properties: &'e mut [Property], key: &str) -> Option<&'e mut Expr> {
    let is_it = |property: &&mut Property| matches!(&property.key.kind, ExprKind::Text(text) if &**text == key);
    properties.iter_mut().find(is_it).map(|property| &mut property.value)
}
