//! Pipelines, commands and operands.

use std::sync::Arc;

use super::run::Scope;
use super::{Machine, Stop};
use crate::frontend::kubernetes::helm::text::{Origin, Text, without_holes};
use crate::frontend::kubernetes::helm::value::{Kind, Native, Value};
use crate::ir::Why;
use crate::syntax::gotemplate::{Command, Operand, Pipeline};

impl Machine<'_> {
    pub(super) fn pipeline(&mut self, pipeline: &Pipeline, scope: &mut Scope) -> Result<Value, Stop> {
        let mut last: Option<Value> = None;
        for command in &pipeline.commands {
            self.spend(1, 0)?;
            let place = self.place(scope, command.span);
            let before = std::mem::replace(&mut self.here, place);
            let value = self.command(command, last.take(), scope)?;
            self.here = before;
            last = Some(value);
        }
        let value = last.unwrap_or_else(Value::nil);
        for name in &pipeline.variables {
            self.assign(name, value.clone(), pipeline.declares, scope);
        }
        Ok(value)
    }

    fn command(&mut self, command: &Command, piped: Option<Value>, scope: &mut Scope) -> Result<Value, Stop> {
        let Some((first, rest)) = command.operands.split_first() else { return Ok(Value::nil()) };
        match first {
            Operand::Function(name) if matches!(&**name, "and" | "or") => self.logic(name, rest, piped, scope),
            Operand::Function(name) => {
                let arguments = self.arguments(rest, piped, scope)?;
                self.call(name, arguments)
            }
            Operand::Field(names) => {
                let arguments = self.arguments(rest, piped, scope)?;
                let dot = scope.dot.clone();
                self.fields(dot, names, arguments)
            }
            Operand::Variable(name, names) => {
                let arguments = self.arguments(rest, piped, scope)?;
                let value = self.variable(name, scope)?;
                self.fields(value, names, arguments)
            }
            Operand::Group(pipeline, names) => {
                let arguments = self.arguments(rest, piped, scope)?;
                let value = self.pipeline(pipeline, scope)?;
                self.fields(value, names, arguments)
            }
            _ if !rest.is_empty() || piped.is_some() => self.refuse("a value that is no function gets arguments"),
            operand => self.operand(operand, scope),
        }
    }

    fn arguments(&mut self, rest: &[Operand], piped: Option<Value>, scope: &mut Scope) -> Result<Vec<Value>, Stop> {
        let mut arguments = Vec::with_capacity(rest.len() + 1);
        for operand in rest {
            arguments.push(self.operand(operand, scope)?);
        }
        arguments.extend(piped);
        Ok(arguments)
    }

    /// `and` and `or` stop at the operand that decides.
    fn logic(
        &mut self,
        name: &Arc<str>,
        rest: &[Operand],
        piped: Option<Value>,
        scope: &mut Scope,
    ) -> Result<Value, Stop> {
        let stops_at = &**name == "or";
        let mut seen = Vec::new();
        let count = rest.len() + usize::from(piped.is_some());
        for at in 0..count {
            let value = match rest.get(at) {
                Some(operand) => self.operand(operand, scope)?,
                None => piped.clone().unwrap_or_else(Value::nil),
            };
            if at + 1 == count {
                return Ok(value);
            }
            seen.push(value.clone());
            match self.holds(&value) {
                Some(holds) if holds == stops_at => return Ok(value),
                Some(_) => {}
                None => {
                    seen.push(Value::str(format!("{:?}", self.here)));
                    return Ok(self.derived(name, &seen));
                }
            }
        }
        self.refuse(&format!("`{name}` without an argument"))
    }

    fn variable(&mut self, name: &str, scope: &Scope) -> Result<Value, Stop> {
        match scope.variables.iter().rev().find(|(known, _)| &**known == name) {
            Some((_, value)) => Ok(value.clone()),
            None => self.refuse(&format!("no variable `${name}`")),
        }
    }

    fn operand(&mut self, operand: &Operand, scope: &mut Scope) -> Result<Value, Stop> {
        match operand {
            Operand::Dot => Ok(scope.dot.clone()),
            Operand::Nil => Ok(Value::nil()),
            Operand::Bool(value) => Ok(Value::bool(*value)),
            Operand::Int(value) => Ok(Value::int(*value)),
            Operand::Float(value) => Ok(Value::float(*value)),
            Operand::Text(text, span) => {
                let origin = Origin { span: self.place(scope, *span), is_value: false, secret: false, composed: false };
                Ok(Value::text(Text::written(without_holes(text).into_owned(), Some(origin))))
            }
            Operand::Function(name) => self.call(name, Vec::new()),
            Operand::Field(names) => {
                let dot = scope.dot.clone();
                self.fields(dot, names, Vec::new())
            }
            Operand::Variable(name, names) => {
                let value = self.variable(name, scope)?;
                self.fields(value, names, Vec::new())
            }
            Operand::Group(pipeline, names) => {
                let value = self.pipeline(pipeline, scope)?;
                self.fields(value, names, Vec::new())
            }
        }
    }

    /// Fields of fields; the last one may be a method with arguments.
    fn fields(&mut self, mut value: Value, names: &[Arc<str>], arguments: Vec<Value>) -> Result<Value, Stop> {
        let Some((last, before)) = names.split_last() else {
            return if arguments.is_empty() {
                Ok(value)
            } else {
                self.refuse("a value that is no function gets arguments")
            };
        };
        // Go refuses to read a field of nothing inside of a chain only: the result of parentheses or a variable may be nothing.
        if value.is_nil() {
            return Ok(value);
        }
        for name in before {
            value = self.field(&value, name, Vec::new())?;
        }
        self.field(&value, last, arguments)
    }

    pub(in super::super) fn field(&mut self, value: &Value, name: &str, arguments: Vec<Value>) -> Result<Value, Stop> {
        let found = match &value.kind {
            Kind::Map(map) => {
                let map = map.borrow();
                match (map.entries.get(name), &map.open) {
                    (Some(found), _) => Ok(found.clone()),
                    (None, None) => Ok(Value::nil()),
                    (None, Some(why)) => Err(why.clone()),
                }
            }
            Kind::Hole(_) => {
                let step = Value::str(name);
                let derived = self.derived("field", &[value.clone(), step]);
                Ok(derived.at(value.origin))
            }
            Kind::Native(native) => return self.method(native.clone(), name, &arguments),
            Kind::Nil => return self.refuse(&format!("nil pointer evaluating .{name}")),
            _ => return self.refuse(&format!("can't evaluate field {name}")),
        };
        if !arguments.is_empty() {
            return self.refuse(&format!("{name} is no method but has arguments"));
        }
        match found {
            Ok(found) => Ok(found),
            Err(why) => {
                let origin = value.origin.map(|origin| origin.span);
                Ok(self.unknown(&format!("member {name} of {origin:?} {why}"), why, false))
            }
        }
    }

    fn method(&mut self, native: Native, name: &str, arguments: &[Value]) -> Result<Value, Stop> {
        match (native, name) {
            (Native::Files(chart) | Native::Glob(chart, _), "Get" | "GetBytes") => {
                let path = arguments.first().and_then(Value::as_text).map(|text| text.text.clone());
                Ok(self.content(chart, &path.unwrap_or_default()))
            }
            (Native::Files(chart), "Glob") => {
                let pattern = arguments.first().and_then(Value::as_text).map(|text| text.text.clone());
                Ok(self.glob(chart, &pattern.unwrap_or_default()))
            }
            (Native::Files(chart) | Native::Glob(chart, _), "Lines") => {
                let path = arguments.first().and_then(Value::as_text).map(|text| text.text.clone());
                let content = self.content(chart, &path.unwrap_or_default());
                let text = content.as_text().map(|text| text.text.clone()).unwrap_or_default();
                let text = text.strip_suffix('\n').unwrap_or(&text);
                Ok(Value::list(text.split('\n').map(Value::str).collect()))
            }
            (native @ (Native::Files(_) | Native::Glob(..)), "AsConfig" | "AsSecrets") => {
                Ok(self.files_as(&native, name == "AsSecrets"))
            }
            (Native::ApiVersions, "Has") => match arguments.first().and_then(Value::as_text).filter(|it| it.is_known())
            {
                Some(version) if is_served_everywhere(&version.text) => Ok(Value::bool(true)),
                Some(version) => {
                    let why = Why::Runtime(format!("whether the cluster serves {}", version.text).into());
                    Ok(self.unknown(&format!("api {}", version.text), why, false))
                }
                None => Ok(self.derived("Capabilities.APIVersions.Has", arguments)),
            },
            (Native::KubeVersion, "Major") => Ok(Value::str("1")),
            (Native::KubeVersion, "Version" | "GitVersion" | "String") => Ok(self.kube_version()),
            (Native::KubeVersion, "Minor") => Ok(self.unknown(
                "minor version of the cluster",
                Why::Runtime("the version of the cluster".into()),
                true,
            )),
            (Native::Version(text, fields), name) => match (name, fields.borrow().entries.get(name)) {
                (_, Some(field)) => Ok(field.clone()),
                ("String", None) => Ok(Value::str(text.as_ref())),
                (name, None) => Ok(self.derived(&format!("{name} of {text}"), arguments)),
            },
            _ => self.refuse(&format!("no method {name}")),
        }
    }

    /// The version of the cluster, which the chart can't know.
    pub(in super::super) fn kube_version(&mut self) -> Value {
        self.unknown(KUBE_VERSION, Why::Runtime("the version of the cluster".into()), true)
    }
}

