//! Which way the nodes of a pool go to a registry, for whoever tells of it.

use super::{Leg, Reach};
use crate::world::knowledge::Judgement;
use crate::world::placement::Landing;

/// Where the name of the login server leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Lead {
    /// To the public address.
    Public,
    /// To private endpoints. Numbers are places in the world.
    Private {
        /// The zone that says so.
        zone: usize,
        /// Its link with the network of the nodes.
        link: usize,
        /// The endpoints.
        endpoints: Vec<usize>,
    },
    /// A proxy is asked instead.
    Proxy,
    /// To no address of the registry.
    Nowhere,
    /// Can't be told.
    Unknown,
}

/// The way of the nodes of one pool.
#[derive(Clone, Debug)]
pub struct Course {
    /// Where the name of the login server leads.
    pub lead: Lead,
    /// Whether the login server is reached, whatever becomes of the layers.
    pub login: Judgement,
}

/// The way of the nodes of one pool, and what stands in it.
#[derive(Clone, Copy, Debug)]
pub struct Road<'r> {
    /// The pool, by its place among those of the cluster.
    pub pool: usize,
    /// Which way.
    pub course: &'r Course,
    /// Whether it works.
    pub leg: &'r Leg,
}

impl Lead {
    /// The endpoints that it leads to.
    pub(super) fn endpoints(&self) -> &[usize] {
        match self {
            Lead::Private { endpoints, .. } => endpoints,
            _ => &[],
        }
    }
}

impl Reach {
    /// The ways of all pools, or of those on which pods land.
    pub(in crate::pull) fn roads(&self, landing: Option<&Landing>) -> Vec<Road<'_>> {
        let all = self.legs.iter().zip(&self.courses).enumerate();
        let lands = |pool: &usize| landing.is_none_or(|landing| landing.pools.contains(pool));
        all.filter(|(pool, _)| lands(pool)).map(|(pool, (leg, course))| Road { pool, course, leg }).collect()
    }
}
