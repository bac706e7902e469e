//! The functions of Go's templates, of Sprig, and Helm's own.
//!
//! A function that looks at what isn't known gives an unknown that is the same wherever it gets the same arguments;
//! those that only move values about work with unknowns as they are.

mod dict;
mod encode;
mod list;
mod logic;
mod number;
mod pattern;
mod semver;
mod text;

use super::format::shown;
use super::machine::{Machine, Stop};
use super::text::Text;
use super::value::{Kind, Native, Value};
use crate::ir::Why;

/// What a group of functions says to a name: nothing when the name is another group's.
type Answer = Option<Result<Value, Stop>>;

/// A group of functions.
type Group = fn(&mut Machine<'_>, &str, &[Value]) -> Answer;

/// Functions that work with values that aren't known.
const WITH_UNKNOWNS: [Group; 5] =
    [logic::logic_function, dict::dict_function, list::list_function, text::moving_function, encode::encoding_function];

/// Functions that look at their arguments.
const WITH_KNOWN: [Group; 5] = [
    text::text_function,
    number::number_function,
    pattern::pattern_function,
    semver::semver_function,
    encode::hash_function,
];

/// Functions whose results nobody can know.
const RANDOM: [&str; 24] = [
    "now",
    "randAlphaNum",
    "randAlpha",
    "randAscii",
    "randNumeric",
    "randBytes",
    "randInt",
    "uuidv4",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "genPrivateKey",
    "derivePassword",
    "buildCustomCert",
    "encryptAES",
    "bcrypt",
    "htpasswd",
    "shuffle",
    "getHostByName",
    "ago",
    "lookup",
];

impl Machine<'_> {
    pub(super) fn call(&mut self, name: &str, mut arguments: Vec<Value>) -> Result<Value, Stop> {
        for argument in &mut arguments {
            if matches!(argument.kind, Kind::Native(Native::KubeVersion)) {
                *argument = self.kube_version();
            }
        }
        // Sprig's `must` functions differ in how they fail.
        let short =
            name.strip_prefix("must").filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()));
        let lowered = short.map(|rest| {
            let mut letters = rest.chars();
            letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect::<String>()
        });
        let name = lowered.as_deref().unwrap_or(name);
        self.room_for(name)?;
        let value = self.answer(name, arguments)?;
        if let Some(text) = value.as_text() {
            self.written_text(text.text.len())?;
        }
        Ok(value)
    }

    fn answer(&mut self, name: &str, mut arguments: Vec<Value>) -> Result<Value, Stop> {
        if RANDOM.contains(&name) {
            return Ok(match name {
                "lookup" => {
                    arguments.push(Value::str("in the cluster"));
                    self.looked_up(&arguments)
                }
                _ => self.random(name),
            });
        }
        for group in WITH_UNKNOWNS {
            if let Some(answer) = group(self, name, &arguments) {
                return answer;
            }
        }
        if !arguments.iter().all(Value::is_known) {
            if let Some(answer) = semver::of_cluster(self, name, &arguments) {
                return answer;
            }
            return Ok(self.derived(name, &arguments));
        }
        for group in WITH_KNOWN {
            if let Some(answer) = group(self, name, &arguments) {
                return answer;
            }
        }
        arguments.push(Value::str("not evaluated"));
        Ok(self.derived(name, &arguments))
    }

    /// What `lookup` finds in the cluster: perhaps nothing.
    fn looked_up(&mut self, arguments: &[Value]) -> Value {
        let key: Vec<String> = arguments.iter().map(|argument| shown(argument).text).collect();
        self.unknown(&format!("lookup {}", key.join(" ")), Why::Runtime("lookup".into()), false)
    }

    fn argument<'v>(&self, arguments: &'v [Value], at: usize, name: &str) -> Result<&'v Value, Stop> {
        match arguments.get(at) {
            Some(value) => Ok(value),
            None => self.refuse_call(name, "too few arguments"),
        }
    }

    /// A text; Go takes nothing else, we are not as strict with numbers.
    fn text_argument(&self, arguments: &[Value], at: usize, name: &str) -> Result<Text, Stop> {
        let value = self.argument(arguments, at, name)?;
        match &value.kind {
            Kind::Nil => self.refuse_call(name, "nil where a string has to be"),
            _ => Ok(shown(value)),
        }
    }

    fn int_argument(&self, arguments: &[Value], at: usize, name: &str) -> Result<i64, Stop> {
        Ok(number::whole(self.argument(arguments, at, name)?))
    }

    pub(super) fn refuse_call<T>(&self, name: &str, what: &str) -> Result<T, Stop> {
        self.refusal(&format!("`{name}`: {what}"))
    }
}
