/// From the year 1, where the server's clock begins, to 1970.
const EPOCH: i128 = 62_135_596_800_000_000_000;

/// The span of `duration` around a time, counted from the year 1: weeks begin on Mondays.
pub(super) fn truncate(time: i64, duration: i64) -> (i64, i64) {
    let (time, duration) = (i128::from(time), i128::from(duration.max(1)));
    let start = time - (time + EPOCH).rem_euclid(duration);
    // What does not fit is as good as the end of time.
    let clamp =
        |time: i128| i64::try_from(time).unwrap_or(if time < 0 { i64::MIN } else { i64::MAX });
    (clamp(start), clamp(start + duration))
}
