//! Until when a distribution gets security updates.

use yagura_packages::Distro;

const TABLE: &str = include_str!("../data/end-of-life.tsv");

/// The day support ends or ended, `2028-06-30`; `None` if it is not known.
pub fn end_of_life(distro: &Distro) -> Option<&'static str> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    let mut rows = rows.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?, cells.next()?))
    });
    rows.find(|(id, release, _)| *id == distro.id && is_release(&distro.version_id, release)).map(|row| row.2)
}

/// `3.19.1` is of `3.19`, and `3.1` is not.
fn is_release(version: &str, release: &str) -> bool {
    version.strip_prefix(release).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_found_by_their_whole_parts() {
        let check = |id: &str, version: &str, expected| {
            let distro = Distro { id: id.to_owned(), version_id: version.to_owned(), ..Distro::default() };
            assert_eq!(end_of_life(&distro), expected, "{id} {version}");
        };
        check("debian", "12", Some("2028-06-30"));
        check("debian", "1", None);
        check("alpine", "3.19.1", Some("2025-11-01"));
        check("alpine", "3.1", None);
        check("rhel", "9.4", Some("2032-05-31"));
        check("arch", "", None);
    }

    #[test]
    fn every_row_has_three_cells_and_a_date() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            assert!(cells.len() == 3 && cells[2].len() == 10 && cells[2].split('-').count() == 3, "{line}");
        }
    }
}
