//! The Bicep language, `.bicep` and `.bicepparam`: text becomes a spanned syntax tree. Nothing in here fails: a
//! declaration that breaks the grammar is kept as lost, with its place, and the next one goes on.

pub mod ast;
mod lexer;
mod parser;

pub use parser::parse;
