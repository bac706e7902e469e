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
