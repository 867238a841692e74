//! SQL: what works, what is refused, and the limits.

use std::time::Duration;

use yagura_event::{Event, EventKind, OcsfClass, Timestamp};
use yagura_lake::{EventFilter, Lake, LakeError, QueryLimits, StoredEvent};

use crate::make;

// 200 file events and 100 connections, half of them sealed.
fn lake(dir: &std::path::Path) -> Lake {
    let lake = make::open(dir);
    let process = make::bash();
    for half in 0..2_u64 {
        make::append(&lake, &make::files(half * 1000, 100)).expect("appended");
        let connections: Vec<Event> = (0..50)
            .map(|number| make::connect(half * 1000 + 100 + number, &process, "10.9.8.7:443"))
            .collect();
        let stored: Vec<_> =
            connections.iter().map(|event| StoredEvent { event, rules: &["Odd connection"] }).collect();
        lake.append(&stored).expect("appended");
        if half == 0 {
            lake.seal().expect("sealed");
        }
    }
    lake
}

#[test]
fn questions_are_answered_from_files_and_memory_together() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    for (sql, expected) in [
        ("SELECT count(*) FROM events", "300"),
        ("SELECT count(*) FROM file_activity", "200"),
        ("SELECT count(*) FROM network_activity", "100"),
        ("SELECT count(*) FROM memory_activity", "0"),
        ("SELECT count(*) FROM events WHERE class_uid = 4001", "100"),
        ("SELECT count(*) FROM events WHERE class_name = 'file_activity'", "200"),
        ("SELECT count(*) FROM events WHERE type = 'connect' AND status = 'failure'", "100"),
        ("SELECT count(*) FROM events WHERE file_path LIKE '/etc/%' AND file_path <> '/etc/1'", "171"),
        ("SELECT count(*) FROM events WHERE file_path IN ('/etc/1', '/etc/2')", "57"),
        ("SELECT count(*) FROM events WHERE dst_ip = '10.9.8.7' AND dst_port = 443", "100"),
        ("SELECT count(*) FROM events WHERE array_has(rules, 'Odd connection')", "100"),
        ("SELECT count(*) FROM events WHERE rules IS NOT NULL", "100"),
        ("SELECT count(*) FROM events WHERE time < now() - interval '1 hour'", "300"),
        ("SELECT count(*) FROM events WHERE time > now() - interval '1 hour'", "0"),
        ("SELECT count(*) FROM events WHERE time >= '2023-11-14T22:30:00Z'", "150"),
        (
            "SELECT count(*) FROM events WHERE time BETWEEN '2023-11-14T22:13:20Z' AND '2023-11-14T22:13:29Z'",
            "10",
        ),
        ("SELECT count(*) FROM events WHERE ancestors = 'sshd' AND parent_name = 'sshd'", "300"),
        ("SELECT count(*) FROM events WHERE regexp_like(process_cmd_line, '^bash -c')", "300"),
        (
            "SELECT count(*) FROM events WHERE lower(process_name) = 'bash' AND starts_with(process_exe, '/bin')",
            "300",
        ),
        ("SELECT count(DISTINCT date_trunc('minute', time)) FROM file_activity", "4"),
        ("SELECT max(time) FROM events", "2023-11-14T22:32:29.000000000Z"),
        ("SELECT time FROM events ORDER BY time DESC LIMIT 1", "2023-11-14T22:32:29.000000000Z"),
        ("SELECT max(file_inode) FROM events", "18446744073709551615"),
        ("SELECT upper(process_name) || '!' FROM events LIMIT 1", "BASH!"),
        ("SELECT flags FROM file_activity LIMIT 1", "O_RDONLY|O_CLOEXEC"),
        ("SELECT process_name FROM events GROUP BY process_name", "bash"),
        ("SELECT array_to_string(rules, ',') FROM network_activity LIMIT 1", "Odd connection"),
        ("WITH t AS (SELECT * FROM events) SELECT count(*) FROM t JOIN t AS u USING (number)", "300"),
    ] {
        assert_eq!(make::answer(&lake, sql), expected, "{sql}");
    }
}

#[test]
fn results_name_their_columns_and_are_cut_at_the_limit() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    let limits = QueryLimits { rows_max: 7, ..QueryLimits::default() };
    let result = make::query_within(&lake, "SELECT time, number, process_name, rules FROM events", limits)
        .expect("an answer");
    assert!(result.truncated);
    assert_eq!(result.rows.len(), 7);
    let types: Vec<&str> = result.columns.iter().map(|column| column.data_type.as_str()).collect();
    assert_eq!(types, ["timestamp", "integer", "text", "list"]);
    let result = make::query_within(&lake, "SELECT 1 FROM events LIMIT 7", limits).expect("an answer");
    assert!(!result.truncated);
}

