use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// Choices that a seed makes.
pub struct Chance(TestRng);

impl Chance {
    pub fn new(seed: u8) -> Self {
        Self(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.0.next_u32()).unwrap() % end
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Some of them in any order.
    pub fn some<'a>(&mut self, of: &[&'a str], count: usize) -> Vec<&'a str> {
        let mut left = of.to_vec();
        (0..count.min(of.len())).map(|_| left.swap_remove(self.below(left.len()))).collect()
    }
}
