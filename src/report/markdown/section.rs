//! Parts of a page that have to share its room.

/// How many bytes are left.
pub(super) struct Room(usize);

impl Room {
    pub(super) fn of(bytes: usize) -> Room {
        Room(bytes)
    }

    /// A part of it, for one section alone.
    pub(super) fn share(&self, part: usize, of: usize) -> Room {
        Room(self.0.saturating_mul(part) / of.max(1))
    }

    /// Something else has taken this much.
    pub(super) fn less(&mut self, bytes: usize) {
        self.0 = self.0.saturating_sub(bytes);
    }

    fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.0;
        if fits {
            self.less(bytes);
        }
        fits
    }
}

/// Items between a head and a foot; only items that found room are shown, and nothing where none did.
#[derive(Default)]
pub(super) struct Section {
    head: String,
    items: Vec<String>,
    foot: String,
    shown: Vec<bool>,
}

impl Section {
    pub(super) fn new(head: impl Into<String>, items: Vec<String>, foot: impl Into<String>) -> Section {
        let shown = vec![false; items.len()];
        Section { head: head.into(), items, foot: foot.into(), shown }
    }

    /// Takes the items for which there is room, each as a whole.
    pub(super) fn fill(&mut self, room: &mut Room) {
        self.fill_where(|_| true, room);
    }

    /// Takes items that belong to ones that the other section shows.
    pub(super) fn fill_beside(&mut self, other: &Section, room: &mut Room) {
        self.fill_where(|at| other.shown.get(at).copied().unwrap_or_default(), room);
    }

    fn fill_where(&mut self, wanted: impl Fn(usize) -> bool, room: &mut Room) {
        if self.items.is_empty() || !room.take(self.head.len() + self.foot.len()) {
            return;
        }
        for (at, (item, shown)) in self.items.iter().zip(&mut self.shown).enumerate() {
            *shown = !item.is_empty() && wanted(at) && room.take(item.len());
        }
    }

    /// The items that are shown.
    fn own(&self) -> impl Iterator<Item = (usize, &String)> {
        let shown = self.items.iter().zip(&self.shown).enumerate();
        shown.filter(|(_, (_, shown))| **shown).map(|(at, (item, _))| (at, item))
    }

    /// How many bytes it takes.
    pub(super) fn length(&self) -> usize {
        self.text().len()
    }

    /// How many items found no room.
    pub(super) fn left(&self) -> usize {
        self.items.iter().zip(&self.shown).filter(|(item, shown)| !item.is_empty() && !**shown).count()
    }

    pub(super) fn text(&self) -> String {
        self.text_with(&Section::default())
    }

    /// The same, each item with what another section shows at its place.
    pub(super) fn text_with(&self, beside: &Section) -> String {
        let mut text = String::new();
        for (at, item) in self.own() {
            if text.is_empty() {
                text.push_str(&self.head);
            }
            text.push_str(item);
            text.extend(beside.own().find(|(own, _)| *own == at).map(|(_, item)| item.as_str()));
        }
        if !text.is_empty() {
            text.push_str(&self.foot);
        }
        text
    }
}

/// Something that is folded away under a title of ours.
pub(super) fn details(title: &str, text: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{}\n\n</details>\n\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(items: &[&str]) -> Section {
        Section::new("<", items.iter().map(|&item| item.to_owned()).collect(), ">")
    }

    #[test]
    fn items_are_taken_as_a_whole() {
        let mut own = section(&["aaaa", "bb", "c"]);
        own.fill(&mut Room::of(6));
        assert_eq!((own.text().as_str(), own.left(), own.length()), ("<aaaa>", 2, 6));
        let mut own = section(&["aaaaaaaa", "bb", "c"]);
        own.fill(&mut Room::of(6));
        assert_eq!((own.text().as_str(), own.left()), ("<bbc>", 1));
        let mut own = section(&["aaaa"]);
        own.fill(&mut Room::of(5));
        assert_eq!((own.text().as_str(), own.left()), ("", 1));
    }

    #[test]
    fn a_story_needs_its_finding() {
        let mut findings = Section::new("", vec!["long".to_owned(), "b".to_owned()], "");
        findings.fill(&mut Room::of(2));
        let mut stories = Section::new("", vec!["1".to_owned(), "2".to_owned()], "");
        stories.fill_beside(&findings, &mut Room::of(9));
        assert_eq!(findings.text_with(&stories), "b2");
    }
}
