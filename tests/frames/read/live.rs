//! Frames of a real server's answers.

use influx_core::dataframe::{FrameOptions, from_records, to_records};

use super::replies::{Sample, compare, rows_of, samples, sorted};
use crate::support::live::live;

live! {
    async fn frames_hold_what_the_server_pivots(live) {
        for seed in 0..12 {
            let bucket = format!("{}-{seed}", live.bucket);
            live.client.buckets().create(&bucket).await.unwrap();
            compare(&live.client, &bucket, seed).await;
            live.client.buckets().delete(&bucket).await.unwrap();
        }
    }

    async fn a_frame_of_records_is_that_of_the_query_for_them(live) {
        let samples = samples(3);
        live.client.write(&live.bucket, &samples).await.unwrap();
        let queried = live.client.select::<Sample>(&live.bucket).range(..).data_frame().await.unwrap();
        let made = from_records(&samples).unwrap();
        assert_eq!(queried.schema(), made.schema());
        assert_eq!(sorted(rows_of(&queried)), sorted(rows_of(&made)));
        let wide = live.client.query(live.narrow()).frames(FrameOptions::new().wide());
        let records = to_records::<Sample>(&wide.data_frame().await.unwrap()).unwrap();
        assert_eq!(records.len(), samples.len());
    }
}
