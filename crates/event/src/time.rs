//! [`Timestamp`]: an instant in nanoseconds since the Unix epoch.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An instant in UTC, in nanoseconds since 1970. In JSON it is RFC 3339 text with nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From nanoseconds since the Unix epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// From milliseconds since the Unix epoch; saturates at the ends of the range (years 1677 and 2262).
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// Nanoseconds since the Unix epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch, rounded down.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This instant as chrono's type.
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.0)
    }

    /// RFC 3339 text in UTC with nanoseconds, for example `2026-11-23T13:15:00.000000042Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_datetime().to_rfc3339_opts(SecondsFormat::Nanos, true)
    }

    /// Reads RFC 3339 text.
    ///
    /// # Errors
    /// When the text is not RFC 3339 or lies outside the years 1677 to 2262.
    pub fn parse_rfc3339(text: &str) -> Result<Self, String> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|error| format!("`{text}`: {error}"))?;
        parsed.timestamp_nanos_opt().map(Self).ok_or_else(|| format!("`{text}`: year out of range"))
    }

    /// The first instant of a day written `2027-06-30`, in UTC; `None` where it is none.
    pub fn parse_day(text: &str) -> Option<Self> {
        let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        // Signs, blanks and short numbers would be read too.
        if text.len() != 10 {
            return None;
        }
        day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_nanos_opt().map(Self)
    }

    /// The day in UTC, as `2027-06-30`.
    pub fn day(self) -> String {
        self.to_datetime().format("%Y-%m-%d").to_string()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(value: DateTime<Utc>) -> Self {
        Self(value.timestamp_nanos_opt().unwrap_or(i64::MAX))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse_rfc3339(&text).map_err(D::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .description(Some("RFC 3339, UTC, nanoseconds"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_every_nanosecond() {
        let instant = Timestamp::from_nanos(1_700_000_000_123_456_789);
        let json = serde_json::to_string(&instant).expect("a string");
        assert_eq!(json, "\"2023-11-14T22:13:20.123456789Z\"");
        assert_eq!(serde_json::from_str::<Timestamp>(&json).expect("our own text"), instant);
    }

    #[test]
    fn days_are_read_and_written() {
        let day = Timestamp::parse_day("2027-06-30").expect("a day");
        assert_eq!((day.day().as_str(), day.nanos() % 86_400_000_000_000), ("2027-06-30", 0));
        for wrong in ["2027-06-31", "2027-6-3", "+027-06-30", "30.06.2027", "2027-06-30 ", "", "9999-01-01"] {
            assert_eq!(Timestamp::parse_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn milliseconds_before_the_epoch_round_down() {
        assert_eq!(Timestamp::from_nanos(-1).millis(), -1);
    }
}
