//! What keeps nodes from reaching a registry; each kind has its rule.

use super::{filter, private, public};

/// Something in the way of nodes to a registry.
#[derive(Clone, Debug, PartialEq)]
pub enum Obstacle {
    /// On the public way (ACR301, ACR302, ACR309).
    Public(public::Fault),
    /// On the private way (ACR303, ACR304, ACR305, ACR306, ACR312).
    Private(private::Fault),
    /// What filters traffic (ACR307, ACR308, ACR313).
    Filter(filter::Fault),
}

impl Obstacle {
    /// The rule that reports it.
    pub fn rule(&self) -> &'static str {
        use {filter::Fault as Filter, private::Fault as Private, public::Fault as Public};
        match self {
            Obstacle::Public(Public::Shut(..)) => "ACR301",
            Obstacle::Public(Public::Outside(_) | Public::Never(_) | Public::Subnet(..)) => "ACR302",
            Obstacle::Public(Public::NoWayOut(..)) => "ACR309",
            Obstacle::Private(
                Private::Unlinked { .. }
                | Private::OtherZone { .. }
                | Private::Misnamed { .. }
                | Private::Foreign { .. }
                | Private::NoZone { .. },
            ) => "ACR303",
            Obstacle::Private(Private::NoRecord { .. }) => "ACR304",
            Obstacle::Private(Private::Apart { .. }) => "ACR305",
            Obstacle::Private(Private::Group { .. } | Private::Pending { .. } | Private::Astray { .. }) => "ACR306",
            Obstacle::Private(Private::Shared { .. }) => "ACR312",
            Obstacle::Filter(Filter::Denied(_)) => "ACR307",
            Obstacle::Filter(Filter::Stopped(_)) => "ACR308",
            Obstacle::Filter(Filter::Kept(_)) => "ACR313",
        }
    }
}
