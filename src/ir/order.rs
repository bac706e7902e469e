//! Which declarations of a deployment wait for which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Address, Truth};

/// What waits for what, by names: addresses without keys, and whatever leads from one to the other.
#[derive(Clone, Debug, Default)]
pub struct Order {
    waits: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    lost: BTreeSet<Arc<str>>,
}

impl Order {
    /// `later` waits for `earlier`.
    pub fn put(&mut self, later: &str, earlier: impl Into<Arc<str>>) {
        self.waits.entry(later.into()).or_default().insert(earlier.into());
    }

    /// What this one waits for can't be read.
    pub fn lose(&mut self, name: impl Into<Arc<str>>) {
        self.lost.insert(name.into());
    }

    /// What waits for what, in order: the later one first.
    pub fn waits(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        self.waits.iter().flat_map(|(later, all)| all.iter().map(move |earlier| (later, earlier)))
    }

    /// Those of which can't be read what they wait for, in order.
    pub fn lost(&self) -> impl Iterator<Item = &Arc<str>> {
        self.lost.iter()
    }

    /// How many names wait for something.
    pub fn len(&self) -> usize {
        self.waits.len()
    }

    /// Whether nothing waits for anything.
    pub fn is_empty(&self) -> bool {
        self.waits.is_empty()
    }

    /// Whether `later` waits for `earlier`, if only by way of others.
    pub fn follows(&self, later: &Address, earlier: &Address) -> Truth {
        let to = earlier.without_keys();
        let mut from: Arc<str> = later.without_keys().into();
        // What a declaration makes besides itself waits as it does.
        if let (false, Some((_, around))) = (self.waits.contains_key(&from), later.path.split_last()) {
            from = Address { root: later.root.clone(), path: around.to_vec() }.without_keys().into();
        }
        let (mut waiting, mut seen) = (vec![&from], BTreeSet::from([&from]));
        let mut lost = false;
        while let Some(at) = waiting.pop() {
            if to.strip_prefix(&**at).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
                return Truth::Yes;
            }
            lost |= self.lost.contains(at);
            let next = self.waits.get(at).into_iter().flatten().filter(|next| seen.insert(next));
            waiting.extend(next.collect::<Vec<_>>());
        }
        if lost { Truth::Unknown } else { Truth::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &[&str]) -> Address {
        path.iter().fold(Address::root("."), |address, step| address.child(*step, None))
    }

    #[test]
    fn waiting_goes_by_way_of_others() {
        let mut order = Order::default();
        order.put("b.x", "module.m.output.id");
        order.put("module.m.output.id", "module.m.a.y");
        order.put("module.m.a.y", "b.x");
        order.put("c.z", "local.q");
        order.lose("local.q");
        assert_eq!(order.follows(&at(&["b.x"]), &at(&["module.m", "a.y"])), Truth::Yes);
        assert_eq!(order.follows(&at(&["b.x", "values"]), &at(&["module.m", "a.y", "nested"])), Truth::Yes);
        assert_eq!(order.follows(&at(&["b.x"]), &at(&["c.z"])), Truth::No);
        assert_eq!(order.follows(&at(&["c.z"]), &at(&["b.x"])), Truth::Unknown);
    }
}
