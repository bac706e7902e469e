//! acrlint: can AKS pull these images from Azure Container Registry?
//!
//! Files become sources, sources become trees, trees become resources, resources become a world, pulls are judged in
//! that world, judgements are told. Each verb is one folder; text flows downwards only. `ARCHITECTURE.md` has the map.

// Tests cut texts that they wrote themselves.
#![cfg_attr(test, allow(clippy::string_slice))]

pub mod azure;
pub mod baseline;
pub mod cli;
pub mod diff;
pub mod discover;
pub mod edit;
pub mod facts;
pub mod finding;
pub mod frontend;
pub mod inert;
pub mod ir;
pub mod pull;
pub mod replace;
pub mod report;
pub mod rules;
pub mod run;
pub mod settings;
pub mod source;
pub mod suggestion;
pub mod suppress;
pub mod syntax;
pub mod tell;
pub mod world;

pub use run::{Linted, lint};
pub use world::Outlook;
