//! Names and the steps that follow them: `var.x`, `local.x`, `module.x.out`, `azurerm_thing.x[0].block[0].attribute`.

use std::rc::Rc;
use std::sync::Arc;

use super::evaluate::{Session, through_name};
use super::scope::{Copy, Instance, Scope};
use crate::frontend::terraform::value::{call, each, each_of, failed, failure, number, over_choice, set_of, text_of};
use crate::ir::{Address, Cond, Entry, Key, List, Node, Ref, ResourceId, Target, Value, Why};
use crate::source::Span;
use crate::syntax::hcl::{Block, Expr, ExprKind, Step, StepKind};

/// Blocks that exist exactly once on a resource which has them, so that `[*]` gives one member.
const SINGLE_BLOCKS: [&str; 8] = [
    "kubelet_identity",
    "identity",
    "kube_config",
    "kube_admin_config",
    "network_profile",
    "default_node_pool",
    "service_principal",
    "network_rule_set",
];

impl Session<'_> {
    /// A name with steps.
    pub fn traversal(&self, scope: Scope<'_>, base: &Expr, steps: &[Step], span: Span) -> Node {
        let ExprKind::Name(name) = &base.kind else {
            let base = self.evaluate(scope, base);
            return self.walk(scope, base, steps, span);
        };
        if let Some(value) = scope.name(name) {
            return self.walk(scope, value.clone(), steps, span);
        }
        let attribute = |at: usize| match steps.get(at).map(|step| &step.kind) {
            Some(StepKind::Attribute(name)) => Some(name.clone()),
            _ => None,
        };
        let (first, second) = (attribute(0), attribute(1));
        let (value, used) = match (&**name, first, second) {
            ("data", Some(kind), Some(name)) => {
                (self.resource(scope.instance, &format!("data.{kind}.{name}"), span), 2)
            }
            ("var", Some(name), _) => (self.variable(scope.instance, &name, span), 1),
            ("local", Some(name), _) => (self.local(scope.instance, &name, span), 1),
            ("module", Some(name), _) => (self.resource(scope.instance, &format!("module.{name}"), span), 1),
            ("each" | "count", Some(name), _) => (repetition(scope, &name, span), 1),
            ("path" | "terraform", Some(what), _) => (self.surroundings(scope, name, &what, span), 1),
            (kind, Some(name), _) => (self.resource(scope.instance, &format!("{kind}.{name}"), span), 1),
            _ => (failed(name, span), 0),
        };
        self.walk(scope, value, steps.get(used..).unwrap_or_default(), span)
    }

    fn surroundings(&self, scope: Scope<'_>, base: &str, what: &str, span: Span) -> Node {
        match (base, what) {
            ("path", "module") if scope.instance.module.folder.is_empty() => Node::text(".", span),
            ("path", "module") => Node::text(format!("./{}", scope.instance.module.folder), span),
            ("path", "root") => {
                let root = self.deployment.strip_prefix('.').unwrap_or(&self.deployment);
                Node::text(if root.is_empty() { ".".to_owned() } else { format!("./{root}") }, span)
            }
            _ => self.symbol(Why::External(format!("{base}.{what}").into()), &format!("{base}.{what}"), span),
        }
    }

    fn local(&self, instance: &Rc<Instance>, name: &str, span: Span) -> Node {
        let Some(expr) = instance.module.local(name) else { return failed(&format!("local.{name}"), span) };
        let make = || self.evaluate(Scope::of(instance), expr);
        through_name(self.once(instance, &format!("local.{name}"), span, make), span)
    }

    fn walk(&self, scope: Scope<'_>, mut node: Node, steps: &[Step], span: Span) -> Node {
        for (at, step) in steps.iter().enumerate() {
            let rest = steps.get(at + 1..).unwrap_or_default();
            match &step.kind {
                StepKind::Attribute(name) => node = self.attribute(&node, name, span),
                StepKind::Index(index) => {
                    let index = self.evaluate(scope, index);
                    node = over_choice(&index, span, &mut |index| self.index(&node, index, span));
                }
                StepKind::Splat => return self.splat(scope, &node, rest, span),
                StepKind::AttributeSplat => {
                    let own = rest.iter().take_while(|step| matches!(step.kind, StepKind::Attribute(_))).count();
                    let (each, after) = rest.split_at_checked(own).unwrap_or((rest, &[]));
                    let node = self.splat(scope, &node, each, span);
                    return self.walk(scope, node, after, span);
                }
            }
        }
        node
    }

    /// `node.name`.
    pub fn attribute(&self, node: &Node, name: &str, span: Span) -> Node {
        let found = match &node.value {
            Value::Choice(_) => return over_choice(node, span, &mut |arm| self.attribute(arm, name, span)),
            Value::Map(map) => match (map.get_exact(name), &map.open) {
                (Some(value), _) => value.clone(),
                (None, Some(why)) => Node::unknown(why.clone(), span),
                (None, None) => failed(name, span),
            },
            Value::Ref(reference) => self.extend(reference, name, span),
            Value::Unknown { why, sym: Some(sym) } => Node::symbol(why.clone(), format!("{}.{name}", sym.0), span),
            Value::Unknown { .. } => node.clone(),
            Value::Call(..) if failure(node).is_some() => return node.clone(),
            Value::Call(..) if each_of(node).is_some() => Node::unknown(Why::Element(name.into()), span),
            Value::Call(..) | Value::Derived(_) => call("tf:get", vec![node.clone(), Node::text(name, span)], span),
            _ => failed(name, span),
        };
        Node { secret: found.secret || node.secret, ..found }
    }

    /// `node[key]`.
    pub fn index(&self, node: &Node, key: &Node, span: Span) -> Node {
        if failure(key).is_some() {
            return key.clone();
        }
        match &node.value {
            Value::Choice(_) => return over_choice(node, span, &mut |arm| self.index(arm, key, span)),
            Value::List(list) => return item(list, key, node, span),
            Value::Call(..) if failure(node).is_some() => return node.clone(),
            _ => {}
        }
        if let Some(one) = each_of(node) {
            return self.member_of_each(one, key, span);
        }
        match text_of(key) {
            Some(key) => self.attribute(node, &key, span),
            None => call("tf:index", vec![node.clone(), key.clone()], span),
        }
    }

    /// Both loops run over the same set: the same member.
    fn member_of_each(&self, one: &Node, key: &Node, span: Span) -> Node {
        let set = set_of(one);
        let same = set.as_ref().is_some_and(|set| self.each_key(set, span).value == key.value);
        if same { one.clone() } else { Node::unknown(Why::Element(set.unwrap_or_else(|| "collection".into())), span) }
    }

    /// `each.key` over a set that is not known.
    pub fn each_key(&self, set: &str, span: Span) -> Node {
        let shown = set.rsplit(['#', ':']).next().unwrap_or(set);
        self.symbol(Why::Element(shown.into()), &format!("each:{set}"), span)
    }

    fn splat(&self, scope: Scope<'_>, node: &Node, steps: &[Step], span: Span) -> Node {
        if let Some(one) = each_of(node) {
            let why = Why::Element(set_of(one).unwrap_or_else(|| "collection".into()));
            let items = vec![self.walk(scope, one.clone(), steps, span)];
            return Node::new(Value::List(Arc::new(List { items, open: Some(why) })), span);
        }
        match &node.value {
            Value::Choice(_) => over_choice(node, span, &mut |arm| self.splat(scope, arm, steps, span)),
            Value::Null => Node::list(Vec::new(), span),
            Value::List(list) => {
                let items = list.items.iter().map(|item| self.walk(scope, item.clone(), steps, span)).collect();
                self.bound(Node::new(Value::List(Arc::new(List { items, open: list.open.clone() })), span))
            }
            Value::Call(..) if failure(node).is_some() => node.clone(),
            Value::Ref(reference) => match reference.path.last() {
                None => Node::list(vec![self.walk(scope, node.clone(), steps, span)], span),
                Some(block) if SINGLE_BLOCKS.contains(&&**block) => {
                    let first = self.extend(reference, "0", span);
                    Node::list(vec![self.walk(scope, first, steps, span)], span)
                }
                Some(_) => open_list(Why::UnsupportedSyntax("`[*]` over a computed list".into()), span),
            },
            Value::Unknown { why, .. } => open_list(why.clone(), span),
            Value::Call(..) | Value::Derived(_) => {
                open_list(Why::UnsupportedSyntax("`[*]` over an unknown".into()), span)
            }
            _ => Node::list(vec![self.walk(scope, node.clone(), steps, span)], span),
        }
    }

    /// One step further into a resource: the argument's value when it is written, else the longer path.
    fn extend(&self, reference: &Ref, name: &str, span: Span) -> Node {
        let Target::Resource(address) = &reference.target else { return failed(name, span) };
        let is_module = address.path.last().is_some_and(|step| step.name.starts_with("module."));
        if is_module && reference.path.is_empty() {
            return self.output(address, name, span);
        }
        if let Some(value) = self.about_deployment(address, &reference.path, name, span) {
            return value;
        }
        let mut path = reference.path.clone();
        path.push(name.into());
        if let Some(value) = self.beside.and_then(|beside| beside.value(&address.path, &path, span)) {
            return value;
        }
        if let Some(outputs) = self.outputs_of_template(address, &path, span) {
            return outputs;
        }
        // An argument that is `null` was not written: Azure decides.
        if let Some(value) = self.argument(address, &path, span).filter(|value| !value.is_null()) {
            return through_name(value, span);
        }
        Node::new(Value::Ref(Arc::new(Ref { target: Target::Resource(address.clone()), path })), span)
    }

    /// What data sources say about the deployment itself: its subscription and tenant.
    fn about_deployment(&self, address: &Address, path: &[Arc<str>], name: &str, span: Span) -> Option<Node> {
        let (last, modules) = address.path.split_last()?;
        let kind = last.name.strip_prefix("data.")?.split('.').next()?;
        if !path.is_empty() || !matches!(kind, "azurerm_subscription" | "azurerm_client_config") {
            return None;
        }
        let instance = self.instances.borrow().get(modules).cloned()?;
        let block = instance.module.block(&last.name)?;
        let written = block.body.attribute("subscription_id").map(|id| self.evaluate(Scope::of(&instance), id));
        let subscription = || {
            written.unwrap_or_else(|| {
                self.subscription(&instance, &crate::frontend::terraform::modules::provider_of(block), span)
            })
        };
        match (kind, name) {
            (_, "subscription_id") => Some(subscription()),
            ("azurerm_subscription", "id") => Some(Node::id(ResourceId::of_subscription(subscription()), span)),
            (_, "tenant_id") => Some(self.symbol(Why::DeploymentScope("tenant".into()), "tenant", span)),
            ("azurerm_client_config", _) => {
                let why = Why::External(format!("azurerm_client_config.{name}").into());
                Some(self.symbol(why, &format!("client:{name}"), span))
            }
            _ => None,
        }
    }

    /// The value of a written argument.
    fn argument(&self, address: &Address, path: &[Arc<str>], span: Span) -> Option<Node> {
        let (last, modules) = address.path.split_last()?;
        let instance = self.instances.borrow().get(modules).cloned()?;
        let block = instance.module.block(&last.name)?;
        let copies = self.copies(&instance, &last.name, block, span)?;
        let copy = copies.iter().find(|copy| copy.key == last.key)?;
        let scope = Scope::of_copy(&instance, copy);
        let value = match path {
            [name] => return block.body.attribute(name).map(|value| self.evaluate(scope, value)),
            [name, rest @ ..] if block.body.attribute(name).is_none() => {
                let blocks = self.blocks_of(scope, &block.body, name)?;
                rest.iter().try_fold(blocks, |node, step| plain_step(&node, step))?
            }
            _ => return None,
        };
        (path.len() > 2).then_some(value)
    }

    /// All instances of a resource, data source or module call as the language shows them.
    fn resource(&self, instance: &Rc<Instance>, name: &str, span: Span) -> Node {
        let Some(block) = instance.module.block(name) else { return failed(name, span) };
        let Some(copies) = self.copies(instance, name, block, span) else {
            return Node::unknown(Why::UnsupportedSyntax(format!("`{name}`, which needs itself,").into()), span);
        };
        let whole = |copy: &Copy| Node::reference(Arc::new(instance.address.child(name, copy.key.clone())), &[], span);
        collection(block, &copies, &whole, span)
    }
}

