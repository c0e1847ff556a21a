/// How annotated CSV is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) header: bool,
    pub(crate) delimiter: u8,
    pub(crate) annotations: Vec<Annotation>,
}

/// A row that says something of the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Annotation {
    Datatype,
    Group,
    Default,
}
