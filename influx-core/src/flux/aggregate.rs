//! Aggregations: what they are called, of which fields, and what becomes of the columns.

use super::literal;
use super::pipeline::{Pipeline, columns};
use super::selection::{Selection, pivot, rename};
use crate::error::{Result, SelectCause};
use crate::schema::{ColumnSchema, FIELD_LAST, ValueType};
use crate::time::TimeRange;

/// What is made of the points of each series, or of each group of series.
#[derive(Debug, Clone)]
pub(crate) struct Aggregation {
    pub(crate) function: Function,
    /// Those that are aggregated; none for all that can be.
    pub(crate) fields: Option<Vec<&'static str>>,
    /// The tags by which series are put together; none for each series by itself.
    pub(crate) group: Option<Vec<&'static str>>,
    pub(crate) window: Option<Window>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Function {
    Count,
    Sum,
    Mean,
    Min,
    Max,
    First,
    Last,
    Spread,
    Stddev,
    Quantile(f64),
}

/// Spans of equal length, each of which is aggregated by itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    /// In nanoseconds.
    pub(crate) every: Option<i64>,
    pub(crate) offset: i64,
    pub(crate) creates_empty: bool,
    /// Whether a row has the time at which its window starts, instead of the one at which it ends.
    pub(crate) by_start: bool,
}

impl Window {
    /// Makes sure that the server can make these windows of a range.
    pub(crate) fn check(self, range: &TimeRange) -> Result<()> {
        match self.every {
            None => Err(SelectCause::NoSpan.into()),
            Some(..=0) => Err(SelectCause::EmptySpan.into()),
            // The server would make them until its memory is full.
            Some(_) if self.creates_empty && !range.is_bounded() => {
                Err(SelectCause::EndlessWindows.into())
            }
            Some(_) => Ok(()),
        }
    }
}

impl Function {
    /// Whether it is defined for the values of a field.
    fn takes(self, value_type: ValueType) -> bool {
        use ValueType::{Float, Integer, Unsigned};
        match self {
            Self::Count | Self::First | Self::Last => true,
            Self::Quantile(_) => value_type == Float,
            Self::Sum | Self::Mean | Self::Min | Self::Max | Self::Spread | Self::Stddev => {
                matches!(value_type, Float | Integer | Unsigned)
            }
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
            Self::First => "first",
            Self::Last => "last",
            Self::Spread => "spread",
            Self::Stddev => "stddev",
            Self::Quantile(_) => "quantile",
        }
    }

    /// What it is called in the API.
    fn spoken(self) -> &'static str {
        match self {
            Self::Quantile(q) if q.to_bits() == 0.5_f64.to_bits() => "median",
            other => other.name(),
        }
    }

    /// Whether it picks a row, with all of its columns.
    const fn is_selector(self) -> bool {
        matches!(self, Self::Min | Self::Max | Self::First | Self::Last)
    }

    /// Whether the server applies it where it reads.
    const fn can_be_pushed_down(self) -> bool {
        matches!(
            self,
            Self::Count | Self::Sum | Self::Mean | Self::Min | Self::Max | Self::First | Self::Last
        )
    }

    /// The call on a column.
    fn call(self, column: &str) -> String {
        let mut out = format!("{}(", self.name());
        self.arguments(&mut out);
        if column != "_value" {
            out.push_str(if out.ends_with('(') { "column: " } else { ", column: " });
            literal::string(column, &mut out);
        }
        out.push(')');
        out
    }

    fn arguments(self, out: &mut String) {
        if let Self::Quantile(q) = self {
            out.push_str("q: ");
            literal::float(q, out);
            out.push_str(", method: \"exact_mean\"");
        }
    }

    /// As the argument `fn` of `aggregateWindow`.
    fn as_argument(self) -> String {
        let mut arguments = String::new();
        self.arguments(&mut arguments);
        if arguments.is_empty() {
            return self.name().to_owned();
        }
        format!("(column, tables=<-) => tables |> {}({arguments}, column: column)", self.name())
    }
}