/// The key of the unknown that stands for the version of the cluster.
pub(in super::super) const KUBE_VERSION: &str = "version of the cluster";

/// Groups and versions, and a few kinds in them, that every cluster of a supported version serves.
fn is_served_everywhere(version: &str) -> bool {
    const SERVED: [&str; 22] = [
        "v1",
        "apps/v1",
        "batch/v1",
        "autoscaling/v1",
        "autoscaling/v2",
        "policy/v1",
        "networking.k8s.io/v1",
        "rbac.authorization.k8s.io/v1",
        "storage.k8s.io/v1",
        "scheduling.k8s.io/v1",
        "coordination.k8s.io/v1",
        "discovery.k8s.io/v1",
        "events.k8s.io/v1",
        "node.k8s.io/v1",
        "apiextensions.k8s.io/v1",
        "apiregistration.k8s.io/v1",
        "admissionregistration.k8s.io/v1",
        "authentication.k8s.io/v1",
        "authorization.k8s.io/v1",
        "certificates.k8s.io/v1",
        "flowcontrol.apiserver.k8s.io/v1",
        "policy/v1/PodDisruptionBudget",
    ];
    const KINDS: [&str; 12] = [
        "apps/v1/Deployment",
        "apps/v1/StatefulSet",
        "apps/v1/DaemonSet",
        "batch/v1/CronJob",
        "batch/v1/Job",
        "autoscaling/v2/HorizontalPodAutoscaler",
        "autoscaling/v1/HorizontalPodAutoscaler",
        "networking.k8s.io/v1/Ingress",
        "networking.k8s.io/v1/IngressClass",
        "networking.k8s.io/v1/NetworkPolicy",
        "rbac.authorization.k8s.io/v1/ClusterRole",
        "scheduling.k8s.io/v1/PriorityClass",
    ];
    SERVED.contains(&version) || KINDS.contains(&version)
}
