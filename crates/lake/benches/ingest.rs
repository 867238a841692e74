//! How fast events go in, how small they lie, how fast they are found. Prints; judges nothing.
//!
//! `cargo bench -p yagura-lake`; the first argument that is a number is the count of events.

use std::{
    error::Error,
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use yagura_event::{
    Arg, ArgName, ArgValue, Event, EventKind, Fd, FdKind, FlagSet, L4Protocol, Process, Role, Socket,
    Timestamp,
};
use yagura_lake::{Lake, LakeOptions, QueryLimits, StoredEvent};

const START: i64 = 1_700_000_000_000_000_000;
const BATCH: u64 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(1_000_000_u64);
    let dir = tempfile::tempdir()?;
    let options = || LakeOptions { memory_bytes_max: 4 << 30, ..LakeOptions::default() };
    let lake = Lake::open(dir.path(), options())?;
    let processes = processes();

    let mut appending = Duration::ZERO;
    for first in (0..count).step_by(BATCH as usize) {
        let events: Vec<Event> = (first..first + BATCH).map(|number| event(number, &processes)).collect();
        let stored: Vec<StoredEvent<'_>> =
            events.iter().map(|event| StoredEvent { event, rules: &[] }).collect();
        let begun = Instant::now();
        lake.append(&stored)?;
        appending += begun.elapsed();
    }
    let per_second = count as f64 / appending.as_secs_f64();
    println!("append        {count} events in {appending:.2?}: {per_second:.0} events/s");
    let begun = Instant::now();
    lake.seal()?;
    println!("seal the rest {:.2?}", begun.elapsed());
    report(&lake, count)?;
    let begun = Instant::now();
    lake.maintain(SystemTime::UNIX_EPOCH)?;
    println!("merge         {:.2?}", begun.elapsed());
    report(&lake, count)?;
    queries(&lake)?;
    drop(lake);
    restart(dir.path(), &processes, options())
}

fn report(lake: &Lake, count: u64) -> Result<(), Box<dyn Error>> {
    let stats = lake.stats()?;
    let each = stats.bytes as f64 / count as f64;
    println!("at rest       {} files, {} bytes: {each:.1} bytes/event", stats.files, stats.bytes);
    Ok(())
}

fn queries(lake: &Lake) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for sql in [
        "SELECT count(*) FROM events",
        "SELECT time, file_path FROM events WHERE time BETWEEN '2023-11-14T22:13:30Z' AND '2023-11-14T22:13:40Z' \
         AND process_name = 'proc-17'",
        "SELECT time, process_cmd_line FROM file_activity WHERE file_path = '/var/lib/app/data/file-4242.db'",
        "SELECT time FROM network_activity WHERE dst_ip = '10.0.3.7' AND dst_port = 443",
        "SELECT process_name, type, count(*) FROM events GROUP BY process_name, type",
        "SELECT date_trunc('second', time) AS t, count(*) FROM events GROUP BY t ORDER BY t",
        "SELECT count(*) FROM events WHERE process_cmd_line LIKE '%--worker=33%'",
        "SELECT * FROM events ORDER BY time DESC LIMIT 100",
    ] {
        runtime.block_on(lake.query(sql, QueryLimits::default()))?;
        let begun = Instant::now();
        let result = runtime.block_on(lake.query(sql, QueryLimits::default()))?;
        println!("query         {:>8.1?} {:>5} rows  {sql}", begun.elapsed(), result.rows.len());
    }
    Ok(())
}

