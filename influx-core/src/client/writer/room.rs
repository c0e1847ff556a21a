//! Room for lines, counted in permits.
//!
//! What is free is a plain number behind the lock of the [state](super::state), which every write takes
//! once. While writes wait for room, what is free is in a semaphore instead, which serves them in their
//! order and takes back what it gave to those that are dropped.

use tokio::sync::{Semaphore, SemaphorePermit};

/// What is free, and how many writes wait.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Nothing while writes wait: it is in the semaphore then.
    free: usize,
    waiting: usize,
}

impl Room {
    pub(super) const fn new(free: usize) -> Self {
        Self { free, waiting: 0 }
    }

    /// Takes so many permits, if they are there and no write waits for them.
    #[inline]
    pub(super) fn take(&mut self, permits: usize, queue: &Semaphore) -> bool {
        if self.waiting > 0 {
            let permits = u32::try_from(permits).ok();
            let taken = permits.and_then(|permits| queue.try_acquire_many(permits).ok());
            return taken.map(SemaphorePermit::forget).is_some();
        }
        let rest = self.free.checked_sub(permits);
        self.free = rest.unwrap_or(self.free);
        rest.is_some()
    }

    /// Gives permits back.
    pub(super) fn give(&mut self, permits: usize, queue: &Semaphore) {
        if self.waiting > 0 {
            queue.add_permits(permits);
        } else {
            self.free += permits;
        }
    }

    #[inline]
    pub(super) fn available(&self, queue: &Semaphore) -> usize {
        self.free + queue.available_permits()
    }

    /// One more write waits in the queue.
    pub(super) fn start_waiting(&mut self, queue: &Semaphore) {
        self.waiting += 1;
        queue.add_permits(std::mem::take(&mut self.free));
    }

    /// One of them has what it needs, or is dropped and has given it back.
    pub(super) fn stop_waiting(&mut self, queue: &Semaphore) {
        self.waiting -= 1;
        if self.waiting == 0 {
            self.free += queue.forget_permits(usize::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn room_that_is_not_there_is_not_taken() {
        let (mut room, queue) = (Room::new(5), Semaphore::new(0));
        assert!(!room.take(6, &queue));
        assert!(room.take(5, &queue));
        assert!(!room.take(1, &queue));
        room.give(2, &queue);
        assert_eq!(room.available(&queue), 2);
    }

    #[tokio::test]
    async fn a_write_that_waits_is_not_overtaken() {
        let (mut room, queue) = (Room::new(2), Semaphore::new(0));
        room.start_waiting(&queue);
        let mut waits = Box::pin(queue.acquire_many(3));
        assert!(waits.as_mut().now_or_never().is_none());
        assert!(!room.take(1, &queue), "the two are for the write that waits");
        room.give(2, &queue);
        waits.await.map(SemaphorePermit::forget).unwrap();
        assert!(room.take(1, &queue), "more than it needs is for all");
        room.stop_waiting(&queue);
        assert_eq!(room.available(&queue), 0);
    }

    #[tokio::test]
    async fn a_wait_that_is_dropped_gives_its_place_back() {
        let (mut room, queue) = (Room::new(2), Semaphore::new(0));
        room.start_waiting(&queue);
        let mut waits = Box::pin(queue.acquire_many(3));
        assert!(waits.as_mut().now_or_never().is_none());
        drop(waits);
        room.stop_waiting(&queue);
        assert!(room.take(2, &queue));
    }
}
