//! Texts of other forms: YAML, JSON, base64, hashes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use super::super::blocks::settled;
use super::super::machine::{Machine, Stop};
use super::super::text::without_holes;
use super::super::value::{Kind, Value};
use super::super::yaml::{from_yaml, to_json, to_yaml};
use super::Answer;

/// Writers and readers that keep what isn't known.
pub(super) fn encoding_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    Some(match name {
        "toYaml" | "toYamlPretty" => machine.written(name, arguments),
        "toJson" | "toPrettyJson" | "toRawJson" => machine.written(name, arguments),
        "fromYaml" | "fromYamlArray" | "fromJson" | "fromJsonArray" => machine.read_back(name, arguments),
        "b64enc" => match arguments {
            [text] if !text.is_known() && matches!(text.kind, Kind::Text(_) | Kind::Hole(_)) => {
                Ok(machine.encoded(text))
            }
            _ => return None,
        },
        _ => return None,
    })
}

impl Machine<'_> {
    fn written(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let value = self.argument(arguments, 0, name)?.clone();
        self.work(value.size() / 8 + 1)?;
        let mut opened = |why: &crate::ir::Why| self.block(why.clone());
        let text = match name {
            "toYaml" | "toYamlPretty" => to_yaml(&value, &mut opened),
            "toPrettyJson" => to_json(&value, Some(2), true, &mut opened),
            "toRawJson" => to_json(&value, None, false, &mut opened),
            _ => to_json(&value, None, true, &mut opened),
        };
        self.work(text.text.len() / 64)?;
        Ok(Value::text(text))
    }

    fn read_back(&mut self, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        let value = self.argument(arguments, 0, name)?;
        if matches!(value.kind, Kind::Hole(_)) {
            return Ok(self.derived(name, arguments));
        }
        let text = settled(&self.text_argument(arguments, 0, name)?);
        self.work(text.text.len() / 16 + 1)?;
        let wants_list = name.ends_with("Array");
        match from_yaml(&text) {
            Ok(value) if value.is_nil() => {
                Ok(if wants_list { Value::list(Vec::new()) } else { super::dict::of_texts([]) })
            }
            Ok(value) => match (&value.kind, wants_list) {
                (Kind::List(_), true) | (Kind::Map(_), false) | (Kind::Hole(_), _) => Ok(value),
                _ => Ok(self.derived(name, arguments)),
            },
            // Helm puts the error into the result; nobody reads it.
            Err(_) => Ok(self.derived(name, arguments)),
        }
    }
}

/// Functions of known texts.
pub(super) fn hash_function(machine: &mut Machine<'_>, name: &str, arguments: &[Value]) -> Answer {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text = match machine.text_argument(arguments, 0, name) {
        Ok(text) => text,
        Err(_) if !matches!(name, "b64enc" | "b64dec" | "sha256sum" | "sha1sum" | "sha512sum") => return None,
        Err(stop) => return Some(Err(stop)),
    };
    let bytes = text.text.as_bytes();
    let made = match name {
        // Of several values nobody can say which stand in the code: it was written where it is encoded.
        "b64enc" if text.has_several_values() => return Some(Ok(Value::str(STANDARD.encode(bytes)))),
        "b64enc" => STANDARD.encode(bytes),
        "b64dec" => {
            let decoded = STANDARD.decode(bytes).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let Some(decoded) = decoded else { return Some(Ok(machine.derived(name, arguments))) };
            without_holes(&decoded).into_owned()
        }
        "sha256sum" => hex(&sha2::Sha256::digest(bytes)),
        "sha512sum" => hex(&sha2::Sha512::digest(bytes)),
        "sha1sum" => {
            use sha1::Digest as _;
            hex(&sha1::Sha1::digest(bytes))
        }
        _ => return None,
    };
    Some(Ok(Value::text(text.remade(made))))
}
