//! Pipelines over the stored points, and annotated CSV.

mod condition;
