//! The words of a command as options.

use crate::ir::{Node, Value, Why};

/// One word.
#[derive(Clone, Debug)]
pub(in crate::frontend::script) struct Argument {
    pub node: Node,
    /// A variable without quotes that is not known: several words, or none.
    pub bare: bool,
}

/// The words of a command.
#[derive(Clone, Debug, Default)]
pub(in crate::frontend::script) struct Arguments {
    pub words: Vec<Argument>,
    /// There may be more words.
    pub open: bool,
}

impl Argument {
    pub fn of(node: Node) -> Argument {
        Argument { node, bare: false }
    }

    pub fn text(&self) -> Option<&str> {
        self.node.as_str()
    }

    /// The text that it begins with.
    pub fn leading(&self) -> Option<&str> {
        match &self.node.value {
            Value::Str(text) => Some(text),
            Value::Concat(pieces) => pieces.first()?.as_str(),
            _ => None,
        }
    }

    /// The option that it is, with the value behind its `=`.
    fn option(&self) -> Option<(&str, Option<Node>)> {
        let first = self.leading()?;
        if !first.starts_with('-') || first.len() < 2 {
            return None;
        }
        let Some((name, start)) = first.split_once('=').or_else(|| cut_as_powershell(first)) else {
            return matches!(self.node.value, Value::Str(_)).then_some((first, None));
        };
        let mut pieces = vec![Node { value: Value::Str(start.into()), ..self.node.clone() }];
        if let Value::Concat(all) = &self.node.value {
            pieces.extend(all.iter().skip(1).cloned());
        }
        let value = Node::concat(pieces, self.node.span);
        Some((name, Some(Node { trail: self.node.trail.clone(), ..value })))
    }
}

