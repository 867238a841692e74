//! FIRST's exploit prediction scores: `cve,epss,percentile` a line.

use super::{Sink, day, text};
use crate::query::Epss;

/// Reads the table.
pub(super) fn read(bytes: &[u8], sink: &mut Sink) {
    let Some(text) = text(bytes, sink) else { return };
    let mut date = String::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(comment) = line.strip_prefix('#') {
            date = comment.split("score_date:").nth(1).map(day).unwrap_or_default();
            continue;
        }
        if line.is_empty() || line.starts_with("cve,") {
            continue;
        }
        let mut fields = line.split(',');
        let (id, probability, percentile) = (fields.next(), fields.next(), fields.next());
        let share =
            |text: Option<&str>| text?.trim().parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
        match (id.and_then(|id| sink.vulnerability(id)), share(probability), share(percentile)) {
            (Some(known), Some(probability), Some(percentile)) => {
                known.epss = Some(Epss { probability, percentile });
                sink.counted(&date);
            }
            _ => sink.problem(Some(index + 1), format!("`{line}` is not cve,epss,percentile")),
        }
    }
}
