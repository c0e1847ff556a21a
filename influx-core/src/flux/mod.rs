//! Flux, the query language: how a value becomes part of a script.
//!
//! This room is pure: it makes text and trees, and sends nothing. It knows how each value is
//! written so that the server reads exactly that value; it does not know what a script means, and
//! reads no Flux.

#[cfg_attr(not(test), expect(dead_code, reason = "the rooms that write scripts come next"))]
pub(crate) mod literal;
