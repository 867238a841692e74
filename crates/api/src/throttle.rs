//! Slows down whoever guesses passwords: by name and address together, and by address.

use std::{
    collections::HashMap,
    net::Ipv6Addr,
    sync::{Mutex, PoisonError},
};

use yagura_event::Timestamp;

use crate::limits::THROTTLED_MAX;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 4;
/// Failures from one address, over all names, that cost nothing.
const FREE_ADDRESS: u32 = 20;
/// Longest wait.
const WAIT_MAX_S: i64 = 900;
/// Failures are forgotten after this time without another.
const FORGET_S: i64 = 3600;
const SECOND: i64 = 1_000_000_000;

/// Failed sign-ins. From the fifth on each doubles the wait, from 1 s to 15 min; a success forgets those of that name
/// from that address.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<(String, String), Failures>>);

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: i64,
}

impl Throttle {
    /// How many seconds are left to wait, if any. Otherwise counts the attempt as failed until [`Throttle::succeed`]
    /// says otherwise: many attempts at the same time are counted before the first is answered.
    pub(crate) fn attempt(&self, name: &str, address: &str, now: Timestamp) -> Result<(), u32> {
        let now = now.nanos() / SECOND;
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(name, address);
        let wait = |key: &(String, String), free: u32| {
            let Failures { count, last } = failures.get(key).copied()?;
            let doubled = count.checked_sub(free)?;
            let wait = 1_i64.checked_shl(doubled).unwrap_or(WAIT_MAX_S).clamp(1, WAIT_MAX_S);
            u32::try_from(last + wait - now).ok().filter(|left| *left > 0)
        };
        if let Some(left) = wait(&keys[0], FREE + 1).max(wait(&keys[1], FREE_ADDRESS + 1)) {
            return Err(left);
        }
        if failures.len() + keys.len() > THROTTLED_MAX {
            forget_older_half(&mut failures);
        }
        for key in keys {
            let entry = failures.entry(key).or_insert(Failures { count: 0, last: now });
            let count = if now - entry.last < FORGET_S { entry.count } else { 0 };
            *entry = Failures { count: count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The attempt was a right one.
    pub(crate) fn succeed(&self, name: &str, address: &str) {
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(name, address);
        failures.remove(&keys[0]);
        if let Some(of_address) = failures.get_mut(&keys[1]) {
            of_address.count = of_address.count.saturating_sub(1);
        }
    }
}

// Half at once, so that a flood of names does not go through the table at every attempt.
fn forget_older_half(failures: &mut HashMap<(String, String), Failures>) {
    let mut times: Vec<i64> = failures.values().map(|failures| failures.last).collect();
    let middle = times.len() / 2;
    let (_, middle, _) = times.select_nth_unstable(middle);
    let middle = *middle;
    let mut keep = THROTTLED_MAX / 2;
    failures.retain(|_, failures| {
        let kept = failures.last >= middle && keep > 0;
        keep -= usize::from(kept);
        kept
    });
}

// An empty name stands for all names of the address; a person's key is never empty.
fn keys(name: &str, address: &str) -> [(String, String); 2] {
    let name: String = name.trim().to_lowercase().chars().take(256).collect();
    let address = network(address);
    [(format!("n{name}"), address.clone()), (String::new(), address)]
}

// One IPv6 customer has 2^64 addresses at least: the first half is who it is.
fn network(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(address) => format!("{:x?}", &address.segments()[..4]),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_nanos(seconds * SECOND)
    }

    #[test]
    fn waits_double_and_a_success_forgets() {
        let throttle = Throttle::default();
        for _ in 0..5 {
            assert_eq!(throttle.attempt("ann", "a", at(100)), Ok(()));
        }
        assert_eq!(throttle.attempt("ann", "a", at(100)), Err(1));
        assert_eq!(throttle.attempt("ANN ", "a", at(101)), Ok(()));
        assert_eq!(throttle.attempt("ann", "a", at(101)), Err(2));
        assert_eq!(throttle.attempt("ann", "b", at(101)), Ok(()), "another address is another guesser");
        assert_eq!(throttle.attempt("ann", "a", at(103)), Ok(()));
        throttle.succeed("ann", "a");
        assert_eq!(throttle.attempt("ann", "a", at(103)), Ok(()));
    }

    #[test]
    fn many_names_from_one_address_are_slowed_too() {
        let throttle = Throttle::default();
        let refused = (0..100).find(|n| throttle.attempt(&format!("user{n}"), "a", at(5)).is_err());
        assert_eq!(refused, Some(21));
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one_guesser() {
        let throttle = Throttle::default();
        let refused = (0..9).find(|n| throttle.attempt("ann", &format!("2001:db8::{n}"), at(5)).is_err());
        assert_eq!(refused, Some(5));
        assert_eq!(throttle.attempt("ann", "2001:db8:0:1::1", at(5)), Ok(()));
    }

    #[test]
    fn remembers_a_bounded_number() {
        let throttle = Throttle::default();
        for n in 0..THROTTLED_MAX + 50 {
            let _ = throttle.attempt("x", &n.to_string(), at(5));
        }
        assert!(throttle.0.lock().expect("no panic").len() <= THROTTLED_MAX);
    }
}
