//! Knowledge that is taken back where a change can't be applied.

use super::edit::{everywhere, leave_open, members, set_metadata};
use crate::ir::{Node, Value, Why};

/// Takes back what is known of an object's pulling.
pub(super) fn loosen(kind: &str, body: &mut Node, why: &Why) {
    if ["Secret", "ServiceAccount"].contains(&kind) {
        leave_open(body, why);
        members(body, &mut |key, value| {
            if ["data", "stringData", "type", "imagePullSecrets"].contains(&key) {
                forget(value, why);
            }
        });
        return;
    }
    everywhere(body, &mut |key, value| match key {
        "image" if value.as_map().is_none() => forget(value, why),
        "imagePullSecrets" | "serviceAccountName" | "serviceAccount" => forget(value, why),
        "containers" | "initContainers" => leave_open(value, why),
        _ if value.get("containers").is_some() => leave_open(value, why),
        _ => {}
    });
}

/// Takes back what an object is called and where it lives.
pub(super) fn unname(body: &mut Node, why: &Why) {
    members(body, &mut |key, value| {
        if key == "metadata" {
            members(value, &mut |key, value| {
                if ["name", "namespace"].contains(&key) {
                    forget(value, why);
                }
            });
        }
    });
}

/// Takes back which namespace an object lives in.
pub(super) fn unplace(body: &mut Node, why: &Why) {
    set_metadata(body, "namespace", Node::unknown(why.clone(), body.span));
}

fn forget(value: &mut Node, why: &Why) {
    value.value = Value::Unknown { why: why.clone(), sym: None };
}
