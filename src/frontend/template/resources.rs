//! Declarations become instances: loops unfolded, names split, ids and scopes built, bodies evaluated.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::canonical::canonical;
use super::evaluate::{Evaluation, reason, scope_of};
use super::frame::{Frame, Kind, Scope};
use super::scope::{Place, Standing, id_pieces};
use super::template::{Declaration, Expr, Template, What};
use crate::ir::{
    Address, Cond, GROUP, Key, MANAGEMENT_GROUP, Node, Origin, Ref, Resource, ResourceId, SUBSCRIPTION, Target, Value,
    Why,
};
use crate::source::Span;

/// One instance of a declaration.
pub struct Instance {
    /// Its address.
    pub address: Arc<Address>,
    /// The template's instance that declares it, and the names of its loop.
    pub scope: Scope,
    /// The position of its declaration.
    pub declaration: usize,
    /// Which one of its loop.
    pub key: Option<Key>,
    /// When it is deployed.
    pub deployed: Cond,
    /// When the loop has this member.
    there: Cond,
    /// Its own condition.
    pub(super) own: Cond,
    id: RefCell<Option<Node>>,
}

impl Instance {
    /// Whether the loop may have fewer or more members than this.
    pub fn uncertain(&self) -> bool {
        self.there != Cond::Always || matches!(self.key, Some(Key::Each(_)))
    }

    /// Whether the template only refers to it.
    pub fn is_existing(&self) -> bool {
        self.scope.frame.loaded.template.resources.get(self.declaration).is_some_and(|declaration| declaration.existing)
    }

    /// Its template.
    pub fn template(&self) -> Arc<Template> {
        self.scope.frame.loaded.template.clone()
    }

    /// The names that its expressions see.
    pub fn names(&self) -> Scope {
        self.scope.evaluated()
    }
}

