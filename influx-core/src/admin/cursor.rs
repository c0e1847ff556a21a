//! Where a list goes on.

use std::collections::HashSet;

use super::list::sealed;
use crate::time::Timestamp;

/// How the rest of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub enum Paging {
    /// There is no rest.
    None,
    /// By how many items there were; so many at once at most.
    Offset(usize),
    /// By the last items; so many at once at most.
    After(usize),
    /// By the time of the earliest item, since the latest come first; so many at once at most.
    Before(usize),
}

/// After so many pages in a row without anything new there is no other.
const EMPTY_PAGES: u32 = 10;

#[derive(Debug, Default)]
pub(super) struct Cursor {
    pub(super) offset: usize,
    pub(super) after: Option<String>,
    /// What `after` is at first.
    pub(super) start: Option<String>,
    /// Whether as much is asked for at once as the server gives.
    pub(super) is_wide: bool,
    pub(super) before: Option<Timestamp>,
    empty_pages: u32,
    shows_all: bool,
    pub(super) is_done: bool,
}

impl Cursor {
    /// Goes on behind a page of so many items at most, of which `new` had not come before.
    pub(super) fn turn<T: sealed::Item>(&mut self, page: &[T], limit: usize, new: usize) {
        self.shows_all |= page.iter().any(T::shows_all);
        // With a filter the server may give the same page at every offset.
        self.empty_pages = if new == 0 { self.empty_pages + 1 } else { 0 };
        // A page begins within the one before it, so that deletions do not push items past it.
        self.offset += limit - limit / 10;
        self.is_done = match T::PAGING {
            Paging::None => true,
            Paging::Offset(_) => {
                self.empty_pages == EMPTY_PAGES || (self.shows_all && page.len() < limit)
            }
            Paging::After(_) => !self.turn_on(page, new),
            Paging::Before(_) => !self.turn_back(page, limit, new),
        };
    }

    /// Whether a page follows on what came before it. The server leaves out the first item behind `after`,
    /// taking it for that one, also when that one is deleted; so each page is to begin with an item that has
    /// come already. If none does, the list is walked through again, to what has not come.
    pub(super) fn joins<T: sealed::Item>(&mut self, page: &[T], seen: &HashSet<String>) -> bool {
        let is_first = !matches!(T::PAGING, Paging::After(_)) || self.after == self.start;
        if is_first || page.first().is_some_and(|item| seen.contains(item.key())) {
            return true;
        }
        self.after.clone_from(&self.start);
        self.is_wide = true;
        false
    }

    /// Goes on with the last of a page; whether there may be something.
    fn turn_on<T: sealed::Item>(&mut self, page: &[T], new: usize) -> bool {
        let before_last = page.len().checked_sub(2).map(|at| page[at].key().to_owned());
        let has_moved = before_last.is_some() && before_last != self.after;
        if has_moved {
            self.after = before_last;
        }
        // A token that does not see what comes next may see what is behind that.
        let goes_on = new > 0 || has_moved || !self.is_wide;
        self.is_wide = new == 0;
        goes_on
    }

    /// Goes on with what is earlier; whether there may be something.
    fn turn_back<T: sealed::Item>(&mut self, page: &[T], limit: usize, new: usize) -> bool {
        const SECOND: i64 = 1_000_000_000;
        let Some(earliest) = page.iter().filter_map(T::time).min() else { return false };
        // There may be more of the same second, unless all of them were here already.
        let same = Timestamp::from_nanos(earliest.as_nanos().saturating_add(SECOND));
        let next = Some(if new > 0 { same } else { earliest });
        let goes_on = page.len() >= limit && (new > 0 || self.before != next);
        self.before = next;
        goes_on
    }
}