/// Steps into what is written, without evaluating anything further.
fn plain_step(node: &Node, step: &str) -> Option<Node> {
    match &node.value {
        Value::List(list) => list.items.get(step.parse::<usize>().ok()?).cloned(),
        Value::Map(map) => map.get_exact(step).cloned(),
        _ => None,
    }
}

fn open_list(why: Why, span: Span) -> Node {
    Node::new(Value::List(Arc::new(List { items: Vec::new(), open: Some(why) })), span)
}

fn item(list: &List, key: &Node, node: &Node, span: Span) -> Node {
    let found = match (number(key), list.items.as_slice(), &list.open) {
        // Whatever the index is, Terraform takes it: there is only one.
        (None, [only], None) => Some(only),
        (None, ..) => return call("tf:index", vec![node.clone(), key.clone()], span),
        (Some(_), _, Some(why)) => return Node::unknown(why.clone(), span),
        (Some(at), items, None) if at >= 0.0 => items.get(at as usize),
        _ => None,
    };
    found.cloned().unwrap_or_else(|| failed("an index outside of its list", span))
}

fn repetition(scope: Scope<'_>, name: &str, span: Span) -> Node {
    match (scope.copy, name) {
        (Some(copy), "key" | "index") => copy.each_key.clone(),
        (Some(copy), "value") => copy.each_value.clone(),
        _ => failed(name, span),
    }
}

