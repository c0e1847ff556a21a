//! Line protocol as the server reads it.
