//! The `acrlint` command.
fn main() {}