/// `-Name:value`.
fn cut_as_powershell(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once(':')?;
    let letters = name.strip_prefix('-')?;
    let named = letters.starts_with(|letter: char| letter.is_ascii_uppercase()) && letters.len() > 2;
    (named && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some((name, value))
}

impl Argument {
    /// The same word with the option in front of it called by its whole name.
    fn renamed(&self, name: &str, whole: &str) -> Argument {
        let first = |text: &str| Value::Str(format!("{whole}{}", text.strip_prefix(name).unwrap_or(text)).into());
        let value = match &self.node.value {
            Value::Str(text) => first(text),
            Value::Concat(pieces) => {
                let mut pieces = pieces.to_vec();
                if let Some(piece) = pieces.first_mut()
                    && let Value::Str(text) = &piece.value
                {
                    piece.value = first(text);
                }
                Value::Concat(std::sync::Arc::new(pieces))
            }
            other => other.clone(),
        };
        Argument { node: Node { value, ..self.node.clone() }, bare: self.bare }
    }
}

/// The one option that a text is the beginning of.
fn completed(name: &str, long: &[&'static str]) -> Option<&'static str> {
    let begins = |option: &&&'static str| option.starts_with(name) && **option != name;
    let mut fits = long.iter().filter(begins);
    let only = fits.next().filter(|_| name.len() > 4 && fits.next().is_none() && !long.contains(&name))?;
    Some(only)
}

impl Arguments {
    /// The first word.
    pub fn first(&self) -> Option<&str> {
        self.words.first()?.text()
    }

    /// The command: the first word, or what a variable in its place is called after: `$(KUSTOMIZE)`, `$LOCALBIN/helm`.
    pub fn tool(&self) -> Option<String> {
        const TOOLS: [&str; 6] = ["kustomize", "kubectl", "helm", "az", "docker", "make"];
        let first = self.words.first()?;
        let named = match &first.node.value {
            Value::Str(text) => return Some(text.to_string()),
            Value::Concat(pieces) => pieces.last()?.as_str()?.rsplit('/').next()?.to_owned(),
            Value::Unknown { why: Why::External(name), .. } => name.trim_matches(['$', '(', ')', '{', '}']).to_owned(),
            _ => return None,
        };
        // `kustomize-v5`, `KUBECTL_BIN`.
        let named = named.to_ascii_lowercase();
        let word = named.split(['-', '_']).next().unwrap_or_default();
        TOOLS.contains(&word).then(|| word.to_owned())
    }

    /// `NAME=value` in front of a command.
    pub fn first_sets(&self) -> bool {
        let name = self.first().and_then(|word| word.split_once('=')).map(|(name, _)| name);
        name.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
    }

    /// The values of an option, each time that it is given; names compare without regard to case where they are
    /// PowerShell's.
    pub fn options(&self, names: &[&str]) -> Vec<Node> {
        let mut found = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            let Some((name, value)) = word.option() else { continue };
            if !names.iter().any(|known| is_named(name, known)) {
                continue;
            }
            match value {
                Some(value) => found.push(value),
                None => found.extend(
                    self.words.get(at + 1).filter(|next| next.option().is_none()).map(|next| next.node.clone()),
                ),
            }
        }
        found
    }

    /// The value of an option: the last one wins.
    pub fn option(&self, names: &[&str]) -> Option<Node> {
        self.options(names).pop()
    }

    /// The value of an option that stands for `true` when nothing is behind it.
    pub fn switch(&self, name: &str) -> Option<Node> {
        let given = |word: &Argument| word.option().is_some_and(|(own, _)| is_named(own, name));
        let at = self.words.iter().rposition(given)?;
        let word = self.words.get(at)?;
        match word.option()? {
            (_, Some(value)) => Some(value),
            _ => {
                let value = self.words.get(at + 1).filter(|next| next.option().is_none());
                Some(value.map_or_else(|| Node::text("true", word.node.span), |value| value.node.clone()))
            }
        }
    }

    /// What `az` makes of its words: `@file` stands for what is written in a file, and the beginning of a long option for
    /// the option. The beginnings of options that are none of these are left as they are.
    pub fn read_by_az(mut self, long: &[&'static str]) -> Arguments {
        let mut behind_option = false;
        for word in &mut self.words {
            let option = word.option().map(|(name, value)| (name.to_owned(), value.is_some()));
            let from_file = word.text().is_some_and(|text| text.starts_with('@'));
            if from_file && behind_option {
                word.node = Node::unknown(Why::External("a file".into()), word.node.span);
            }
            self.open |= from_file && !behind_option;
            if let Some((name, _)) = &option
                && let Some(whole) = completed(name, long)
            {
                *word = word.renamed(name, whole);
            }
            behind_option = option.is_some_and(|(_, valued)| !valued);
        }
        self
    }

    /// All words behind an option that takes several.
    pub fn several(&self, name: &str) -> Vec<Node> {
        let at = self.words.iter().position(|word| word.option().is_some_and(|(own, _)| own == name));
        let after = at.map_or(self.words.len(), |at| at + 1);
        let rest = self.words.iter().skip(after).take_while(|word| word.option().is_none());
        rest.map(|word| word.node.clone()).collect()
    }

    /// The words behind an option that takes several, and whether a variable among them may be more or fewer.
    pub fn values(&self, names: &[&str]) -> (Vec<Node>, bool) {
        let given =
            |word: &Argument| word.option().is_some_and(|(own, _)| names.iter().any(|name| is_named(own, name)));
        let Some(at) = self.words.iter().rposition(given) else { return (Vec::new(), false) };
        let first = self.words.get(at).and_then(|word| word.option()?.1);
        let rest = self.words.iter().skip(at + 1).take_while(|word| word.option().is_none());
        let rest: Vec<&Argument> = if first.is_some() { Vec::new() } else { rest.collect() };
        // What a command printed is one word.
        let loose = |word: &&Argument| word.bare && matches!(word.node.value, Value::Unknown { .. });
        let bare = rest.iter().any(loose);
        let written = rest.into_iter().filter(|word| !loose(word)).map(|word| word.node.clone());
        (first.into_iter().chain(written).collect(), bare)
    }

    /// The words in front of the first option, which PowerShell takes by their places.
    pub fn placed(&self, at: usize) -> Option<Node> {
        let before = self.words.iter().skip(1).take_while(|word| word.option().is_none());
        before.map(|word| word.node.clone()).nth(at).filter(|_| !self.open)
    }

    /// Whether an option is given at all.
    pub fn has(&self, names: &[&str]) -> bool {
        let given =
            |word: &Argument| word.option().is_some_and(|(own, _)| names.iter().any(|name| is_named(own, name)));
        self.words.iter().any(given)
    }

    /// The words before the first option.
    pub fn verbs(&self) -> Vec<&str> {
        self.words.iter().map_while(|word| word.text().filter(|text| !text.starts_with('-'))).collect()
    }

    /// The words that are neither options nor their values, of a tool whose options with values are `valued`.
    pub fn plain(&self, valued: &[&str]) -> Vec<Node> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(word) = self.words.get(at) {
            at += 1;
            match word.option() {
                Some((name, None)) if valued.contains(&name) => at += 1,
                Some(_) => {}
                None => found.push(word.node.clone()),
            }
        }
        found
    }

    /// Whether words may be among the options that nobody sees.
    pub fn may_add(&self) -> bool {
        let value = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| self.words.get(before));
            before.is_some_and(|word| matches!(word.option(), Some((_, None))))
        };
        self.open || self.words.iter().enumerate().any(|(at, word)| word.bare && !value(at))
    }
}

/// One dash and a long name: PowerShell's, in any case.
fn is_named(given: &str, known: &str) -> bool {
    given == known || !known.starts_with("--") && known.len() > 2 && given.eq_ignore_ascii_case(known)
}
