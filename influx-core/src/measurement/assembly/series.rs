//! The fields of one series → its rows, by time.

use std::cmp::Ordering;

use crate::annotated_csv::{Cell, Composed, Datatype};
use crate::error::{Position, SeriesProblem};
use crate::measurement::CellError;
use crate::schema::{ColumnSchema, Role, Schema};

/// The rows of each field of one series, and how far they have been put together.
#[derive(Debug)]
pub(super) struct Series {
    fields: Box<[Field]>,
    /// The times of the field that came first.
    times: Times,
    first: Option<usize>,
    /// How a time compares with the one before it, in every field.
    order: Option<Ordering>,
}

/// The rows of one field.
#[derive(Debug)]
struct Field {
    schema: &'static ColumnSchema,
    /// The type of its table, if the series has one.
    datatype: Option<Datatype>,
    values: Texts,
    /// Its times, where they are not those of the field that came first.
    own: Times,
    shares: bool,
    /// The row that comes next.
    next: usize,
}

#[derive(Debug, Default)]
struct Times {
    nanos: Vec<i64>,
    texts: Texts,
    positions: Vec<Position>,
}

/// Texts, one behind the other.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Why a row cannot be one of its series.
pub(super) enum Refusal {
    Cell(CellError),
    Series(SeriesProblem),
}

/// A row at `time` lacks a field that the struct cannot do without.
pub(super) struct Lack {
    pub(super) column: &'static ColumnSchema,
    pub(super) time: String,
    pub(super) position: Position,
}

impl Series {
    pub(super) fn new(schema: &Schema) -> Self {
        let fields = schema.columns().filter(|column| column.role == Role::Field);
        Self {
            fields: fields.map(Field::new).collect(),
            times: Times::default(),
            first: None,
            order: None,
        }
    }

    /// Forgets all rows, not the memory that they took.
    pub(super) fn clear(&mut self) {
        self.fields.iter_mut().for_each(Field::clear);
        self.times.clear();
        self.first = None;
        self.order = None;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Whether fields of the struct are missing so far.
    pub(super) fn is_partial(&self) -> bool {
        self.fields.iter().any(|field| field.datatype.is_none())
    }

    /// Which of the struct's fields is called so.
    pub(super) fn find(&self, name: &[u8]) -> Option<usize> {
        self.fields.iter().position(|field| field.schema.name.as_bytes() == name)
    }

    /// Begins the rows of a field; one has them in one table.
    pub(super) fn begin(&mut self, index: usize, datatype: &Datatype) -> Result<(), SeriesProblem> {
        let field = &mut self.fields[index];
        if field.datatype.is_some() {
            return Err(SeriesProblem::FieldTwice { field: field.schema.name.into() });
        }
        field.datatype = Some(datatype.clone());
        field.shares = true;
        self.first.get_or_insert(index);
        Ok(())
    }

    /// Adds a row to a field. Without a time there can be but one.
    #[inline]
    pub(super) fn push(
        &mut self,
        index: usize,
        time: Option<Cell<'_>>,
        value: Cell<'_>,
        position: Position,
    ) -> Result<(), Refusal> {
        let field = &mut self.fields[index];
        let row = field.values.len();
        field.values.push(value.as_bytes());
        if self.first == Some(index) {
            return self.times.push(time, position, field.schema, &mut self.order);
        }
        if field.shares {
            if self.times.texts.get(row) == Some(text(time)) {
                return Ok(());
            }
            field.shares = false;
            field.own.copy(&self.times, row);
        }
        field.own.push(time, position, field.schema, &mut self.order)
    }

    /// The fields that the series has, with their types.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&'static str, &Datatype)> {
        self.fields.iter().filter_map(|field| Some((field.schema.name, field.datatype.as_ref()?)))
    }

    /// Adds the cells of the next row to `row`, its time first if it has one; gives its position.
    pub(super) fn next(
        &mut self,
        row: &mut Composed,
        timed: bool,
    ) -> Result<Option<Position>, Lack> {
        let descending = self.order == Some(Ordering::Less);
        let key =
            |(index, field): (usize, &Field)| Some((field.key(&self.times, descending)?, index));
        let Some((next, nearest)) = self.fields.iter().enumerate().filter_map(key).min() else {
            return Ok(None);
        };
        let at = self.fields[nearest].next;
        let (time, position) = self.moment(nearest, at);
        if timed {
            row.push(time);
        }
        for field in self.fields.iter_mut().filter(|field| field.datatype.is_some()) {
            if field.key(&self.times, descending) == Some(next) {
                row.push(field.values.get(field.next).unwrap_or_default());
                field.next += 1;
            } else if field.schema.optional {
                row.push(b"");
            } else {
                let column = field.schema;
                let (time, _) = self.moment(nearest, at);
                let time = String::from_utf8_lossy(time).into_owned();
                return Err(Lack { column, time, position });
            }
        }
        Ok(Some(position))
    }

    /// The time of a row of a field, and where in the reply it is.
    fn moment(&self, index: usize, row: usize) -> (&[u8], Position) {
        let times = self.fields[index].times(&self.times);
        (times.texts.get(row).unwrap_or_default(), times.positions[row])
    }
}

impl Field {
    fn new(schema: &'static ColumnSchema) -> Self {
        Self {
            schema,
            datatype: None,
            values: Texts::default(),
            own: Times::default(),
            shares: false,
            next: 0,
        }
    }

    fn clear(&mut self) {
        self.datatype = None;
        self.values.clear();
        self.own.clear();
        self.shares = false;
        self.next = 0;
    }

    fn times<'t>(&'t self, shared: &'t Times) -> &'t Times {
        if self.shares { shared } else { &self.own }
    }

    /// The time of the next row, as a number that grows from row to row.
    #[inline]
    fn key(&self, shared: &Times, descending: bool) -> Option<i64> {
        if self.next == self.values.len() {
            return None;
        }
        let nanos = *self.times(shared).nanos.get(self.next)?;
        Some(if descending { !nanos } else { nanos })
    }
}

impl Times {
    fn push(
        &mut self,
        time: Option<Cell<'_>>,
        position: Position,
        field: &ColumnSchema,
        order: &mut Option<Ordering>,
    ) -> Result<(), Refusal> {
        let nanos = match time {
            Some(time) => {
                let nanos = time.time().map_err(|error| Refusal::Cell(error.in_column("_time")))?;
                nanos.as_nanos()
            }
            None => 0,
        };
        if let Some(before) = self.nanos.last() {
            let found = nanos.cmp(before);
            if found == Ordering::Equal || *order.get_or_insert(found) != found {
                return Err(Refusal::Series(SeriesProblem::out_of_order(
                    text(time),
                    found,
                    field.name.into(),
                )));
            }
        }
        self.nanos.push(nanos);
        self.texts.push(text(time));
        self.positions.push(position);
        Ok(())
    }

    /// Takes over the first rows of `other`.
    fn copy(&mut self, other: &Self, rows: usize) {
        self.nanos.extend_from_slice(&other.nanos[..rows]);
        self.positions.extend_from_slice(&other.positions[..rows]);
        (0..rows).filter_map(|row| other.texts.get(row)).for_each(|text| self.texts.push(text));
    }

    fn clear(&mut self) {
        self.nanos.clear();
        self.texts.clear();
        self.positions.clear();
    }
}

impl Texts {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }

    #[inline]
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

fn text<'r>(time: Option<Cell<'r>>) -> &'r [u8] {
    time.map_or(&[], |time| time.as_bytes())
}