impl Aggregation {
    /// Those of the struct that are aggregated.
    pub(super) fn fields(&self, selection: &Selection) -> Result<Vec<&'static str>> {
        let takes = |field: &&ColumnSchema| self.function.takes(field.value_type);
        let fields: Vec<_> = match &self.fields {
            None => selection.fields().filter(takes).map(|field| field.name).collect(),
            Some(wanted) => {
                let wanted = |field: &&ColumnSchema| wanted.contains(&field.name);
                let chosen: Vec<_> = selection.fields().filter(wanted).collect();
                if let Some(field) = chosen.iter().find(|field| !takes(field)) {
                    return Err(SelectCause::NotDefined {
                        function: self.function.spoken(),
                        field: field.name,
                        rust_type: field.rust_type,
                    }
                    .into());
                }
                chosen.into_iter().map(|field| field.name).collect()
            }
        };
        if fields.is_empty() {
            return Err(SelectCause::NothingToAggregate { function: self.function.spoken() }.into());
        }
        Ok(fields)
    }

    /// Aggregates the column, and names what comes out like the fields.
    pub(super) fn add_to(&self, pipeline: &mut Pipeline, column: &str, fields: &[&str]) {
        self.add_group(pipeline, column);
        match self.window {
            Some(window) => self.add_window(window, pipeline, column),
            None => pipeline.add(self.function.call(column), self.can_be_pushed_down()),
        }
        if let (Some(tags), true) = (&self.group, self.function.is_selector()) {
            // A row that is picked has all tags of its series.
            let own = ["_time", "_field", column];
            pipeline.then(columns("keep", tags.iter().copied().chain(own), ""));
        }
        match fields {
            _ if column != "_value" => {}
            [field] => rename(pipeline, "_value", field),
            _ if self.window.is_some() => pivot(pipeline, "_time"),
            _ => self.one_row(pipeline),
        }
    }

    fn add_group(&self, pipeline: &mut Pipeline, column: &str) {
        let Some(tags) = &self.group else { return };
        // Without a pivot the points of several fields are told apart by this column.
        let field = (column == "_value").then_some("_field");
        pipeline.add(columns("group", field.into_iter().chain(tags.iter().copied()), ""), true);
        let by_order = self.window.is_some() || !pipeline.is_pushed_down();
        if by_order && matches!(self.function, Function::First | Function::Last) {
            pipeline.then(columns("sort", ["_time"], ""));
        }
    }

    fn can_be_pushed_down(&self) -> bool {
        // A mean of several series is not.
        let is_grouped_mean = self.group.is_some() && self.function == Function::Mean;
        self.function.can_be_pushed_down() && !is_grouped_mean
    }

    /// The values of all fields of a series in one row, whenever each of them was.
    fn one_row(&self, pipeline: &mut Pipeline) {
        if self.function.is_selector() {
            pipeline.then(columns("drop", ["_time"], ""));
        }
        let mut row = String::new();
        literal::string(FIELD_LAST, &mut row);
        pipeline.then(format!("set(key: {row}, value: \"\")"));
        pivot(pipeline, FIELD_LAST);
        pipeline.then(columns("drop", [FIELD_LAST], ""));
    }

    fn add_window(&self, window: Window, pipeline: &mut Pipeline, column: &str) {
        let mut text = String::from("aggregateWindow(every: ");
        literal::duration(window.every.unwrap_or_default(), &mut text);
        if window.offset != 0 {
            text.push_str(", offset: ");
            literal::duration(window.offset, &mut text);
        }
        text.push_str(", fn: ");
        text.push_str(&self.function.as_argument());
        if column != "_value" {
            text.push_str(", column: ");
            literal::string(column, &mut text);
        }
        if window.by_start {
            text.push_str(", timeSrc: \"_start\"");
        }
        text.push_str(", createEmpty: ");
        literal::boolean(window.creates_empty, &mut text);
        text.push(')');
        let of_series = column == "_value" && self.group.is_none();
        pipeline.add(text, of_series && self.function.can_be_pushed_down());
    }
}
