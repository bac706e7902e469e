//! The meeting point of all languages: ARM-shaped resources whose properties are partly known values.
//!
//! Front ends write it, `world` reads it. It knows no language, no rule and nothing of Azure beyond the shape of a
//! resource id.

mod assume;
mod condition;
mod delivery;
mod id;
mod identical;
mod imperative;
mod names;
mod order;
mod outline;
pub mod placeholder;
mod resolve;
mod resource;
mod same;
mod shown;
mod value;

pub use condition::{Assumption, Cond};
pub use delivery::{Aim, Delivery, Edit, Layer, Parcel, Part, Site};
pub use id::{GROUP, MANAGEMENT_GROUP, ResourceId, SUBSCRIPTION};
pub use imperative::{Imperative, Makes};
pub(crate) use names::shape;
pub use order::Order;
pub use resolve::{Computed, Resolver};
pub use resource::{Address, Deployment, Fate, Former, Gap, Hides, Key, Language, Origin, Resource, Step};
pub use same::{Case, Truth, same, same_in};
pub use shown::{REWRITTEN, shown};
pub use value::{ADDED, COMPUTED_KEY, Choice, Entry, List, Map, Node, Ref, Sym, Target, Value, Why};
