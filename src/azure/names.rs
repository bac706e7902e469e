//! What resources may be called (Azure resource manager: naming rules and restrictions).

/// What keeps a text from being the name of a registry, as the end of a sentence; nothing when it may be one.
pub fn registry_name_fault(name: &str) -> Option<String> {
    let odd = name.chars().find(|letter| !letter.is_ascii_alphanumeric());
    match (odd, name.chars().count()) {
        (Some(odd), _) => Some(format!("holds `{odd}`")),
        (None, 5..=50) => None,
        (None, length) => Some(format!("has {length} characters")),
    }
}