impl Evaluation<'_> {
    /// The instances of a declaration.
    pub(super) fn unfold(&self, frame: &Rc<Frame>, at: usize) -> Rc<Vec<Rc<Instance>>> {
        let slot = (frame.number, at);
        let known = self.unfolded.borrow().get(&slot).cloned();
        if let Some(known) = known {
            return known.unwrap_or_default();
        }
        self.unfolded.borrow_mut().insert(slot, None);
        let template = frame.loaded.template.clone();
        let found =
            template.resources.get(at).map(|declaration| self.instances_of(frame, at, declaration)).unwrap_or_default();
        for instance in &found {
            self.instances.borrow_mut().insert((*instance.address).clone(), instance.clone());
        }
        let found = Rc::new(found);
        self.unfolded.borrow_mut().insert(slot, Some(found.clone()));
        found
    }

    fn instances_of(&self, frame: &Rc<Frame>, at: usize, declaration: &Declaration) -> Vec<Rc<Instance>> {
        let scope = Scope::of(frame);
        let Some(repeat) = &declaration.repeat else {
            return vec![self.new_instance(scope, at, declaration, None, Cond::Always)];
        };
        let turns = self.turns(repeat, &scope.evaluated());
        if self.fuel.spend(turns.len() as u32).is_err() {
            self.gap(Why::LimitReached("evaluation steps".into()), declaration.span, Some(crate::ir::Hides::Anything));
            return Vec::new();
        }
        let instance = |turn: super::evaluate::Turn| {
            let inner = scope_of(repeat, &turn, &scope);
            self.new_instance(inner, at, declaration, Some(turn.key), turn.there)
        };
        turns.into_iter().map(instance).collect()
    }

    /// The id of the resource that a loop makes at an index that is known only as an expression.
    pub(super) fn id_at(&self, frame: &Rc<Frame>, at: usize, index: &Node) -> Option<Node> {
        let template = frame.loaded.template.clone();
        let declaration = template.resources.get(at)?;
        let (What::Resource { .. }, Some(repeat)) = (&declaration.what, &declaration.repeat) else { return None };
        if !super::canonical::is_stable(index) || matches!(index.value, Value::Int(_)) {
            return None;
        }
        let scope = Scope::of(frame);
        let over = self.value(&repeat.over, &scope.evaluated());
        let key = Key::Each(format!("[{}]", canonical(index)).into());
        let item = super::access::member(&over, index, false, index.span);
        let turn = super::evaluate::Turn { item, index: index.clone(), key: key.clone(), there: Cond::Always };
        let inner = scope_of(repeat, &turn, &scope);
        let label = frame.loaded.labels.get(at).cloned().unwrap_or_default();
        let address = Arc::new(frame.address.child(label, Some(key.clone())));
        let id = RefCell::default();
        let instance = Instance {
            address,
            scope: inner,
            declaration: at,
            key: Some(key),
            deployed: Cond::Always,
            there: Cond::Always,
            own: Cond::Always,
            id,
        };
        Some(self.id(&Rc::new(instance)))
    }

    fn new_instance(
        &self,
        scope: Scope,
        at: usize,
        declaration: &Declaration,
        key: Option<Key>,
        there: Cond,
    ) -> Rc<Instance> {
        let frame = &scope.frame;
        let label = frame.loaded.labels.get(at).cloned().unwrap_or_default();
        let address = Arc::new(frame.address.child(label, key.clone()));
        let own = declaration
            .condition
            .as_ref()
            .map_or(Cond::Always, |condition| Cond::of(&self.value(condition, &scope.evaluated())));
        let deployed = Cond::all([frame.deployed.clone(), there.clone(), own.clone()]);
        Rc::new(Instance { address, scope, declaration: at, key, deployed, there, own, id: RefCell::default() })
    }

    /// The instance that a reference to a whole resource means.
    pub(super) fn instance_of(&self, node: &Node) -> Option<Rc<Instance>> {
        match &node.value {
            Value::Ref(reference) if reference.path.is_empty() || reference.is(&["id"]) => self.at(reference),
            _ => None,
        }
    }

    pub(super) fn at(&self, reference: &Ref) -> Option<Rc<Instance>> {
        match &reference.target {
            Target::Resource(address) => self.instances.borrow().get(&**address).cloned(),
            Target::Id(_) => None,
        }
    }

    /// What a resource symbol's member is without looking into its body; modules have their outputs.
    pub(super) fn of_resource(&self, reference: &Ref, key: &str, span: Span) -> Option<Node> {
        if let (Target::Id(id), []) = (&reference.target, reference.path.as_slice()) {
            return match (&id.value, key.to_ascii_lowercase().as_str()) {
                (_, "id") => Some(Node { span, ..(**id).clone() }),
                (Value::Id(id), "name") => id.names.last().cloned(),
                _ => None,
            };
        }
        let instance = self.at(reference)?;
        let template = instance.template();
        let declaration = template.resources.get(instance.declaration)?;
        if matches!(declaration.what, What::Module { .. }) {
            return self.of_module(&instance, reference, key, span);
        }
        let What::Resource { kind, api_version } = &declaration.what else { return None };
        if !reference.path.is_empty() {
            return None;
        }
        match key.to_ascii_lowercase().as_str() {
            "name" => Some(self.written_name(&instance)),
            "type" => Some(Node::text(kind.clone(), declaration.span)),
            "apiversion" => api_version.clone().map(|version| Node::text(version, declaration.span)),
            _ => None,
        }
    }

    /// The name as `.name` gives it: in Bicep a child's own segment, in ARM all of it.
    pub(super) fn written_name(&self, instance: &Instance) -> Node {
        let template = instance.template();
        match template.resources.get(instance.declaration) {
            Some(declaration) => self.value(&declaration.name, &instance.names()),
            None => Node::null(Span::file(template.source)),
        }
    }

    /// The instance of the declared parent.
    fn parent(&self, instance: &Instance, declaration: &Declaration) -> Option<Result<Rc<Instance>, Node>> {
        let parent = self.value(declaration.parent.as_ref()?, &instance.scope);
        Some(self.instance_of(&parent).ok_or(parent))
    }

    /// The name of each segment of the type, the parents' first.
    fn segments(&self, instance: &Instance, declaration: &Declaration, kind: &str) -> Vec<Node> {
        let wanted = kind.matches('/').count().max(1);
        let parent = self.parent(instance, declaration);
        // A child's name is its own segment, also when nobody knows it.
        let own = if parent.is_some() { 1 } else { wanted };
        let own = split_name(&self.value(&declaration.name, &instance.names()), own);
        let mut names = match parent {
            Some(_) if own.len() == wanted => Vec::new(),
            Some(Ok(parent)) => match &self.id(&parent).value {
                Value::Id(id) => id.names.clone(),
                _ => Vec::new(),
            },
            Some(Err(parent)) => self.names_of_unknown(&parent, wanted.saturating_sub(1)),
            None => Vec::new(),
        };
        let missing = wanted.saturating_sub(names.len()).min(own.len());
        names.extend(own.into_iter().rev().take(missing).rev());
        names
    }

    fn names_of_unknown(&self, parent: &Node, count: usize) -> Vec<Node> {
        let name =
            |at: usize| super::access::derived(parent, &Node::text(format!("name{at}"), parent.span), parent.span);
        (0..count).map(name).collect()
    }

    /// The id of a declared resource, or of the deployment that a module is.
    pub(super) fn id(&self, instance: &Rc<Instance>) -> Node {
        if let Some(id) = instance.id.borrow().as_ref() {
            return id.clone();
        }
        let template = instance.template();
        let Some(declaration) = template.resources.get(instance.declaration) else {
            return Node::null(Span::file(template.source));
        };
        let _level = match self.fuel.enter() {
            Ok(level) => level,
            Err(limit) => return self.missing(Why::LimitReached(limit.into()), declaration.span),
        };
        let id = self.new_id(instance, declaration);
        *instance.id.borrow_mut() = Some(id.clone());
        id
    }

    fn new_id(&self, instance: &Rc<Instance>, declaration: &Declaration) -> Node {
        let span = declaration.span;
        if let What::Object(_) = &declaration.what {
            return Node::null(span);
        }
        let What::Resource { kind, .. } = &declaration.what else {
            let names = vec![self.written_name(instance)];
            let place = self.module_place(instance, declaration);
            return Node::id(ResourceId::within(&place.id(span), "Microsoft.Resources/deployments", names), span);
        };
        let names = self.segments(instance, declaration, kind);
        let (_, on) = self.standing(instance, declaration);
        match (names.first(), &on.value) {
            (Some(name), Value::Id(at)) if kind.eq_ignore_ascii_case(GROUP) => match &at.subscription {
                Some(subscription) => Node::id(ResourceId::of_group(subscription.clone(), name.clone()), span),
                None => Node::id(ResourceId::within(&on, kind, names), span),
            },
            (Some(name), _) if kind.eq_ignore_ascii_case(MANAGEMENT_GROUP) => {
                Node::id(ResourceId::of_management_group(name.clone()), span)
            }
            (Some(name), _) if kind.eq_ignore_ascii_case(SUBSCRIPTION) => {
                Node::id(ResourceId::of_subscription(name.clone()), span)
            }
            _ => Node::id(ResourceId::within(&on, kind, names), span),
        }
    }

    /// The scope of a resource as it is told, and as its id contains it.
    fn standing(&self, instance: &Instance, declaration: &Declaration) -> (Node, Node) {
        let place = &instance.scope.frame.place;
        let span = declaration.span;
        // Parents can go round in a circle.
        let _level = match self.fuel.enter() {
            Ok(level) => level,
            Err(limit) => {
                let lost = self.missing(Why::LimitReached(limit.into()), span);
                return (lost.clone(), lost);
            }
        };
        if let Some(Ok(parent)) = self.parent(instance, declaration) {
            let template = parent.template();
            if let Some(declaration) = template.resources.get(parent.declaration) {
                return self.standing(&parent, declaration);
            }
        }
        let Some(expr) = &declaration.scope else {
            let here = self.moved(instance, declaration).map_or_else(|| place.id(span), |place| place.id(span));
            return (here.clone(), here);
        };
        let scope = self.scope_value(instance, expr);
        match self.stands_on(place, &scope) {
            Standing::Container(place) => {
                let id = place.id(expr.span);
                (id.clone(), id)
            }
            Standing::Resource(node) => {
                let id = self.instance_of(&node).map_or_else(|| node.clone(), |on| self.id(&on));
                let told = match &node.value {
                    Value::Ref(reference) if reference.path.is_empty() => {
                        super::access::member(&node, &Node::text("id", expr.span), false, expr.span)
                    }
                    _ => node,
                };
                (told, id)
            }
            Standing::Unknown(node) => (node.clone(), node),
        }
    }

    /// The value of a scope; a symbolic name of an ARM template is looked up first.
    fn scope_value(&self, instance: &Instance, expr: &Expr) -> Node {
        let value = self.value(expr, &instance.names());
        let frame = &instance.scope.frame;
        match value.as_str().and_then(|text| frame.loaded.find(Kind::Resource, text)) {
            Some(at) => self.symbol(frame, at, expr.span),
            None => value,
        }
    }

    /// What a scope means; a declared resource group is a place.
    pub(super) fn stands_on(&self, place: &Place, scope: &Node) -> Standing {
        if let Some(instance) = self.instance_of(scope) {
            let id = self.id(&instance);
            if let Value::Id(at) = &id.value
                && at.is_container()
            {
                let Standing::Container(found) = place.standing(&id) else { return Standing::Unknown(scope.clone()) };
                let location = Node::reference(instance.address.clone(), &["location"], scope.span);
                return Standing::Container(Place { location, ..found });
            }
        }
        place.standing(scope)
    }

    /// The resource of an instance, with a body that nobody has read yet.
    pub(super) fn resource(&self, instance: &Rc<Instance>) -> Option<Resource> {
        let template = instance.template();
        let declaration = template.resources.get(instance.declaration)?;
        let What::Resource { kind, api_version } = &declaration.what else { return None };
        let id = self.id(instance);
        let name = match &id.value {
            Value::Id(id) if kind.eq_ignore_ascii_case(GROUP) => id.group.clone(),
            Value::Id(id) => id.names.last().cloned(),
            _ => None,
        };
        let (scope, _) = self.standing(instance, declaration);
        Some(Resource {
            address: instance.address.clone(),
            kind: kind.clone(),
            api_version: api_version.clone(),
            name: name.unwrap_or_else(|| self.written_name(instance)),
            id,
            scope,
            body: Node::unknown(Why::NotAnalysed(kind.clone()), declaration.body.span),
            origin: if declaration.existing { Origin::Existing } else { Origin::Declared },
            deployed: instance.deployed.clone(),
            declared: declaration.span,
            extent: declaration.extent,
            language: template.language,
        })
    }

    /// The object of an instance.
    pub(super) fn deployed_object(&self, instance: &Rc<Instance>) -> Option<Resource> {
        let template = instance.template();
        let declaration = template.resources.get(instance.declaration)?;
        let What::Object(kind) = &declaration.what else { return None };
        let api_version = kind.rsplit_once('/').map(|(api, _)| Arc::from(api));
        Some(Resource {
            address: instance.address.clone(),
            kind: kind.clone(),
            api_version,
            name: self.written_name(instance),
            id: Node::null(declaration.span),
            scope: Node::null(declaration.span),
            body: self.body(instance)?,
            origin: if declaration.existing { Origin::Existing } else { Origin::Declared },
            deployed: instance.deployed.clone(),
            declared: declaration.span,
            extent: declaration.extent,
            language: template.language,
        })
    }

    /// What is written in a resource.
    pub(super) fn body(&self, instance: &Instance) -> Option<Node> {
        let template = instance.template();
        let declaration = template.resources.get(instance.declaration)?;
        let body = self.bounded(self.value(&declaration.body, &instance.names()));
        Some(super::body::lifted(&body))
    }

    /// The scope of an old-style extension resource: its name begins with the resource that it stands on.
    pub(super) fn providers_scope(&self, kind: &str, name: &Node, place: &Place) -> Node {
        let count = kind.matches('/').count();
        let mut names = split_name(name, count + 2);
        names.truncate(count);
        match names.len() == count {
            true => Node::id(ResourceId::within(&place.id(name.span), kind, names), name.span),
            false => Node::unknown(reason(name), name.span),
        }
    }

    /// Declared resources and modules of a frame whose name is this one.
    pub(super) fn named(&self, frame: &Rc<Frame>, name: &Node, wanted: impl Fn(&What) -> bool) -> Option<Rc<Instance>> {
        let template = frame.loaded.template.clone();
        let name = canonical(name).to_ascii_lowercase();
        let mut found = template.resources.iter().enumerate().filter(|(_, declaration)| wanted(&declaration.what));
        found.find_map(|(at, _)| {
            let instances = self.unfold(frame, at);
            instances
                .iter()
                .find(|instance| canonical(&self.written_name(instance)).to_ascii_lowercase() == name)
                .cloned()
        })
    }
}

