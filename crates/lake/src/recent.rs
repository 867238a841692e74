//! [`EventFilter`]: the latest events without writing SQL.

use yagura_event::{EventKind, OcsfClass, Timestamp};

/// Which events [`Lake::event_list`](crate::Lake::event_list) shows. What is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub to: Option<Timestamp>,
    /// Of this class.
    pub class: Option<OcsfClass>,
    /// Of this kind.
    pub kind: Option<EventKind>,
    /// In the container of this id, or of an id that begins so.
    pub container_id: Option<String>,
    /// Has this text in its command line, its parent's, its file, its address or its user, whatever the case.
    pub text: Option<String>,
}

const COLUMNS: &str = "time, number, class_name, type, status, result, host, process_pid, process_name, \
                       process_path, process_cmd_line, user_name, parent_name, container_id, container_name, \
                       file_path, fd_name, new_path, src_ip, src_port, dst_ip, dst_port, rules";
const TEXT_COLUMNS: [&str; 6] =
    ["process_cmd_line", "parent_cmd_line", "file_path", "new_path", "fd_name", "user_name"];

impl EventFilter {
    /// The statement that lists these events, the latest first.
    pub(crate) fn sql(&self, limit: usize) -> String {
        let mut conditions = Vec::new();
        let mut add = |condition: Option<String>| conditions.extend(condition);
        add(self.from.map(|time| format!("time >= '{time}'")));
        add(self.to.map(|time| format!("time < '{time}'")));
        add(self.class.map(|class| format!("class_name = '{}'", class.table())));
        add(self.kind.map(|kind| format!("type = '{kind}'")));
        add(self.container_id.as_deref().map(|id| format!("starts_with(container_id, {})", quoted(id))));
        add(self.text.as_deref().map(|text| {
            let text = quoted(&text.to_lowercase());
            let columns = TEXT_COLUMNS.map(|column| format!("contains(lower({column}), {text})"));
            format!("({})", columns.join(" OR "))
        }));
        let filter = if conditions.is_empty() { "true".to_owned() } else { conditions.join(" AND ") };
        format!("SELECT {COLUMNS} FROM events WHERE {filter} ORDER BY time DESC, number DESC LIMIT {limit}")
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_user_stays_text() {
        let filter = EventFilter { text: Some("' OR 1=1 --".to_owned()), ..EventFilter::default() };
        assert!(filter.sql(5).contains("contains(lower(file_path), ''' or 1=1 --')"));
    }
}
