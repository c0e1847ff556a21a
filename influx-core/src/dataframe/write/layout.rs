//! Which column goes where: settled once for a frame.

use std::collections::BTreeSet;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame, DataType, PolarsError, Series};

use super::cells::{self, Cells};
use super::field::{self, Field};
use super::zone::Zone;
use crate::error::{FrameCause, Result};
use crate::line_protocol::{KeyRole, Named, Piece, Plan, PlannedTag, Time as TimeRule, field_text};
use crate::schema::ValueType;
use crate::time::Precision;

/// What the rows of a frame become.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) measurement: Measurement,
    /// In the order of their names on the server.
    pub(super) tags: Vec<Tag>,
    /// In the order of their names on the server.
    pub(super) fields: Vec<Field>,
    pub(super) time: Time,
    pub(super) skips_non_finite: bool,
    /// The length of the longest field's `,key=`.
    pub(super) longest_field: usize,
}

#[derive(Debug)]
pub(super) enum Measurement {
    /// As it stands in a line.
    Fixed(Piece),
    Column(String),
}

#[derive(Debug)]
pub(super) struct Tag {
    /// Of the column; of one that is a default alone, its own.
    pub(super) name: String,
    /// `,key=`
    pub(super) text: Piece,
    /// Its value where the column has none.
    pub(super) default: Option<String>,
}

#[derive(Debug)]
pub(super) enum Time {
    Server,
    Column {
        column: String,
        /// How many nanoseconds an integer counts.
        nanos: i64,
        /// The zone of texts without an offset.
        zone: Option<Arc<Zone>>,
        or_server: bool,
    },
}

/// Rows whose cells are neighbours in memory, in every column.
#[derive(Debug)]
pub(super) struct Segment {
    /// The place of its first row in the frame.
    pub(super) first: usize,
    pub(super) rows: usize,
    pub(super) measurement: Cells,
    pub(super) tags: Vec<Cells>,
    pub(super) fields: Vec<Cells>,
    pub(super) time: Cells,
    /// Whether its rows are [quick lines](super::quick), as long as nothing is wrong with them.
    pub(super) is_quick: bool,
}

/// A column as its cells are read.
#[derive(Debug)]
struct Source {
    dtype: DataType,
    /// `None` where there is no such column, so that all its cells are null.
    cells: Option<Series>,
}

/// The columns of the frame in the order of the layout.
#[derive(Debug)]
struct Sources {
    measurement: Source,
    tags: Vec<Source>,
    fields: Vec<Source>,
    time: Source,
}

/// Takes the columns of one frame.
struct Planner<'p> {
    plan: &'p Plan,
    frame: &'p DataFrame,
}

pub(super) fn plan(plan: &Plan, frame: &DataFrame) -> Result<(Layout, Vec<Segment>)> {
    let planner = Planner { plan, frame };
    planner.check_names()?;
    let zone = plan.zone.as_deref().map(Zone::named).transpose()?.map(Arc::new);
    let (measurement, name) = planner.measurement()?;
    let (tags, tag_columns) = planner.tags()?;
    let (fields, field_columns) = planner.fields()?;
    let (time, times) = planner.time(zone.clone())?;
    let sources =
        Sources { measurement: name, tags: tag_columns, fields: field_columns, time: times };
    let mut segments = sources.segments(frame.height(), zone.as_ref())?;
    let longest_field = fields.iter().map(|field| field.text.as_bytes().len()).max().unwrap_or(0);
    let skips_non_finite = plan.skips_non_finite;
    let layout = Layout { measurement, tags, fields, time, skips_non_finite, longest_field };
    for segment in &mut segments {
        segment.is_quick = layout.is_quick(segment);
    }
    Ok((layout, segments))
}

