//! Facts of the platform: data and pure functions, no reading and no writing.

pub mod abac;
pub mod cidr;
pub mod cloud;
pub mod guid;
pub mod image;
pub mod kinds;
pub mod names;
pub mod reference;
pub mod regions;
pub mod roles;
pub mod service_tags;
pub mod versions;

mod computed;

pub use computed::{computed, principal_of, takes_label};
