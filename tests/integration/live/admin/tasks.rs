//! Tasks, from their creation to the logs of their runs.

use std::collections::BTreeSet;
use std::time::Duration;

use influx_core::admin::{Run, RunStatus, Schedule, Status, Tasks};
use influx_core::{ErrorKind, Timestamp, flux};

use super::organizations::HOSTILE;
use crate::support::live::live;

const HOUR: Duration = Duration::from_secs(3_600);

/// Waits until a run is done.
async fn done(tasks: &Tasks, run: &Run) -> Run {
    for _ in 0..100 {
        let run = tasks.find_run(&run.task_id, &run.id).await.unwrap();
        if let Some(run) = run.filter(|run| run.status.is_final()) {
            return run;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{run:?} does not end");
}

live! {
    async fn a_task_runs_by_hand_and_its_logs_are_read(live) {
        let (tasks, bucket) = (live.client.tasks(), live.bucket.as_str());
        live.client.write(bucket, "in f=20.5 1600000000000000000\nin f=21.5 1600000001000000000").await.unwrap();
        // In the name of a measurement a backslash before a space makes points that no query finds.
        let measurement = HOSTILE.replace('\\', "");
        let measurement = measurement.as_str();
        let script = flux!(
            r#"import "array"
            // The option may be used by the script.
            start = -task.every
            from(bucket: {bucket}) |> range(start: start) |> mean()
                |> map(fn: (r) => ({_time: now(), _measurement: {measurement}, _field: "mean", _value: r._value}))
                |> to(bucket: {bucket})"#
        );
        let task = tasks.create(HOSTILE, Schedule::every(HOUR), script).offset(Duration::from_secs(90)).await;
        let task = task.unwrap();
        assert_eq!((task.name.as_str(), task.every.as_deref(), task.offset.as_deref()), (HOSTILE, Some("1h"), Some("1m30s")));
        let at: Timestamp = "2020-09-13T13:00:00Z".parse().unwrap();
        let run = tasks.run(&task.id).at(at).await.unwrap();
        assert_eq!((run.scheduled_for, run.task_id.as_str()), (Some(at), task.id.as_str()));
        let run = done(&tasks, &run).await;
        assert_eq!(run.status, RunStatus::Success, "{:?}", run.log);
        let logs = tasks.run_logs(&task.id, &run.id).await.unwrap();
        assert!(logs.iter().any(|event| event.message == "Completed(success)"), "{logs:?}");
        assert_eq!(tasks.logs(&task.id).await.unwrap(), logs);
        let written = live.client.query(live.narrow()).tables().await.unwrap();
        let mean = written.iter().find(|table| table.group_key().any(|(_, value)| *value == measurement.into()));
        let mean = mean.unwrap().records()[0].get_as::<f64>("_value").unwrap();
        assert_eq!(mean.to_string(), "21");

        let again = tasks.retry_run(&task.id, &run.id).await.unwrap();
        assert_eq!(done(&tasks, &again).await.scheduled_for, Some(at));
        assert_eq!(tasks.runs(&task.id).all().await.unwrap().len(), 2);
        assert_eq!(tasks.cancel_run(&task.id, &run.id).await.unwrap_err().kind(), ErrorKind::NotFound);
        tasks.delete(&task.id).await.unwrap();
    }

    async fn the_task_of_the_documentation_writes_means(live) {
        let (tasks, bucket) = (live.client.tasks(), live.bucket.as_str());
        live.client.write(bucket, "in f=20.5 1600000000000000000\nin f=21.5 1600000001000000000").await.unwrap();
        let script = flux!(
            r#"from(bucket: {bucket}) |> range(start: -task.every)
                |> aggregateWindow(every: task.every, fn: mean) |> set(key: "_measurement", value: "means")
                |> to(bucket: {bucket})"#
        );
        let task = tasks.create("means", Schedule::every(HOUR), script).await.unwrap();
        let at: Timestamp = "2020-09-13T13:00:00Z".parse().unwrap();
        let run = tasks.run(&task.id).at(at).to_end(Duration::from_secs(60)).await.unwrap();
        assert_eq!(run.status, RunStatus::Success, "{:?}", run.log);
        assert!(!tasks.logs(&task.id).await.unwrap().is_empty());
        let written = live.client.query(live.narrow()).tables().await.unwrap();
        let means = written.iter().find(|table| table.group_key().any(|(_, value)| *value == "means".into()));
        assert_eq!(means.unwrap().records()[0].get_as::<f64>("_value").unwrap().to_string(), "21");
        let started = std::time::Instant::now();
        let run = tasks.run(&task.id).to_end(Duration::ZERO).await.unwrap();
        assert!(!run.status.is_final() && started.elapsed() < Duration::from_secs(5), "{run:?}");
        tasks.delete(&task.id).await.unwrap();
    }

    async fn runs_are_paged_by_time(live) {
        let tasks = live.client.tasks();
        let task = tasks.create("paged", Schedule::cron("0 0 1 1 *"), "buckets()").await.unwrap();
        let at = |hour: i64| Timestamp::from_nanos(1_600_000_000_000_000_000 + hour * 3_600_000_000_000);
        let mut made = Vec::new();
        for hour in [1, 2, 3, 3, 3, 6, 5, 4] {
            made.push(tasks.run(&task.id).at(at(hour)).await.unwrap());
        }
        for run in &made {
            done(&tasks, run).await;
        }
        for size in [3, 4, 500] {
            let runs = tasks.runs(&task.id).page_size(size).all().await.unwrap();
            let ids = |runs: &[Run]| runs.iter().map(|run| run.id.clone()).collect::<BTreeSet<_>>();
            assert_eq!((runs.len(), ids(&runs)), (8, ids(&made)), "{size}");
        }
        let between = tasks.runs(&task.id).after_time(at(2)).before_time(at(5)).page_size(3).all().await.unwrap();
        assert_eq!(between.len(), 4);
        tasks.delete(&task.id).await.unwrap();
    }

    async fn a_run_that_fails_says_why(live) {
        let tasks = live.client.tasks();
        let script = "import \"experimental\"\nx = die(msg: \"it broke\")\nbuckets()";
        let task = tasks.create("fails", Schedule::cron("0 0 1 1 *"), script).await.unwrap();
        assert_eq!(task.cron.as_deref(), Some("0 0 1 1 *"));
        let run = done(&tasks, &tasks.run(&task.id).await.unwrap()).await;
        assert_eq!(run.status, RunStatus::Failed);
        assert!(run.log.iter().any(|event| event.message.contains("it broke")), "{:?}", run.log);
        let task = tasks.find(&task.id).await.unwrap().unwrap();
        assert_eq!(task.last_run_status, Some(RunStatus::Failed));
        assert!(task.last_run_error.is_some_and(|error| !error.is_empty()));
        tasks.delete(&task.id).await.unwrap();
    }

    async fn a_task_is_changed_part_by_part(live) {
        let tasks = live.client.tasks();
        let create = tasks.create("old", Schedule::every(HOUR), "buckets()").offset(Duration::from_secs(60));
        let id = create.concurrency(2).retry(3).description("d").status(Status::Inactive).await.unwrap().id;
        let update = || tasks.update(&id);
        let task = update().description("other").await.unwrap();
        assert_eq!((task.description.as_deref(), task.status), (Some("other"), Status::Inactive));
        assert_eq!(update().description("").await.unwrap().description, None);
        assert_eq!(tasks.enable(&id).await.unwrap().status, Status::Active);
        assert_eq!(tasks.disable(&id).await.unwrap().status, Status::Inactive);
        let task = update().name("it's \"new\" \\ ü").await.unwrap();
        assert_eq!(task.name, "it's \"new\" \\ ü");
        assert!(task.flux.contains("concurrency: 2"), "{}", task.flux);
        let task = update().schedule(Schedule::cron("@daily")).await.unwrap();
        assert_eq!((task.cron.as_deref(), task.every, task.offset.as_deref()), (Some("@daily"), None, Some("1m")));
        let task = update().no_offset().await.unwrap();
        assert_eq!((task.cron.as_deref(), task.offset), (Some("@daily"), None));
        let task = update().schedule(Schedule::calendar("1mo")).offset(chrono::TimeDelta::hours(-30)).await.unwrap();
        assert_eq!((task.every.as_deref(), task.offset.as_deref()), (Some("1mo"), Some("-30h")));
        let task = update().script("import \"array\"\nx = task.every\nbuckets()").await.unwrap();
        assert_eq!((task.every.as_deref(), task.offset.as_deref(), task.name.as_str()), (Some("1mo"), Some("-30h"), "it's \"new\" \\ ü"));
        let task = update().script("buckets()").name(HOSTILE).schedule(Schedule::every(HOUR)).no_offset().await.unwrap();
        assert_eq!((task.name.as_str(), task.every.as_deref(), task.offset), (HOSTILE, Some("1h"), None));
        let error = update().name("a$b").await.unwrap_err();
        assert!(error.to_string().contains("holds a `$`"), "{error}");
        let own = "option task = {name: \"own\", every: 2h}\nbuckets()";
        assert_eq!(update().script_as_written(own).await.unwrap().name, "own");
        tasks.delete(&id).await.unwrap();
        for gone in [
            tasks.delete(&id).await.unwrap_err(),
            update().description("x").await.unwrap_err(),
            update().name("x").await.unwrap_err(),
            tasks.run(&id).await.unwrap_err(),
            tasks.runs(&id).all().await.unwrap_err(),
            tasks.logs(&id).await.unwrap_err(),
            tasks.duplicate(&id).await.unwrap_err(),
        ] {
            assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone:?}");
        }
        assert_eq!(tasks.find(&id).await.unwrap(), None);
    }

    async fn a_task_is_duplicated_with_its_labels(live) {
        let (client, tasks) = (&live.client, live.client.tasks());
        let label = client.labels().create(format!("{} label", live.bucket)).await.unwrap();
        let own = "option task = {name: \"own\", every: 2h, offset: 5m}\nbuckets()";
        let task = tasks.create_as_written(own).description("d").status(Status::Inactive).await.unwrap();
        tasks.labels(&task.id).attach(&label.id).await.unwrap();
        let copy = tasks.duplicate(&task.id).await.unwrap();
        assert_ne!(copy.id, task.id);
        assert_eq!((copy.flux, copy.status, copy.description), (task.flux, task.status, task.description));
        assert_eq!(tasks.find(&copy.id).await.unwrap().unwrap().labels, std::slice::from_ref(&label));
        let user = client.users().create(format!("{} user", live.bucket)).await.unwrap();
        tasks.members(&copy.id).add(&user).await.unwrap();
        assert_eq!(tasks.members(&copy.id).list().await.unwrap().len(), 1);
        tasks.members(&copy.id).remove(&user).await.unwrap();
        tasks.owners(&copy.id).add(&user).await.unwrap();
        assert_eq!(tasks.owners(&copy.id).list().await.unwrap()[0].id, user.id);
        for id in [&task.id, &copy.id] {
            tasks.delete(id).await.unwrap();
        }
        client.labels().delete(&label.id).await.unwrap();
        client.users().delete(&user).await.unwrap();
    }

    async fn what_the_server_would_mishandle_is_refused_before_it_is_sent(live) {
        let tasks = live.client.tasks();
        let create = |schedule| tasks.create("t", schedule, "buckets()");
        for (task, words) in [
            (tasks.create(" ", Schedule::every(HOUR), "buckets()"), "the task's name is blank"),
            (create(Schedule::every(Duration::from_millis(1_500))), "the schedule counts in whole seconds"),
            (create(Schedule::every(Duration::ZERO)), "the schedule is less than a second"),
            (create(Schedule::calendar("1 month")), "the schedule is no duration of Flux"),
            (create(Schedule::every(HOUR)).offset(Duration::from_millis(1)), "the offset counts in whole seconds"),
            (create(Schedule::every(HOUR)).retry(11), "the retry is a number from 1 to 10"),
            (create(Schedule::every(HOUR)).concurrency(0), "the concurrency is a number from 1 to 100"),
            (tasks.create_as_written("buckets()").offset(HOUR), "the settings of the task are said by the script itself"),
        ] {
            let error = task.await.unwrap_err();
            assert!(error.to_string().starts_with(words), "{error}");
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, None));
        }
        for task in [create(Schedule::cron("whenever")), tasks.create_as_written("buckets()"), tasks.create("t", Schedule::every(HOUR), "|> no")] {
            let error = task.await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::InvalidInput, Some(400)), "{error:?}");
        }
        let long = create(Schedule::every(HOUR * 49)).offset(HOUR * 48).status(Status::Inactive).await.unwrap();
        assert_eq!((long.every.as_deref(), long.offset.as_deref()), (Some("49h"), Some("48h")));
        let error = tasks.run(&long.id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        tasks.delete(&long.id).await.unwrap();
    }
}
