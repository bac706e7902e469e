//! The meeting point of all languages: ARM-shaped resources whose properties are partly known values.
//!
//! Front ends write it, `world` reads it. It knows no language, no rule and nothing of Azure beyond the shape of a
//! resource id.

mod condition;
mod id;
mod resolve;
mod resource;
mod same;
mod value;

pub use condition::{Assumption, Cond};
pub use id::{ResourceId, GROUP, MANAGEMENT_GROUP, SUBSCRIPTION};
pub use resolve::{Computed, Resolver};
pub use resource::{Address, Deployment, Gap, Hides, Key, Language, Origin, Resource, Step};
pub use same::{same, same_in, Case, Truth};
pub use value::{Choice, Entry, List, Map, Node, Ref, Sym, Target, Value, Why};
