//! How the audit writes what an admin changed: in words, for people.

use calls::ConnectionId;

/// Names behind each other; `none` where there is none.
pub(crate) fn listed(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// What somebody may see.
pub(crate) fn rights(role: &str, extensions: &[(ConnectionId, String)], groups: &[String]) -> String {
    let extensions: Vec<String> = extensions.iter().map(|(connection, own)| format!("{connection}:{own}")).collect();
    format!("{role}; extensions: {}; groups: {}", listed(&extensions), listed(groups))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_written_in_words() {
        let own = ["101", "102"].map(|own| ("rt1".parse().expect("valid"), own.to_owned()));
        assert_eq!(rights("agent", &own, &["sales".to_owned()]), "agent; extensions: rt1:101, rt1:102; groups: sales");
        assert_eq!(rights("admin", &[], &[]), "admin; extensions: none; groups: none");
    }
}
