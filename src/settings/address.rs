//! Where a build service shows the commit that it checked out, so that a page can link to lines of it. Build services
//! say so in variables; what doesn't look like it should is not believed.

/// The variables of build services, read once by `main`.
#[derive(Clone, Debug, Default)]
pub struct Checkout {
    /// `GITHUB_SERVER_URL`.
    pub github_server: Option<String>,
    /// `GITHUB_REPOSITORY`, as `owner/name`.
    pub github_repository: Option<String>,
    /// `GITHUB_SHA`.
    pub github_commit: Option<String>,
    /// `CI_PROJECT_URL`.
    pub gitlab_project: Option<String>,
    /// `CI_COMMIT_SHA`.
    pub gitlab_commit: Option<String>,
}

impl Checkout {
    /// The address of the root folder at that commit; a path is added behind a slash.
    pub fn address(&self) -> Option<String> {
        self.github().or_else(|| self.gitlab())
    }

    fn github(&self) -> Option<String> {
        let (server, repository) = (self.github_server.as_deref()?, self.github_repository.as_deref()?);
        let project = format!("{}/{repository}", server.trim_end_matches('/'));
        let commit = commit(self.github_commit.as_deref()?)?;
        is_address(&project).then(|| format!("{project}/blob/{commit}"))
    }

    fn gitlab(&self) -> Option<String> {
        let project = self.gitlab_project.as_deref()?.trim_end_matches('/');
        let commit = commit(self.gitlab_commit.as_deref()?)?;
        is_address(project).then(|| format!("{project}/-/blob/{commit}"))
    }
}

/// A commit's name, of SHA-1 or SHA-256.
fn commit(text: &str) -> Option<&str> {
    let is_hash = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(text)
}

/// Nothing in it means something to Markdown.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or(text.strip_prefix("http://"));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:%".contains(&byte);
    rest.is_some_and(|rest| rest.contains('/') && rest.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::Checkout;

    const COMMIT: &str = "5fea81b7c1d4bd4c9f4b2a7c9c1e5a0f3b2d1c0e";

    fn github(server: &str, repository: &str, commit: &str) -> Option<String> {
        let some = |text: &str| Some(text.to_owned());
        let github = (some(server), some(repository), some(commit));
        let (github_server, github_repository, github_commit) = github;
        Checkout { github_server, github_repository, github_commit, ..Checkout::default() }.address()
    }

    #[test]
    fn addresses_are_those_of_the_services() {
        let address = format!("https://github.com/acrlint/acrlint/blob/{COMMIT}");
        assert_eq!(github("https://github.com", "acrlint/acrlint", COMMIT), Some(address));
        let gitlab = Checkout {
            gitlab_project: Some("https://gitlab.example:8443/group/sub/name".to_owned()),
            gitlab_commit: Some(COMMIT.to_owned()),
            ..Checkout::default()
        };
        let address = format!("https://gitlab.example:8443/group/sub/name/-/blob/{COMMIT}");
        assert_eq!(gitlab.address(), Some(address));
    }

    #[test]
    fn what_is_no_address_is_not_believed() {
        assert_eq!(github("https://github.com", "a/b) <script>", COMMIT), None);
        assert_eq!(github("javascript:alert(1)", "a/b", COMMIT), None);
        assert_eq!(github("https://github.com", "a/b", "main"), None);
        assert_eq!(Checkout::default().address(), None);
    }
}
