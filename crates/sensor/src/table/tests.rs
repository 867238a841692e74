//! The process table under records as the probes write them.

use super::*;

// Numbers above what the kernel gives out (PID_MAX_LIMIT), so that procfs knows none of them.
const BASE: u32 = 5_000_000;

fn head(pid: u32, start: u64, parent: (u32, u64)) -> types::head {
    let mut bytes = vec![0_u8; size_of::<types::head>()];
    bytes[0] = 1;
    let mut head = Record::parse(&bytes).expect("an empty record").head;
    (head.pid, head.tid, head.start) = (BASE + pid, BASE + pid, start);
    (head.ppid, head.parent_start, head.loginuid) = (BASE + parent.0, parent.1, u32::MAX);
    head.args[0] = u64::from(head.ppid);
    head.args[1] = parent.1;
    head
}

fn record(head: types::head) -> Record<'static> {
    Record::of(head)
}

fn table(limit: usize) -> Table {
    let mut table = Table::new(limit, Clock::new());
    let mut first = head(1, 1, (1, 1));
    first.ppid = 0;
    table.fork(&record(first));
    table
}

#[test]
fn a_pid_used_again_within_a_tick_is_another_process() {
    let mut table = table(100);
    let first = table.fork(&record(head(2, 1_000, (1, 1))));
    table.exit(&record(head(2, 1_000, (1, 1))));
    let second = table.fork(&record(head(2, 2_000, (1, 1))));
    assert_ne!(first.start_time, second.start_time);
    let now = table.of(&head(2, 2_000, (1, 1)), "");
    assert_eq!(now.start_time, second.start_time);
    assert_eq!(table.len(), 2);
}

#[test]
fn eviction_spares_parents() {
    let mut table = table(64);
    table.swept = Some(Instant::now());
    table.fork(&record(head(2, 2, (1, 1))));
    for pid in 3..1_000 {
        table.fork(&record(head(pid, u64::from(pid), (2, 2))));
        assert!(table.entries.len() <= 64);
    }
    assert!(table.entries.contains_key(&(BASE + 1)) && table.entries.contains_key(&(BASE + 2)));
    assert!(table.entries.contains_key(&(BASE + 999)));
    assert!(table.evicted > 900);
    assert!(table.order.len() <= 130);
}

#[test]
fn a_million_processes_leave_no_trace() {
    let mut table = table(4_096);
    let begin = Instant::now();
    for number in 0..1_000_000_u32 {
        let (pid, start) = (2 + number % 30_000, 10 + u64::from(number) * 100);
        table.fork(&record(head(pid, start, (1, 1))));
        table.exec(&record(head(pid, start, (1, 1))));
        table.exit(&record(head(pid, start, (1, 1))));
    }
    println!("fork, exec and exit: {:?} each", begin.elapsed() / 1_000_000);
    assert_eq!(table.len(), 1);
    assert!(table.entries.len() <= ENDED_MAX + 1 && table.order.len() <= 8_192 + 1);
    assert!(table.entries[&(BASE + 1)].children.is_empty());
}

#[test]
fn parents_that_end_before_their_children_cost_the_same_in_a_large_table() {
    let mut table = table(65_536);
    let begin = Instant::now();
    for pid in 2..50_000_u32 {
        let (start, parent) = (u64::from(pid), (pid - 1, u64::from(pid - 1)));
        table.fork(&record(head(pid, start, parent)));
        if pid % 2 == 0 {
            table.fork(&record(head(100_000 + pid, start, (pid, start))));
            table.exit(&record(head(pid, start, parent)));
        }
    }
    let each = begin.elapsed() / 50_000;
    println!("fork and end with a child: {each:?} each");
    // Looking at every entry took milliseconds.
    assert!(each < Duration::from_micros(500), "{each:?}");
}
