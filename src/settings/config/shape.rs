//! What may stand in `acrlint.yaml`: one table, which the reader checks files by and of which the JSON schema is made.

use serde_json::{Value, json};

use super::item::{Item, Kind, Mistake};
use crate::cli::UnknownRule;
use crate::suggestion::nearest;

/// Ids and names of all rules.
pub(super) type Rules<'a> = &'a [(&'static str, &'static str)];

/// The form of a value.
pub(super) enum Shape {
    /// Any text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// The level of a rule.
    Level,
    /// A list of values of one form.
    List(&'static Shape),
    /// Keys that the user chooses.
    Map(&'static Shape),
    /// Something for each of some rules, by id or name.
    OfRules(&'static Shape),
    /// A list of rules, by id or name, with at least one.
    Rules,
    /// These keys.
    Object(&'static [Field]),
    /// The first for a map, the second for a list.
    MapOrList(&'static Shape, &'static Shape),
    /// Exactly one of the first keys, and the second ones.
    OneOf {
        /// What it is, with its article.
        what: &'static str,
        one: &'static [Field],
        all: &'static [Field],
    },
}

/// A key of an object.
pub(super) struct Field {
    pub name: &'static str,
    /// A sentence for who writes it.
    pub about: &'static str,
    pub required: bool,
    pub shape: Shape,
}

const fn field(name: &'static str, about: &'static str, shape: Shape) -> Field {
    Field { name, about, required: false, shape }
}

const fn needed(name: &'static str, about: &'static str, shape: Shape) -> Field {
    Field { name, about, required: true, shape }
}

/// The levels of rules.
pub(super) const LEVELS: [&str; 4] = ["error", "warning", "note", "off"];

const PAIR: Shape = Shape::Object(&[
    needed("registry", "The name of the registry.", Shape::Text),
    needed("cluster", "The name of the cluster.", Shape::Text),
]);

/// The whole file.
pub(super) const CONFIGURATION: Shape = Shape::Object(&[
    field(
        "world",
        "What the absence of a grant, an endpoint or a secret means.",
        Shape::Word(&["repository", "open", "closed"]),
    ),
    field("cloud", "The cloud that templates are deployed to.", Shape::Word(&["public", "usgovernment", "china"])),
    field(
        "modules",
        "Where modules of registries lie: the beginning of a module reference, and a path in this repository.",
        Shape::Map(&Shape::Text),
    ),
    field("module-cache", "A folder with modules of registries; `bicep` is the Bicep CLI's own cache.", Shape::Text),
    field("exclude", "What is left out, as lines of a .gitignore.", Shape::List(&Shape::Text)),
    field("rules", "Levels of rules, by id or name.", Shape::OfRules(&Shape::Level)),
    field(
        "clusters",
        "Which cluster runs the manifests of which paths: globs and names of clusters; the first that fits counts.",
        Shape::MapOrList(
            &Shape::Map(&Shape::Text),
            &Shape::List(&Shape::Object(&[
                needed("path", "A glob; that of a folder covers what is in it.", Shape::Text),
                needed("cluster", "The name of the cluster.", Shape::Text),
            ])),
        ),
    ),
    field(
        "apply",
        "What is applied by somebody that acrlint can't read: charts, kustomizations, folders and manifests.",
        Shape::List(&Shape::Object(&[
            needed("path", "A chart, a kustomization, a folder of manifests, or a manifest.", Shape::Text),
            field("namespace", "The namespace of objects that state none.", Shape::Text),
            field("release", "The name of a chart's release.", Shape::Text),
            field("values", "Files with values for a chart; later ones win.", Shape::List(&Shape::Text)),
            field("recursive", "Manifests in folders inside of the folder count as well.", Shape::Flag),
        ])),
    ),
    field(
        "allow",
        "Findings that are left out: where a comment can't be written, as in JSON.",
        Shape::List(&Shape::Object(&[
            needed("rules", "The rules, by id or name.", Shape::Rules),
            needed("path", "A glob of files; that of a folder covers what is in it.", Shape::Text),
            field(
                "resource",
                "Only findings about the resource of this name, or of this address as keys of findings have it.",
                Shape::Text,
            ),
            needed("reason", "Why they are allowed.", Shape::Text),
        ])),
    ),
    field("baseline", "The file that lists findings of earlier, which are left out.", Shape::Text),
    field(
        "assume",
        "Facts that are true elsewhere.",
        Shape::List(&Shape::OneOf {
            what: "an assumption",
            one: &[
                field("grant", "The identity with which the cluster pulls may pull from the registry.", PAIR),
                field(
                    "secret",
                    "A pull secret that is made elsewhere.",
                    Shape::Object(&[
                        needed("namespace", "The namespace that it is in; `*` is every namespace.", Shape::Text),
                        needed("name", "What it is called.", Shape::Text),
                    ]),
                ),
                field("reachable", "The nodes of the cluster reach the registry over the network.", PAIR),
            ],
            all: &[needed("reason", "Why it may be assumed.", Shape::Text)],
        }),
    ),
]);

impl Shape {
    /// The first mistake in a value.
    pub(super) fn check(&self, item: &Item, rules: Rules<'_>) -> Result<(), Mistake> {
        match self {
            Shape::Text => item.text().map(drop),
            Shape::Word(words) => item.word(words).map(drop),
            Shape::Flag => item.flag().map(drop),
            // YAML 1.1 reads a plain `off` as false; here it is the word.
            Shape::Level if matches!(item.kind, Kind::Bool(false)) => Ok(()),
            Shape::Level => item.word(&LEVELS).map(drop),
            Shape::List(of) => item.items()?.iter().try_for_each(|item| of.check(item, rules)),
            Shape::Map(of) => item.members()?.iter().try_for_each(|(key, value)| {
                key.text()?;
                of.check(value, rules)
            }),
            Shape::OfRules(of) => item.members()?.iter().try_for_each(|(key, value)| {
                rule(key, rules)?;
                of.check(value, rules)
            }),
            Shape::Rules if item.items()?.is_empty() => Err(item.wrong("at least one rule is wanted".to_owned())),
            Shape::Rules => item.items()?.iter().try_for_each(|item| rule(item, rules).map(drop)),
            Shape::Object(fields) => {
                check_fields(item, fields, &[], rules)?;
                missing(item, fields).map_or(Ok(()), |name| Err(item.wrong(format!("the key `{name}` is missing"))))
            }
            Shape::MapOrList(map, list) => match item.kind {
                Kind::List(_) => list.check(item, rules),
                _ => map.check(item, rules),
            },
            Shape::OneOf { what, one, all } => {
                check_fields(item, one, all, rules)?;
                let there: Vec<&Item> = item.members()?.iter().map(|(key, _)| key).collect();
                let mut facts = there.iter().filter(|key| key.text().is_ok_and(|key| is_among(one, key)));
                let needs = |name: &str| Err(item.wrong(format!("{what} needs {name}")));
                match (facts.next(), facts.next(), missing(item, all)) {
                    (None, ..) => needs(&format!("one of {}", quoted(one))),
                    (_, Some(second), _) => Err(second.wrong(format!("one of {} for each entry", quoted(one)))),
                    (_, _, Some(name)) => needs(&format!("a `{name}`")),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The JSON schema of the form.
    pub(super) fn schema(&self, rules: Rules<'_>) -> Value {
        match self {
            Shape::Text => json!({"type": "string"}),
            Shape::Word(words) => json!({"enum": words}),
            Shape::Flag => json!({"type": "boolean"}),
            Shape::Level => {
                json!({"enum": LEVELS.map(Value::from).into_iter().chain([false.into()]).collect::<Vec<_>>()})
            }
            Shape::List(of) => json!({"type": "array", "items": of.schema(rules)}),
            Shape::Map(of) => json!({"type": "object", "additionalProperties": of.schema(rules)}),
            Shape::OfRules(of) => {
                let names: Vec<&str> = rules.iter().flat_map(|&(id, name)| [id, name]).collect();
                let names = json!({"enum": names});
                json!({"type": "object", "propertyNames": names, "additionalProperties": of.schema(rules)})
            }
            Shape::Rules => {
                let names: Vec<&str> = rules.iter().flat_map(|&(id, name)| [id, name]).collect();
                json!({"type": "array", "minItems": 1, "items": {"enum": names}})
            }
            Shape::Object(fields) => object(&[fields], rules),
            Shape::MapOrList(map, list) => json!({"anyOf": [map.schema(rules), list.schema(rules)]}),
            Shape::OneOf { one, all, .. } => {
                let mut schema = object(&[one, all], rules);
                let each = one.iter().map(|field| json!({"required": [field.name]}));
                if let Value::Object(members) = &mut schema {
                    members.insert("oneOf".to_owned(), each.collect());
                }
                schema
            }
        }
    }
}

fn check_fields(item: &Item, some: &[Field], others: &[Field], rules: Rules<'_>) -> Result<(), Mistake> {
    let names: Vec<&'static str> = some.iter().chain(others).map(|field| field.name).collect();
    for (key, value) in item.members()? {
        let name = key.key(&names)?;
        let field = some.iter().chain(others).find(|field| field.name == name);
        field.map_or(Ok(()), |field| field.shape.check(value, rules))?;
    }
    Ok(())
}

/// A key that has to be there and isn't, or says nothing.
fn missing(item: &Item, fields: &[Field]) -> Option<&'static str> {
    let says = |field: &&Field| match item.get(field.name).map(|it| &it.kind) {
        Some(Kind::Text(text)) => !text.trim().is_empty(),
        found => found.is_some(),
    };
    fields.iter().filter(|field| field.required).find(|field| !says(field)).map(|field| field.name)
}

fn is_among(fields: &[Field], name: &str) -> bool {
    fields.iter().any(|field| field.name == name)
}

fn quoted(fields: &[Field]) -> String {
    fields.iter().map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(", ")
}

/// The id of the rule that a key names.
pub(super) fn rule(key: &Item, rules: Rules<'_>) -> Result<&'static str, Mistake> {
    let word = key.text()?;
    if let Some(id) = crate::settings::selection::find(word, rules) {
        return Ok(id);
    }
    if rules.iter().any(|(id, _)| id.len() > word.len() && id.starts_with(&word.to_ascii_uppercase())) {
        return Err(key.wrong(format!("`{word}` is a prefix; write each rule, or use `--select` and `--ignore`")));
    }
    let nearest = nearest(word, rules.iter().flat_map(|&(id, name)| [id, name])).map(str::to_owned);
    Err(key.wrong(UnknownRule { typed: word.to_owned(), nearest }.to_string()))
}

fn object(fields: &[&[Field]], rules: Rules<'_>) -> Value {
    let all = || fields.iter().flat_map(|fields| fields.iter());
    let property = |field: &Field| {
        let mut schema = field.shape.schema(rules);
        if let Value::Object(members) = &mut schema {
            members.insert("description".to_owned(), field.about.into());
        }
        (field.name.to_owned(), schema)
    };
    let properties: serde_json::Map<String, Value> = all().map(property).collect();
    let required: Vec<&str> = all().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if let (Value::Object(members), false) = (&mut schema, required.is_empty()) {
        members.insert("required".to_owned(), required.into());
    }
    schema
}

/// The JSON schema of the configuration file.
pub(super) fn schema(rules: Rules<'_>) -> String {
    let mut schema = CONFIGURATION.schema(rules);
    if let Value::Object(members) = &mut schema {
        // An empty file is no object.
        members.insert("type".to_owned(), json!(["object", "null"]));
        members.insert("$schema".to_owned(), "http://json-schema.org/draft-07/schema#".into());
        members.insert("title".to_owned(), "Configuration of acrlint".into());
    }
    format!("{schema:#}\n")
}
