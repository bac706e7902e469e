//! acrlint: can AKS pull these images from Azure Container Registry?
//!
//! Files become sources, sources become trees, trees become resources, resources become a world, pulls are judged in
//! that world, judgements are told. Each verb is one folder; text flows downwards only. `ARCHITECTURE.md` has the map.

pub mod finding;
pub mod ir;
pub mod frontend;
pub mod report;
pub mod source;
pub mod syntax;