// Opens a lake whose log holds what a crash would leave at worst, and 256 MB of it.
fn restart(dir: &Path, processes: &[Arc<Process>], options: LakeOptions) -> Result<(), Box<dyn Error>> {
    let dir = dir.join("restart");
    let never = LakeOptions { seal_rows: usize::MAX, ..options.clone() };
    let lake = Lake::open(&dir, never)?;
    let mut number = 0;
    while lake.stats()?.wal_bytes < 30 << 20 {
        let events: Vec<Event> = (number..number + BATCH).map(|number| event(number, processes)).collect();
        number += BATCH;
        let stored: Vec<StoredEvent<'_>> =
            events.iter().map(|event| StoredEvent { event, rules: &[] }).collect();
        lake.append(&stored)?;
    }
    drop(lake);
    let log = fs::read_dir(dir.join("wal"))?.next().ok_or("no log")??.path();
    println!("log           {:.1} bytes/event", fs::metadata(&log)?.len() as f64 / number as f64);
    for segments in [1_u64, 8] {
        for id in 2..=segments {
            fs::copy(&log, dir.join(format!("wal/{id:012}.wal")))?;
        }
        let begun = Instant::now();
        let lake = Lake::open(&dir, options.clone())?;
        let elapsed = begun.elapsed();
        let stats = lake.stats()?;
        println!("restart       {elapsed:.2?} with {} MB of log, {} rows", stats.wal_bytes >> 20, stats.rows);
        drop(lake);
    }
    Ok(())
}

// 200 processes below three shared ancestors.
fn processes() -> Vec<Arc<Process>> {
    let process = |id: u64, name: &str, parent: Option<Arc<Process>>| {
        Arc::new(Process {
            id,
            pid: id as u32,
            name: name.into(),
            exe: format!("/usr/bin/{name}").into(),
            args: [format!("--worker={id}").into(), "--config=/etc/app/app.toml".into()].into(),
            cmdline: format!("{name} --worker={id} --config=/etc/app/app.toml").into(),
            cwd: "/var/lib/app".into(),
            env: (0..20).map(|number| format!("VARIABLE_{number}=/some/value/of/{id}").into()).collect(),
            start_time: Timestamp::from_nanos(START - id as i64),
            parent: parent.into(),
            ..Process::default()
        })
    };
    let systemd = process(1, "systemd", None);
    let containerd = process(2, "containerd-shim", Some(systemd));
    let shell = process(3, "sh", Some(containerd));
    (10..210).map(|id| process(id, &format!("proc-{}", id % 40), Some(Arc::clone(&shell)))).collect()
}

// A mixed stream of 50,000 events a second: half opens, a quarter connections, a quarter execs and exits.
fn event(number: u64, processes: &[Arc<Process>]) -> Event {
    let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let process = &processes[random as usize % processes.len()];
    let file = |path: String| Fd {
        number: (random % 64) as i64,
        kind: FdKind::File,
        name: path.into(),
        raw_name: None,
        inode: Some((2049, random % 100_000)),
        socket: None,
    };
    let (kind, fd) = match random % 4 {
        0 | 1 => {
            (EventKind::Openat, Some(file(format!("/var/lib/app/data/file-{}.db", random / 7 % 20_000))))
        }
        2 => (EventKind::Connect, Some(connection(random))),
        _ => (if random & 64 == 0 { EventKind::Execve } else { EventKind::ProcExit }, None),
    };
    let args = match &fd {
        Some(fd) if fd.socket.is_none() => vec![
            Arg { name: ArgName::Name, value: ArgValue::Path(fd.name.clone()) },
            Arg { name: ArgName::Flags, value: ArgValue::Flags(FlagSet::Open, 0o2000000) },
        ],
        _ => vec![Arg { name: ArgName::Res, value: ArgValue::Errno(0) }],
    };
    Event {
        number,
        time: Timestamp::from_nanos(START + number as i64 * 20_000 + (random % 20_000) as i64),
        kind,
        result: 0,
        cpu: (random % 2) as u32,
        tid: process.pid,
        process: Arc::clone(process),
        fd,
        args: args.into_iter().collect(),
        data: None,
    }
}

fn connection(random: u64) -> Fd {
    let socket = Socket {
        protocol: L4Protocol::Tcp,
        role: Role::Client,
        local: Some(([10, 0, 0, 1], (random % 28_000 + 32_768) as u16).into()),
        remote: Some(([10, 0, (random / 11 % 8) as u8, (random / 3 % 250) as u8], 443).into()),
        connected: true,
        name_changed: true,
    };
    Fd {
        number: 5,
        kind: FdKind::Ipv4,
        name: socket.tuple().into(),
        raw_name: None,
        inode: None,
        socket: Some(socket),
    }
}