impl Planner<'_> {
    fn columns(&self) -> Vec<String> {
        self.frame.columns().iter().map(|column| column.name().to_string()).collect()
    }

    fn find(&self, column: &str) -> Option<&Column> {
        self.frame.columns().iter().find(|other| other.name() == column)
    }

    /// Makes sure that the frame has the columns that the mapping names.
    fn check_names(&self) -> Result<()> {
        let plan = self.plan;
        let server_time = matches!(plan.time, TimeRule::Key { or_server: true, .. });
        let may_lack = |role| match role {
            KeyRole::Measurement => false,
            KeyRole::Tag | KeyRole::Field => plan.allows_missing,
            KeyRole::Time => plan.allows_missing && server_time,
            KeyRole::Ignored => true,
        };
        for key in plan.keys.iter().filter(|key| !may_lack(key.role)) {
            if self.find(&key.name).is_none() {
                let (column, columns) = (key.name.clone(), self.columns());
                let may_be_allowed = matches!(key.role, KeyRole::Tag | KeyRole::Field);
                return Err(FrameCause::NoColumn { column, columns, may_be_allowed }.into());
            }
        }
        Ok(())
    }

    /// The cells of a named column; nulls where there is none.
    fn source(&self, column: &str, place: &'static str, remedy: &'static str) -> Result<Source> {
        let Some(found) = self.find(column) else { return Ok(Source::NONE) };
        let dtype = found.dtype().clone();
        let Some(cells) = cells::canonical(found.as_materialized_series()) else {
            return Err(wrong_type(column, &dtype, place, remedy));
        };
        Ok(Source { dtype, cells: Some(cells.map_err(|reason| unreadable(column, &reason))?) })
    }

    fn measurement(&self) -> Result<(Measurement, Source)> {
        let place = match &self.plan.measurement {
            Named::Fixed(text) => return Ok((Measurement::Fixed(Piece::new(text)), Source::NONE)),
            Named::Key(place) => *place,
        };
        let column = &self.plan.keys[place].name;
        let (place, remedy) = ("the measurement", "name a column of texts");
        let source = self.source(column, place, remedy)?;
        match source.dtype {
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) | DataType::Null => {
                Ok((Measurement::Column(column.clone()), source))
            }
            _ => Err(wrong_type(column, &source.dtype, place, remedy)),
        }
    }

    fn tags(&self) -> Result<(Vec<Tag>, Vec<Source>)> {
        let tag = |tag: &PlannedTag| {
            let column = tag.key.map(|place| &self.plan.keys[place].name);
            let source = column.map_or(Ok(Source::NONE), |column| self.tag_source(column))?;
            let name = column.unwrap_or(&tag.stored).clone();
            Ok((Tag { name, text: Piece::new(&tag.text), default: tag.default.clone() }, source))
        };
        let tags: Result<Vec<_>> = self.plan.tags.iter().map(tag).collect();
        Ok(tags?.into_iter().unzip())
    }

    fn tag_source(&self, column: &str) -> Result<Source> {
        let (place, remedy) = (
            "a tag",
            "make it a field, or cast it to a string with polars; tags are texts, integers and \
             booleans",
        );
        let source = self.source(column, place, remedy)?;
        let dtype = &source.dtype;
        let is_text = matches!(
            dtype,
            DataType::String | DataType::Categorical(..) | DataType::Enum(..) | DataType::Null
        );
        if is_text || dtype.is_bool() || dtype.is_integer() {
            return Ok(source);
        }
        Err(wrong_type(column, dtype, place, remedy))
    }

    fn fields(&self) -> Result<(Vec<Field>, Vec<Source>)> {
        let mut fields = Vec::new();
        for column in self.frame.columns() {
            let name = column.name().as_str();
            let key = self.plan.find(name).map(|place| &self.plan.keys[place]);
            if key.map_or(self.plan.others, |key| key.role) != KeyRole::Field {
                continue;
            }
            let (stored, text) = match key {
                Some(key) => (key.stored.clone(), key.text.clone()),
                None => {
                    self.plan.may_be_stored(name)?;
                    (name.to_owned(), field_text(name)?)
                }
            };
            let remedy = "leave it out with `ignore`, or make a column of its parts with polars";
            let source = self.source(name, "a field", remedy)?;
            let float = || self.as_float(&source.dtype);
            let asked = key.and_then(|key| key.stored_type).or_else(float);
            let stored_type = field::stored_type(name, &source.dtype, asked)?;
            let skips_non_finite = self.plan.skips_non_finite;
            let text = Piece::new(&text);
            let field =
                Field { name: name.to_owned(), text, stored: stored_type, skips_non_finite };
            fields.push((stored, field, source));
        }
        if fields.is_empty() {
            return Err(FrameCause::NoField { columns: self.columns() }.into());
        }
        fields.sort_by(|(left, ..), (right, ..)| left.cmp(right));
        Ok(fields.into_iter().map(|(_, field, source)| (field, source)).unzip())
    }

    /// The type of numbers that the mapping says nothing else of.
    fn as_float(&self, dtype: &DataType) -> Option<ValueType> {
        (self.plan.floats && dtype.is_integer()).then_some(ValueType::Float)
    }

    fn time(&self, zone: Option<Arc<Zone>>) -> Result<(Time, Source)> {
        let TimeRule::Key { key: column, unit, or_server } = &self.plan.time else {
            return Ok((Time::Server, Source::NONE));
        };
        let (place, remedy) =
            ("the time", "name a column of dates, datetimes, RFC 3339 texts or integers");
        let source = self.source(column, place, remedy)?;
        let dtype = &source.dtype;
        match dtype {
            DataType::Date
            | DataType::Datetime(..)
            | DataType::Null
            | DataType::String
            | DataType::Categorical(..)
            | DataType::Enum(..) => {}
            _ if !dtype.is_integer() => return Err(wrong_type(column, dtype, place, remedy)),
            _ if unit.is_none() => {
                let remedy = "say what its integers count, with `time_in`";
                return Err(wrong_type(column, dtype, place, remedy));
            }
            _ => {}
        }
        let nanos = unit.unwrap_or(Precision::Nanoseconds).nanos();
        let (column, or_server) = (column.clone(), *or_server);
        Ok((Time::Column { column, nanos, zone, or_server }, source))
    }
}

