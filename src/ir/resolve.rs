//! Following references. (being written)

/// Properties that Azure computes.
pub type Computed = ();

/// Follows references.
pub struct Resolver<'a>(std::marker::PhantomData<&'a ()>);
