//! Saved lists of the tags and manifests of repositories.

use super::World;
use crate::azure::image;
use crate::azure::kinds::REPOSITORY;
use crate::ir::{Node, Resource};
use crate::source::Span;

/// What a registry had in one repository when somebody asked.
#[derive(Clone, Debug)]
pub struct Listing<'a> {
    /// As it was read back.
    pub resource: &'a Resource,
    /// The registry's host, in lower case.
    registry: Option<String>,
    /// The repository.
    repository: Option<String>,
    /// The path of a file that names neither.
    hint: Option<String>,
    tags: Vec<String>,
    /// All manifests, where they are listed.
    digests: Option<Vec<String>>,
    partial: bool,
    /// Where something pushes images, so that there may be more by now.
    pub pushed: Option<Span>,
}

/// What a list says of an image that is not in it.
#[derive(Clone, Debug)]
pub struct Absent<'w, 'a> {
    /// The list.
    pub listing: &'w Listing<'a>,
    /// The tag or digest.
    pub what: String,
    /// A tag that is there and nearly the same.
    pub near: Option<&'w str>,
    /// The list names registry and repository itself, and nothing pushes images since.
    pub sure: bool,
    /// A cache rule may fetch it when somebody pulls it.
    pub fetched: bool,
}

impl<'a> Listing<'a> {
    /// Reads a list.
    pub(super) fn read(resource: &'a Resource) -> Option<Listing<'a>> {
        let body = Some(&resource.body).filter(|_| resource.is_read_back() && resource.is_kind(REPOSITORY))?;
        let text = |key: &str| body.get(key).and_then(Node::as_str).map(str::to_owned);
        let texts = |key: &str| {
            let items = &body.get(key)?.as_list()?.items;
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
        };
        Some(Listing {
            resource,
            registry: text("registry").map(|host| host.to_ascii_lowercase()),
            repository: text("repository"),
            hint: text("hint"),
            tags: texts("tags")?,
            digests: texts("digests"),
            partial: body.get("partial").and_then(Node::as_bool) == Some(true),
            pushed: body.get("pushed").map(|mark| mark.span),
        })
    }

    /// Whether the list is of this repository: by its own word, or only by what its file is called.
    fn is_of(&self, host: &str, repository: &str, only_registry: bool) -> Option<bool> {
        match (&self.registry, &self.repository, &self.hint) {
            (Some(registry), Some(own), _) => (registry == host && own == repository).then_some(true),
            // Without the registry's name it can only be of the one that there is.
            (None, Some(own), _) => (only_registry && own == repository).then_some(false),
            (_, _, Some(hint)) => (only_registry && is_called(hint, repository)).then_some(false),
            _ => None,
        }
    }
}

/// Whether a path names a repository, apart from words about tags: `az/show-tags-team-web.json` names `team/web`.
fn is_called(path: &str, repository: &str) -> bool {
    const WORDS: [&str; 14] = [
        "az",
        "acr",
        "repository",
        "repo",
        "show",
        "list",
        "tags",
        "tag",
        "manifests",
        "manifest",
        "detail",
        "metadata",
        "json",
        "of",
    ];
    let plain = |text: &str| {
        let words = text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_ascii_lowercase);
        words.filter(|word| !word.is_empty() && !WORDS.contains(&word.as_str())).collect::<Vec<String>>()
    };
    let wanted = plain(repository);
    let file = path.rsplit('/').next().unwrap_or(path);
    !wanted.is_empty() && plain(file) == wanted
}

impl<'a> World<'a> {
    /// What a saved list says of an image that the registry did not have.
    pub fn absent(&self, reference: &Node) -> Option<Absent<'_, 'a>> {
        if self.listings.is_empty() || reference.secret {
            return None;
        }
        let parsed = image::parse(reference);
        let host = parsed.host.as_ref()?.as_str()?.to_ascii_lowercase();
        let repository = image::known_repository(&parsed.rest)?;
        let rest = parsed.rest.as_str()?;
        let only_registry = self.registries.len() == 1;
        let of = |listing: &&Listing<'a>| listing.is_of(&host, repository, only_registry).is_some();
        let listings: Vec<&Listing<'a>> = self.listings.iter().filter(of).collect();
        let (digest, tag) = (rest.split_once('@').map(|(_, digest)| digest), tag_of(rest));
        let holds = |listing: &&Listing<'a>| match digest {
            Some(digest) => listing.digests.as_ref().is_none_or(|all| all.iter().any(|it| it == digest)),
            None => listing.tags.iter().any(|it| it == tag),
        };
        // Several lists are of several moments.
        if listings.iter().any(|listing| listing.partial || holds(listing)) {
            return None;
        }
        let sure = |listing: &Listing<'_>| {
            listing.is_of(&host, repository, only_registry) == Some(true) && listing.pushed.is_none()
        };
        let listing = *listings.iter().find(|it| sure(it)).or(listings.first())?;
        let near = listing.tags.iter().find(|own| strsim::damerau_levenshtein(own, tag) == 1);
        Some(Absent {
            listing,
            what: digest.map_or_else(|| format!("tag `{tag}`"), |digest| format!("manifest `{digest}`")),
            near: near.filter(|_| digest.is_none()).map(String::as_str),
            sure: sure(listing),
            fetched: self.may_be_fetched(repository),
        })
    }
}

impl World<'_> {
    /// A cache rule fetches what the registry doesn't have when somebody first pulls it.
    fn may_be_fetched(&self, repository: &str) -> bool {
        let covers = |rule: &&Resource| {
            let target = rule.body.at(&["properties", "targetRepository"]).map(|node| self.resolver.node(node));
            match target.as_ref().and_then(Node::as_str) {
                Some(target) => match target.split_once('*') {
                    Some((start, _)) => repository.starts_with(start),
                    None => target == repository,
                },
                None => true,
            }
        };
        self.resolver
            .of_kind("Microsoft.ContainerRegistry/registries/cacheRules")
            .iter()
            .copied()
            .any(|rule| covers(&rule))
    }
}

/// The tag of what follows the host; `latest` where nobody wrote one.
fn tag_of(rest: &str) -> &str {
    let rest = rest.split('@').next().unwrap_or_default();
    rest.rsplit('/').next().and_then(|last| last.split_once(':')).map_or("latest", |(_, tag)| tag)
}