fn collection(block: &Block, copies: &[Copy], whole: &dyn Fn(&Copy) -> Node, span: Span) -> Node {
    let counted = block.body.attribute("count").is_some();
    let mapped = block.body.attribute("for_each").is_some();
    if let [only] = copies
        && !counted
        && !mapped
    {
        return whole(only);
    }
    if let Some(copy) = copies.iter().find(|copy| matches!(copy.key, Some(Key::Each(_)))) {
        return each(whole(copy));
    }
    let on = copies.first().map_or(Cond::Always, |copy| copy.deployed.clone());
    let together = copies.iter().all(|copy| copy.deployed == on);
    let open = (!together).then(|| Why::UnsupportedSyntax("a collection whose members depend on conditions".into()));
    let make = |copies: &[Copy]| match mapped {
        true => {
            let entry = |copy: &Copy| Entry { key: copy.each_key.clone(), value: whole(copy) };
            let entries = copies.iter().map(entry).collect();
            Node::new(Value::Map(Arc::new(crate::ir::Map { entries, open: open.clone() })), span)
        }
        false => Node::new(
            Value::List(Arc::new(List { items: copies.iter().map(whole).collect(), open: open.clone() })),
            span,
        ),
    };
    if together { Node::choice(on, make(copies), make(&[]), span) } else { make(copies) }
}