impl Source {
    const NONE: Self = Self { dtype: DataType::Null, cells: None };

    /// The places of the frame at which its chunks begin.
    fn starts(&self) -> impl Iterator<Item = usize> {
        let chunks = self.cells.iter().flat_map(|cells| cells.chunks());
        chunks.scan(0, |start, chunk| {
            let own = *start;
            *start += chunk.len();
            Some(own)
        })
    }

    fn segment(&self, first: usize, rows: usize, zone: Option<&Arc<Zone>>) -> Result<Cells> {
        let Some(column) = &self.cells else { return Ok(Cells::Null) };
        let refuse = |reason: &PolarsError| unreadable(column.name(), reason);
        let offset = i64::try_from(first).unwrap_or(i64::MAX);
        let part = column.slice(offset, rows);
        Cells::of(&part, &self.dtype, zone).map_err(|reason| refuse(&reason))
    }
}

impl Sources {
    /// More chunks than this are made one, which copies the columns but spares a lookup each.
    const MOST_SEGMENTS: usize = 1_024;

    fn all(&mut self) -> impl Iterator<Item = &mut Source> {
        let lists = self.tags.iter_mut().chain(&mut self.fields);
        lists.chain([&mut self.measurement, &mut self.time])
    }

    fn starts(&mut self) -> BTreeSet<usize> {
        self.all().flat_map(|source| source.starts().collect::<Vec<_>>()).collect()
    }

    /// Cuts the columns wherever a chunk of one of them begins, so that nothing is copied.
    fn segments(mut self, rows: usize, zone: Option<&Arc<Zone>>) -> Result<Vec<Segment>> {
        let mut starts = self.starts();
        if starts.len() > Self::MOST_SEGMENTS {
            for cells in self.all().filter_map(|source| source.cells.as_mut()) {
                *cells = cells.rechunk();
            }
            starts = BTreeSet::new();
        }
        starts.insert(0);
        // Empty chunks begin where others do, or at the end.
        let starts: Vec<_> = starts.into_iter().filter(|start| *start < rows).collect();
        let ends = starts.iter().skip(1).copied().chain([rows]);
        starts
            .iter()
            .zip(ends)
            .map(|(start, end)| self.segment(*start, end - start, zone))
            .collect()
    }

    fn segment(&self, first: usize, rows: usize, zone: Option<&Arc<Zone>>) -> Result<Segment> {
        let cells = |source: &Source| source.segment(first, rows, zone);
        Ok(Segment {
            first,
            rows,
            measurement: cells(&self.measurement)?,
            tags: self.tags.iter().map(cells).collect::<Result<_>>()?,
            fields: self.fields.iter().map(cells).collect::<Result<_>>()?,
            time: cells(&self.time)?,
            is_quick: false,
        })
    }
}

fn wrong_type(
    column: &str,
    dtype: &DataType,
    place: &'static str,
    remedy: &'static str,
) -> crate::Error {
    FrameCause::Type { column: column.to_owned(), dtype: dtype.to_string(), place, remedy }.into()
}

fn unreadable(column: &str, reason: &PolarsError) -> crate::Error {
    FrameCause::Conversion { column: column.to_owned(), reason: reason.to_string() }.into()
}
