//! Conditions of role assignments on repositories, as the portal and the documentation write them ("Conditions for
//! Microsoft Entra attribute-based access control" of Azure Container Registry):
//!
//! ```text
//! ((!(ActionMatches{'…/repositories/content/read'}) AND !(ActionMatches{'…/repositories/metadata/read'}))
//!  OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'web'))
//! ```
//!
//! Anything that is not built of these pieces is not read.

/// What a pull does (RBAC, data actions of repositories).
const PULLS: [&str; 2] = [
    "microsoft.containerregistry/registries/repositories/content/read",
    "microsoft.containerregistry/registries/repositories/metadata/read",
];
const ACTIONS: &str = "microsoft.containerregistry/registries/repositories/";
const NAME: &str = "@request[microsoft.containerregistry/registries/repositories:name]";
/// Deeper nesting is not read.
const DEPTH: usize = 32;

/// A condition that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(Expression);

#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    /// The action, in lower case.
    Action(String),
    /// The repository is this one, in lower case.
    Equals(String),
    /// The repository begins so, in lower case.
    StartsWith(String),
}

impl Condition {
    /// Reads a condition; nothing when it has any other form.
    pub fn parse(text: &str) -> Option<Condition> {
        let mut rest = text;
        let expression = any(&mut rest, DEPTH)?;
        rest.trim().is_empty().then_some(Condition(expression))
    }

    /// Whether it lets pull from a repository; nothing when it lets do one half of a pull and not the other.
    pub fn admits(&self, repository: &str) -> Option<bool> {
        let repository = repository.to_ascii_lowercase();
        let [content, metadata] = PULLS.map(|action| self.0.holds(action, &repository));
        (content == metadata).then_some(content)
    }
}

impl Expression {
    fn holds(&self, action: &str, repository: &str) -> bool {
        match self {
            Expression::Not(inner) => !inner.holds(action, repository),
            Expression::All(parts) => parts.iter().all(|part| part.holds(action, repository)),
            Expression::Any(parts) => parts.iter().any(|part| part.holds(action, repository)),
            Expression::Action(matched) => matched == action,
            Expression::Equals(name) => name == repository,
            Expression::StartsWith(prefix) => repository.starts_with(prefix),
        }
    }
}

/// Parts joined by one operator. Two different ones side by side would need to be told which binds closer.
fn any(rest: &mut &str, depth: usize) -> Option<Expression> {
    let mut parts = vec![part(rest, depth.checked_sub(1)?)?];
    let operator = ["AND", "OR"].into_iter().find(|word| follows(rest, word));
    while operator.is_some_and(|word| take(rest, word)) {
        parts.push(part(rest, depth - 1)?);
    }
    match operator {
        Some("AND") => Some(Expression::All(parts)),
        Some(_) => Some(Expression::Any(parts)),
        None => parts.pop(),
    }
}

fn part(rest: &mut &str, depth: usize) -> Option<Expression> {
    if take(rest, "!") {
        return Some(Expression::Not(Box::new(part(rest, depth.checked_sub(1)?)?)));
    }
    if take(rest, "(") {
        let inner = any(rest, depth)?;
        return take(rest, ")").then_some(inner);
    }
    if take(rest, "ActionMatches") {
        let action = take(rest, "{").then(|| quoted(rest)).flatten()?;
        let read = action.starts_with(ACTIONS) && !action.contains('*') && take(rest, "}");
        return read.then_some(Expression::Action(action));
    }
    if !take(rest, NAME) {
        return None;
    }
    if take(rest, "StringEqualsIgnoreCase") {
        return quoted(rest).map(Expression::Equals);
    }
    take(rest, "StringStartsWithIgnoreCase").then(|| quoted(rest)).flatten().map(Expression::StartsWith)
}

/// Whether a word comes next, in letters of any case.
fn follows(rest: &str, word: &str) -> bool {
    let rest = rest.trim_start();
    rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn take(rest: &mut &str, word: &str) -> bool {
    let found = follows(rest, word);
    if found {
        *rest = rest.trim_start().get(word.len()..).unwrap_or_default();
    }
    found
}

/// A text in single quotes, in lower case. One with an escape or a wildcard in it is not read.
fn quoted(rest: &mut &str) -> Option<String> {
    let (text, after) = rest.trim_start().strip_prefix('\'')?.split_once('\'')?;
    *rest = after;
    let plain = !text.is_empty() && !text.contains(['\\', '*', '?', '{', '$', '<']);
    plain.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::Condition;

    fn restricted(tests: &str) -> String {
        format!(
            "((!(ActionMatches{{'Microsoft.ContainerRegistry/registries/repositories/content/read'}})
              AND !(ActionMatches{{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'}}))
             OR ({tests}))"
        )
    }

    fn test(operator: &str, text: &str) -> String {
        format!("@Request[Microsoft.ContainerRegistry/registries/repositories:name] {operator} '{text}'")
    }

    fn admits(condition: &str, repository: &str) -> Option<bool> {
        Condition::parse(condition).and_then(|condition| condition.admits(repository))
    }

    #[test]
    fn names_and_prefixes_are_compared_without_case() {
        let both = test("StringEqualsIgnoreCase", "Web") + " OR " + &test("StringStartsWithIgnoreCase", "backend/");
        let condition = restricted(&both);
        assert_eq!(admits(&condition, "web"), Some(true));
        assert_eq!(admits(&condition, "BACKEND/api"), Some(true));
        assert_eq!(admits(&condition, "backendx/api"), Some(false));
        assert_eq!(admits(&condition.replace(['\n', ' '], "").replace("AND", " AND "), "web"), Some(true));
    }

    #[test]
    fn other_forms_are_not_read() {
        let other = [
            restricted(&test("StringLikeIgnoreCase", "web*")),
            restricted(&test("StringEqualsIgnoreCase", "we'b")),
            restricted(&(test("StringEqualsIgnoreCase", "a") + " OR ")),
            test("StringEqualsIgnoreCase", "a") + " OR " + &test("StringEqualsIgnoreCase", "b") + " AND (x)",
            "@Resource[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'a'".to_owned(),
            "(".repeat(100_000),
            "!".repeat(100_000),
            String::new(),
        ];
        for condition in other {
            assert_eq!(admits(&condition, "web"), None, "{}", condition.get(..60).unwrap_or(&condition));
        }
    }

    #[test]
    fn a_condition_on_half_of_a_pull_says_nothing() {
        let half = format!(
            "(!(ActionMatches{{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'}}) OR {})",
            test("StringEqualsIgnoreCase", "web")
        );
        assert_eq!((admits(&half, "web"), admits(&half, "api")), (Some(true), None));
    }
}
