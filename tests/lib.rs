//! The tests are in `integration`; here are the README's programs.
#![doc = include_str!("../README.md")]
