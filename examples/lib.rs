//! Nothing: this crate is its examples.
