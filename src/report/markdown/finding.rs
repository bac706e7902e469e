//! A finding on the page: what is wrong and where, what to do, and folded away how it comes about.

use super::section::details;
use super::spelt;
use crate::finding::{Finding, Severity};
use crate::report::closing;
use crate::report::sarif_rules::PAGES;
use crate::report::snippet::one_line;
use crate::report::telling::Telling;

/// The finding without its story.
pub(super) fn told(telling: &Telling<'_>, finding: &Finding) -> String {
    let (sign, level) = match finding.severity {
        Severity::Error => ("❌", "error"),
        Severity::Warning => ("⚠️", "warning"),
        Severity::Note => ("ℹ️", "note"),
    };
    let (rule, name) = (finding.rule, spelt::sentence(telling.rule_name(finding.rule)));
    let (message, place) = (spelt::sentence(&finding.message), spelt::place(telling, finding.primary.span));
    let help = finding.help.as_deref().map(|help| help_of(telling, finding, help)).unwrap_or_default();
    let rule = format!("[{rule}]({PAGES}/{rule}.md)");
    format!("{sign} **{level} {rule}** {name}<br>\n{place}: {message}\n\n{help}")
}

/// The story, or nothing.
pub(super) fn story(telling: &Telling<'_>, finding: &Finding) -> String {
    if finding.related.is_empty() {
        return String::new();
    }
    let labels = finding.related.iter().map(|label| {
        let text = spelt::sentence(&one_line(&label.text));
        format!("- {}: {text}", spelt::place(telling, label.span))
    });
    let places = closing::number_of(finding.related.len(), "place");
    details(&format!("How it comes about ({places})"), &labels.collect::<Vec<_>>().join("\n"))
}

/// What to do: sentences as such, code in fences.
fn help_of(telling: &Telling<'_>, finding: &Finding, help: &str) -> String {
    let language = language(&telling.path(finding.change().source));
    let (mut text, mut code) = (String::new(), Vec::new());
    for line in help.lines() {
        if !is_sentence(line) {
            code.push(line);
            continue;
        }
        text.push_str(&spelt::fenced(&std::mem::take(&mut code), language));
        text.push_str(&format!("→ {}\n\n", spelt::sentence(line)));
    }
    text.push_str(&spelt::fenced(&code, language));
    text
}

/// Whether a line of a help text is meant to be read, not to be taken over. A wrong guess changes the look only.
fn is_sentence(line: &str) -> bool {
    let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join("x");
    let mut words = outside.split(' ');
    let first = words.next().unwrap_or_default();
    let starts = first.starts_with(|letter: char| letter.is_ascii_lowercase());
    let is_key = first.ends_with(':') || first.contains(['.', '=', '_', '/', '(', '-']);
    let has_code =
        outside.contains(['{', '}', '"', '=', '[', '$']) || outside.contains(" --") || outside.contains(" -");
    starts && !is_key && !has_code && (words.next().is_some() || line.len() < 12)
}

/// What an excerpt of the file is in, as fences name it.
fn language(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("bicep" | "bicepparam") => "bicep",
        Some("tf" | "tfvars" | "hcl") => "hcl",
        Some("yaml" | "yml") => "yaml",
        Some("json" | "jsonc") => "json",
        Some("ps1") => "powershell",
        Some("sh") => "bash",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::is_sentence;

    #[test]
    fn sentences_and_code_are_told_apart() {
        for sentence in [
            "create `orchard-pull` in the namespace of `Deployment shop/cider` too: pods read their own",
            "or run `az network private-endpoint create --group-id registry $(x)`",
            "use the object id (principal id) of the identity that pulls",
            "add",
        ] {
            assert!(is_sentence(sentence), "{sentence}");
        }
        for code in [
            "principal_id = azurerm_kubernetes_cluster.a.kubelet_identity[0].object_id",
            "principalId: aks.properties.identityProfile.kubeletidentity.objectId",
            "resource \"azurerm_private_endpoint\" \"registry\" {",
            "  name = 1",
            "}",
            "az aks update --name a",
            "\"principalId\": \"x\"",
            "- name: a",
            "",
        ] {
            assert!(!is_sentence(code), "{code}");
        }
    }
}
