//! Members of a grant's declaration: one that is added, one that names another thing, a name of its own.

use regex::Regex;

use super::page::{Page, Slot, Tongue};
use super::readers::is_within;
use super::repair::{made, place};
use super::{modules, symbol};
use crate::finding::Fix;
use crate::ir::Resource;
use crate::source::{Span, Store, path};
use crate::syntax::json;
use crate::world::grant::Grant;
use crate::world::registry::Registry;
use crate::world::workload::shown;

/// A grant says what kind of principal it has.
pub(super) fn principal_type(store: &Store, grant: &Grant<'_>) -> Option<Fix> {
    let span = grant.principal_span;
    let page = Page::of(store, span)?;
    let slot = page.slot(span.range())?;
    if !is_within(span, grant.resource.extent) || page.part(slot.name.clone()) != "principalId" {
        return None;
    }
    // It may be written and empty.
    let declaration = page.part(grant.resource.extent.range()).to_ascii_lowercase();
    if declaration.contains("principaltype") {
        return None;
    }
    let (member, comma) = match page.tongue {
        Tongue::Bicep => ("principalType: 'ServicePrincipal'", ""),
        Tongue::Arm => ("\"principalType\": \"ServicePrincipal\"", ","),
        Tongue::Terraform | Tongue::Yaml => return None,
    };
    let edit = (place(span, slot.start..slot.start), in_front(&page, &slot, member, comma));
    made("say that the principal is a service principal", vec![edit], true)
}

/// A member as it is written in front of another one: on a line of its own where that one has one.
fn in_front(page: &Page, slot: &Slot, member: &str, comma: &str) -> String {
    let indent = page.before(slot.start);
    match indent.trim().is_empty() {
        true => format!("{member}{comma}{}{indent}", page.line_end()),
        false => format!("{member}, "),
    }
}

/// The scope of a grant becomes a registry that can be named where the grant stands.
pub(super) fn scope(store: &Store, grant: &Grant<'_>, registry: &Registry<'_>) -> Option<Fix> {
    let (own, at) = (grant.resource, registry.resource);
    let span = own.scope.span;
    let page = Page::of(store, span)?;
    let slot = page.slot(span.range())?;
    let declared = store.source(at.declared.source).path.clone();
    let seen = match page.tongue {
        Tongue::Terraform => path::folder_of(&declared) == path::folder_of(page.path()),
        _ => *declared == *page.path(),
    };
    let single = at.address.path.last().is_some_and(|step| step.key.is_none());
    let together = at.address.root == own.address.root && modules(at) == modules(own) && at.language == own.language;
    if !is_within(span, own.extent) || page.part(slot.name.clone()) != "scope" || !seen || !single || !together {
        return None;
    }
    let right = match page.tongue {
        Tongue::Bicep => symbol(at, false),
        Tongue::Terraform => format!("{}.id", symbol(at, false)),
        Tongue::Arm => {
            format!("\"[resourceId('Microsoft.ContainerRegistry/registries', {})]\"", named(store, at)?)
        }
        Tongue::Yaml => return None,
    };
    let title = format!("make `{}` the scope of the grant", shown(&registry.name));
    made(title, vec![(place(span, slot.value), right)], false)
}

/// The name of a resource in a template as an expression of its own: what the resource is called elsewhere may be another
/// text with every deployment.
pub(super) fn named(store: &Store, resource: &Resource) -> Option<String> {
    let source = store.source(resource.extent.source);
    let text = source.text.get(resource.extent.range())?;
    let (tree, ..) = json::parse(resource.extent.source, text);
    let name = tree?.get_ci("name")?.as_str()?.to_owned();
    // What stands in a loop is told apart by its place in it.
    let plain = !name.contains(['"', '\\', '\n']) && !name.to_ascii_lowercase().contains("copyindex");
    let inner =
        name.strip_prefix('[').filter(|inner| !inner.starts_with('[')).and_then(|inner| inner.strip_suffix(']'));
    plain.then(|| inner.map_or_else(|| format!("'{}'", name.replace('\'', "''")), |inner| inner.trim().to_owned()))
}

/// One more seed for the name of a grant, where that is a `guid(…)` written in its declaration: what grants something
/// else is another assignment, and Azure changes none that is there.
pub(super) fn renamed(store: &Store, grant: &Grant<'_>, seed: &str) -> Option<(Span, String)> {
    let extent = grant.resource.extent;
    let page = Page::of(store, extent)?;
    let pattern = match page.tongue {
        Tongue::Bicep => r"(?m)^[ \t]*name[ \t]*:[ \t]*guid\(",
        Tongue::Arm => r#""name"\s*:\s*"\[guid\("#,
        Tongue::Terraform | Tongue::Yaml => return None,
    };
    let text = page.text().get(extent.range())?;
    let mut found = Regex::new(pattern).ok()?.find_iter(text).map(|found| found.end()).collect::<Vec<_>>().into_iter();
    let (first, second) = (found.next()?, found.next());
    let close = closing(text.get(first..)?)?;
    let at = extent.start as usize + first + close;
    // Where more follows, the name may be another one.
    let rest = page.rest(at + 1).trim();
    let whole = match page.tongue {
        Tongue::Arm => rest.starts_with("]\""),
        _ => rest.is_empty() || rest.starts_with("//") || rest.starts_with("/*"),
    };
    let seeded = text.get(first..first + close).is_some_and(|seeds| seeds.contains(&format!("'{seed}'")));
    (second.is_none() && !seeded && whole).then(|| (place(extent, at..at), format!(", '{seed}'")))
}

/// Where the parenthesis closes that was open before the text; nothing when a line ends first.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (1_u32, false);
    for (at, character) in text.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '\n' => return None,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::closing;

    #[test]
    fn the_end_of_a_call_is_found() {
        assert_eq!(closing("a(b), ')')]"), Some(9));
        assert_eq!(closing("a,\n b)"), None);
        assert_eq!(closing("a("), None);
    }
}