/// The name's segments between slashes, at most `wanted`; an unknown name of several segments gives derived unknowns.
pub fn split_name(name: &Node, wanted: usize) -> Vec<Node> {
    let pieces: &[Node] = match &name.value {
        Value::Concat(pieces) => pieces,
        _ => std::slice::from_ref(name),
    };
    let mut segments: Vec<Vec<Node>> = vec![Vec::new()];
    for piece in pieces {
        let parts = piece
            .as_str()
            .map(|text| text.split('/').map(|part| Node { value: Value::Str(part.into()), ..piece.clone() }).collect());
        for (at, part) in parts.unwrap_or_else(|| vec![piece.clone()]).into_iter().enumerate() {
            if at > 0 {
                segments.push(Vec::new());
            }
            if let Some(last) = segments.last_mut() {
                last.push(part);
            }
        }
    }
    let joined = |pieces: Vec<Node>| Node { trail: name.trail.clone(), ..Node::concat(pieces, name.span) };
    let mut names: Vec<Node> = segments.into_iter().map(joined).collect();
    if names.len() == 1 && wanted > 1 && name.as_str().is_none() && !matches!(name.value, Value::Concat(_)) {
        let part = |at: usize| super::access::derived(name, &Node::text(format!("segment{at}"), name.span), name.span);
        names = (0..wanted).map(part).collect();
    }
    names
}

/// The parts of an id between slashes, as `split(id, '/')` gives them.
pub fn split_id(id: &Node) -> Option<Node> {
    let pieces = id_pieces(id)?;
    Some(Node::list(split_name(&Node::concat(pieces, id.span), 1), id.span))
}
