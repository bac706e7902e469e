//! Facts of the platform: data and pure functions, no reading and no writing.

pub mod image;
pub mod kinds;
pub mod names;
pub mod roles;

mod computed;

pub use computed::{computed, principal_of};
