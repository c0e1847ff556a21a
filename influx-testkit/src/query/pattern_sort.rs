//! The unstable sort of Go's standard library, down to the order of equal items.
//!
//! Storage sorts series by group with it, and a group's rows come in the order that it leaves. Up to
//! twelve items it is an insertion sort, which is stable; above, a quicksort that looks for
//! patterns (pdqsort).

/// Up to this many items are sorted by insertion.
const SMALL: usize = 12;
/// Items in a nearly sorted slice that are put right before it counts as not sorted.
const REPAIRS: usize = 5;
/// From this size on the pivot is the median of three medians, and repairs are worth while.
const LARGE: usize = 50;

/// Sorts as Go's `sort.Slice` does.
pub(super) fn sort<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let end = items.len();
    let limit = usize::BITS - end.leading_zeros();
    Sorter { items, less }.quicksort(0, end, limit);
}

struct Sorter<'a, T, L> {
    items: &'a mut [T],
    less: L,
}

/// What the choice of a pivot says of a slice.
#[derive(PartialEq)]
enum Hint {
    Increasing,
    Decreasing,
    Unknown,
}

impl<T, L: Fn(&T, &T) -> bool> Sorter<'_, T, L> {
    fn less(&self, a: usize, b: usize) -> bool {
        (self.less)(&self.items[a], &self.items[b])
    }

    /// `limit` is the number of bad pivots after which a heap must do.
    fn quicksort(&mut self, mut start: usize, mut end: usize, mut limit: u32) {
        let (mut balanced, mut partitioned) = (true, true);
        loop {
            let length = end - start;
            if length <= SMALL {
                return self.insertion_sort(start, end);
            }
            if limit == 0 {
                return self.heap_sort(start, end);
            }
            if !balanced {
                self.break_patterns(start, end);
                limit -= 1;
            }
            let (mut pivot, mut hint) = self.choose_pivot(start, end);
            if hint == Hint::Decreasing {
                self.items[start..end].reverse();
                pivot = (end - 1) - (pivot - start);
                hint = Hint::Increasing;
            }
            let looks_sorted = balanced && partitioned && hint == Hint::Increasing;
            if looks_sorted && self.repair(start, end) {
                return;
            }
            // Nothing here is less than the item before, which was a pivot: are there many like it?
            if start > 0 && !self.less(start - 1, pivot) {
                start = self.partition_equal(start, end, pivot);
                continue;
            }
            let (middle, was_partitioned) = self.partition(start, end, pivot);
            partitioned = was_partitioned;
            let (left, right) = (middle - start, end - middle);
            balanced = left.min(right) >= length / 8;
            if left < right {
                self.quicksort(start, middle, limit);
                start = middle + 1;
            } else {
                self.quicksort(middle + 1, end, limit);
                end = middle;
            }
        }
    }

    fn insertion_sort(&mut self, start: usize, end: usize) {
        for next in start + 1..end {
            self.shift_left(next, start);
        }
    }

    /// Moves an item to the left for as long as it is less than its neighbour.
    fn shift_left(&mut self, from: usize, start: usize) {
        let mut place = from;
        while place > start && self.less(place, place - 1) {
            self.items.swap(place, place - 1);
            place -= 1;
        }
    }

    fn heap_sort(&mut self, start: usize, end: usize) {
        let length = end - start;
        for root in (0..=(length - 1) / 2).rev() {
            self.sift_down(start, root, length);
        }
        for last in (0..length).rev() {
            self.items.swap(start, start + last);
            self.sift_down(start, 0, last);
        }
    }

    fn sift_down(&mut self, start: usize, mut root: usize, length: usize) {
        loop {
            let mut child = 2 * root + 1;
            if child >= length {
                return;
            }
            if child + 1 < length && self.less(start + child, start + child + 1) {
                child += 1;
            }
            if !self.less(start + root, start + child) {
                return;
            }
            self.items.swap(start + root, start + child);
            root = child;
        }
    }

    /// Swaps three items in the middle with others that only seem to be chosen at random.
    fn break_patterns(&mut self, start: usize, end: usize) {
        let length = end - start;
        let mut random = length as u64;
        let mask = (1 << (u64::BITS - random.leading_zeros())) - 1;
        let middle = start + length / 4 * 2;
        for place in middle - 1..=middle + 1 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let other = usize::try_from(random & mask).unwrap_or(0);
            self.items.swap(place, start + if other >= length { other - length } else { other });
        }
    }

    fn choose_pivot(&self, start: usize, end: usize) -> (usize, Hint) {
        let length = end - start;
        let mut swaps = 0;
        let mut places = [1, 2, 3].map(|quarter| start + length / 4 * quarter);
        if length >= LARGE {
            places = places.map(|place| self.median([place - 1, place, place + 1], &mut swaps));
        }
        let pivot = self.median(places, &mut swaps);
        let hint = match swaps {
            0 => Hint::Increasing,
            12 => Hint::Decreasing,
            _ => Hint::Unknown,
        };
        (pivot, hint)
    }

    fn median(&self, [mut a, mut b, mut c]: [usize; 3], swaps: &mut usize) -> usize {
        let mut order = |x: &mut usize, y: &mut usize| {
            if self.less(*y, *x) {
                *swaps += 1;
                std::mem::swap(x, y);
            }
        };
        order(&mut a, &mut b);
        order(&mut b, &mut c);
        order(&mut a, &mut b);
        b
    }

    /// Puts a few items right. Whether all is sorted then.
    fn repair(&mut self, start: usize, end: usize) -> bool {
        let mut place = start + 1;
        for _ in 0..REPAIRS {
            while place < end && !self.less(place, place - 1) {
                place += 1;
            }
            if place == end {
                return true;
            }
            if end - start < LARGE {
                return false;
            }
            self.items.swap(place, place - 1);
            if place - start >= 2 {
                self.shift_left(place - 1, 0);
            }
            if end - place >= 2 {
                let mut greater = place + 1;
                while greater < end && self.less(greater, greater - 1) {
                    self.items.swap(greater, greater - 1);
                    greater += 1;
                }
            }
        }
        false
    }

    /// Moves what is less than the pivot to its left. Returns its place, and whether all lay so
    /// before.
    fn partition(&mut self, start: usize, end: usize, pivot: usize) -> (usize, bool) {
        self.items.swap(start, pivot);
        let (mut left, mut right) = (start + 1, end - 1);
        let mut swapped = false;
        loop {
            while left <= right && self.less(left, start) {
                left += 1;
            }
            while left <= right && !self.less(right, start) {
                right -= 1;
            }
            if left > right {
                break;
            }
            self.items.swap(left, right);
            swapped = true;
            left += 1;
            right -= 1;
        }
        self.items.swap(right, start);
        (right, !swapped)
    }

    /// Moves what equals the pivot to the left of what is greater. Returns where that begins.
    fn partition_equal(&mut self, start: usize, end: usize, pivot: usize) -> usize {
        self.items.swap(start, pivot);
        let (mut left, mut right) = (start + 1, end - 1);
        loop {
            while left <= right && !self.less(start, left) {
                left += 1;
            }
            while left <= right && self.less(start, right) {
                right -= 1;
            }
            if left > right {
                return left;
            }
            self.items.swap(left, right);
            left += 1;
            right -= 1;
        }
    }
}