#[test]
fn only_reading_is_allowed() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    for sql in [
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '/etc'",
        "DROP TABLE events",
        "INSERT INTO events SELECT * FROM events",
        "DELETE FROM events",
        "UPDATE events SET cpu = 1",
        "COPY (SELECT * FROM events) TO '/tmp/x.parquet'",
        "COPY events TO '/tmp/x.csv' STORED AS CSV",
        "SET datafusion.execution.batch_size = 1",
        "PREPARE p AS SELECT 1",
        "EXPLAIN ANALYZE COPY events TO '/tmp/x.parquet'",
        "BEGIN",
    ] {
        let error = make::query(&lake, sql).expect_err(sql);
        assert!(matches!(error, LakeError::NotAllowed(_) | LakeError::Sql { .. }), "{sql}: {error:?}");
    }
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('x')",
        "SELECT 1; SELECT 2",
        "",
        "SELECT",
    ] {
        let error = make::query(&lake, sql).expect_err(sql);
        assert!(matches!(error, LakeError::Sql { .. }), "{sql}: {error:?}");
    }
    for sql in ["SHOW TABLES", "DESCRIBE events", "SHOW COLUMNS FROM events", "EXPLAIN SELECT * FROM events"]
    {
        assert!(!make::query(&lake, sql).expect(sql).rows.is_empty());
    }
    assert_eq!(make::counts(&lake).0, 300);
}

#[test]
fn the_latest_events_are_listed_without_sql() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    let at = |second: i64| Some(Timestamp::from_nanos(make::START + second * make::SECOND));
    for (filter, rows, first) in [
        (EventFilter::default(), 300, 1149),
        (EventFilter { to: at(1000), ..EventFilter::default() }, 150, 149),
        (EventFilter { from: at(1140), ..EventFilter::default() }, 10, 1149),
        (EventFilter { class: Some(OcsfClass::FileSystemActivity), ..EventFilter::default() }, 200, 1099),
        (EventFilter { kind: Some(EventKind::Connect), ..EventFilter::default() }, 100, 1149),
        (EventFilter { text: Some("/ETC/1".to_owned()), ..EventFilter::default() }, 29, 1093),
        (EventFilter { container_id: Some("0123456789ab".to_owned()), ..EventFilter::default() }, 300, 1149),
        (EventFilter { text: Some("' OR true --".to_owned()), ..EventFilter::default() }, 0, 0),
    ] {
        let listed = make::runtime().block_on(lake.event_list(&filter, QueryLimits::default()));
        let listed = listed.unwrap_or_else(|error| panic!("{filter:?}: {error}"));
        assert_eq!(listed.rows.len(), rows, "{filter:?}");
        assert_eq!(
            listed.rows.first().map_or(0, |row| row[1].as_u64().expect("a number")),
            first,
            "{filter:?}"
        );
    }
}

#[test]
fn errors_name_what_may_be_meant() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    for (sql, expected) in [
        (
            "SELECT proces_name FROM events",
            "there is no column `proces_name`\nhint: did you mean `process_name`?",
        ),
        ("SELECT * FROM events WHERE proc = 1", "there is no column `proc`\nhint:"),
        ("SELECT * FROM event", "there is no table `event`\nhint: did you mean `events`?"),
        ("SELEC 1", "Expected"),
        ("SELECT nosuch(time) FROM events", "nosuch"),
    ] {
        let text = make::query(&lake, sql).expect_err(sql).to_string();
        assert!(text.contains(expected), "{sql}: {text}");
    }
}

#[test]
fn time_and_memory_are_limited() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    let heavy =
        "SELECT count(*) FROM events a, events b, events c, events d WHERE a.number + b.number > c.number";
    let limits = QueryLimits { time_max: Duration::from_millis(200), ..QueryLimits::default() };
    let error = make::query_within(&lake, heavy, limits).expect_err("too slow");
    assert!(matches!(error, LakeError::TimedOut(_)), "{error:?}");
    let wide = "SELECT a.args, b.args FROM events a, events b, (SELECT 1 FROM events LIMIT 9) ORDER BY b.number, a.number";
    let limits = QueryLimits { memory_bytes_max: 1 << 20, ..QueryLimits::default() };
    let error = make::query_within(&lake, wide, limits).expect_err("too large");
    assert!(matches!(error, LakeError::TooMuchMemory { .. }), "{error:?}");
}

#[test]
fn the_schema_is_what_sql_sees() {
    let dir = tempfile::tempdir().expect("a directory");
    let lake = lake(dir.path());
    for table in Lake::schema() {
        let result = make::query(&lake, &format!("SELECT * FROM {} LIMIT 0", table.name)).expect(table.name);
        let seen: Vec<&str> = result.columns.iter().map(|column| column.name.as_str()).collect();
        let told: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        assert_eq!(seen, told);
    }
}
