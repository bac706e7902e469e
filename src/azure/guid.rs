//! Ids of Entra and of role definitions.

/// Whether a text is a GUID.
pub fn is_guid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    let hex =
        |(part, length): (&&str, usize)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.len() == lengths.len() && parts.iter().zip(lengths).all(hex)
}

#[cfg(test)]
mod tests {
    use super::is_guid;

    #[test]
    fn guids_have_five_groups() {
        assert!(is_guid("8c1f6d8e-93d4-4a5e-8f3e-2b7c1d9a0e44"));
        assert!(!is_guid("8c1f6d8e93d44a5e8f3e2b7c1d9a0e44") && !is_guid("8c1f6d8e-93d4-4a5e-8f3e-2b7c1d9a0e4g"));
    }
}
