//! [`message`]: a finding in the form that the other side understands.

use serde_json::{Value, json};
use yagura_event::{Finding, Severity, Technique};
use yagura_state::WebhookShape;

use crate::limits::TEXT_CHARS_MAX;

/// What is told, besides the finding itself.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Id of the delivery.
    pub delivery_id: &'a str,
    /// Address of the console, without a slash at its end.
    pub console: &'a str,
    /// The webhook's secret, which is PagerDuty's routing key.
    pub secret: Option<&'a str>,
}

/// The body of a message about a finding.
pub fn message(shape: WebhookShape, finding: &Finding, told: Told<'_>) -> Value {
    match shape {
        WebhookShape::Generic => generic(finding, told),
        WebhookShape::Slack => slack(finding, told),
        WebhookShape::Teams => teams(finding, told),
        WebhookShape::Pagerduty => pagerduty(finding, told),
    }
}

// Without evidence: it can be large, and holds command lines and paths that not every receiver should see.
fn generic(finding: &Finding, told: Told<'_>) -> Value {
    let finding_without_evidence = Finding { evidence: Vec::new(), ..finding.clone() };
    json!({
        "type": "finding",
        "delivery_id": told.delivery_id,
        "link": link(finding, told),
        "finding": finding_without_evidence,
    })
}

// https://api.slack.com/reference/messaging/attachments: a colour at the side, blocks within.
fn slack(finding: &Finding, told: Told<'_>) -> Value {
    let title = slack_text(&finding.title);
    let fields: Vec<Value> = facts(finding)
        .into_iter()
        .map(|(name, value)| json!({ "type": "mrkdwn", "text": format!("*{name}*\n{}", slack_text(&value)) }))
        .collect();
    json!({
        "text": format!("{}: {title} ({})", word(finding.severity), slack_text(&finding.asset_name)),
        "attachments": [{
            "color": colour(finding.severity),
            "blocks": [
                { "type": "section", "text": { "type": "mrkdwn",
                    "text": format!("*<{}|{title}>*\n{}", link(finding, told), slack_text(&finding.message)) } },
                { "type": "section", "fields": fields },
            ],
        }],
    })
}

// https://learn.microsoft.com/connectors/teams: a message that holds one adaptive card.
fn teams(finding: &Finding, told: Told<'_>) -> Value {
    let facts: Vec<Value> =
        facts(finding).into_iter().map(|(name, value)| json!({ "title": name, "value": value })).collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": [
                    { "type": "TextBlock", "size": "Large", "weight": "Bolder", "wrap": true,
                      "color": if finding.severity >= Severity::High { "Attention" } else { "Warning" },
                      "text": format!("{}: {}", word(finding.severity), short(&finding.title)) },
                    { "type": "TextBlock", "wrap": true, "text": short(&finding.message) },
                    { "type": "FactSet", "facts": facts },
                ],
                "actions": [{ "type": "Action.OpenUrl", "title": "Open in Yagura", "url": link(finding, told) }],
            },
        }],
    })
}

// https://developer.pagerduty.com/docs/events-api-v2: the same finding is the same incident there.
fn pagerduty(finding: &Finding, told: Told<'_>) -> Value {
    let severity = match finding.severity {
        Severity::Critical => "critical",
        Severity::High => "error",
        Severity::Medium => "warning",
        _ => "info",
    };
    let details: serde_json::Map<String, Value> =
        facts(finding).into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect();
    json!({
        "routing_key": told.secret.unwrap_or_default(),
        "event_action": "trigger",
        "dedup_key": finding.id,
        "client": "Yagura",
        "client_url": link(finding, told),
        "payload": {
            "summary": short(&format!("{} on {}: {}", finding.title, finding.asset_name, finding.message)),
            "source": finding.asset_name,
            "severity": severity,
            "timestamp": finding.last_seen,
            "component": finding.process_path,
            "class": finding.rule,
            "custom_details": details,
        },
    })
}

// What a person looks at first.
fn facts(finding: &Finding) -> Vec<(&'static str, String)> {
    let techniques: Vec<&str> = finding.techniques.iter().map(Technique::id).collect();
    let known = [
        ("Severity", Some(word(finding.severity).to_owned())),
        ("Asset", Some(finding.asset_name.clone())),
        ("Container", finding.container_id.clone()),
        ("Program", finding.process_path.clone()),
        ("User", finding.user_name.clone()),
        ("Technique", (!techniques.is_empty()).then(|| techniques.join(", "))),
        ("Seen", Some(format!("{}×, last {}", finding.count, finding.last_seen))),
    ];
    known.into_iter().filter_map(|(name, value)| Some((name, short(&value?)))).collect()
}

fn link(finding: &Finding, told: Told<'_>) -> String {
    format!("{}/findings/{}", told.console, finding.id)
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        _ => "Info",
    }
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#b3123b",
        Severity::High => "#c2500a",
        Severity::Medium => "#8a6100",
        _ => "#2264a5",
    }
}

// An attacker chooses file names and command lines: they must not become links, mentions or formatting.
fn slack_text(text: &str) -> String {
    short(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('`', "'")
        .replace('*', "∗")
}

fn short(text: &str) -> String {
    let clean = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    let mut shown: String = clean.take(TEXT_CHARS_MAX).collect();
    if text.chars().count() > TEXT_CHARS_MAX {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use yagura_event::{FindingId, FindingKind, FindingStatus, Timestamp};

    use super::*;

    fn finding() -> Finding {
        Finding {
            id: FindingId::from_cause(&["a"]),
            kind: FindingKind::Runtime,
            severity: Severity::Critical,
            confidence: 70,
            title: "Shell <!channel> in *web*".to_owned(),
            message: format!("sh ran {}\u{1b}[2J", "x".repeat(3_000)),
            rule: "Shell".to_owned(),
            rule_source: "a.yaml".to_owned(),
            techniques: Technique::parse("T1059").into_iter().collect(),
            tags: Vec::new(),
            asset_id: "m".to_owned(),
            asset_name: "web-1".to_owned(),
            container_id: None,
            process_path: Some("/bin/sh".to_owned()),
            user_name: Some("root".to_owned()),
            first_seen: Timestamp::from_nanos(0),
            last_seen: Timestamp::from_nanos(0),
            count: 1,
            status: FindingStatus::Open,
            status_reason: None,
            accepted_until: None,
            remediation: None,
            evidence: Vec::new(),
        }
    }

    fn body(shape: WebhookShape) -> Value {
        let told = Told { delivery_id: "d1", console: "https://yagura.example", secret: Some("routing") };
        message(shape, &finding(), told)
    }

    #[test]
    fn each_shape_has_what_its_receiver_asks_for() {
        let link = format!("https://yagura.example/findings/{}", finding().id);
        let generic = body(WebhookShape::Generic);
        assert_eq!(
            (&generic["finding"]["severity"], &generic["delivery_id"]),
            (&json!("critical"), &json!("d1"))
        );
        assert_eq!(generic["link"], link);
        let slack = body(WebhookShape::Slack);
        assert!(
            slack["attachments"][0]["blocks"][0]["text"]["text"]
                .as_str()
                .is_some_and(|text| text.contains(&link))
        );
        let teams = body(WebhookShape::Teams);
        assert_eq!(teams["attachments"][0]["content"]["type"], "AdaptiveCard");
        assert_eq!(teams["attachments"][0]["content"]["actions"][0]["url"], link);
        let pagerduty = body(WebhookShape::Pagerduty);
        assert_eq!(pagerduty["routing_key"], "routing");
        assert_eq!(pagerduty["dedup_key"], finding().id.as_str());
        assert_eq!(pagerduty["payload"]["severity"], "critical");
    }

    #[test]
    fn what_an_attacker_wrote_is_shown_and_not_obeyed() {
        let slack = body(WebhookShape::Slack).to_string();
        assert!(!slack.contains("<!channel>") && slack.contains("&lt;!channel&gt;"), "{slack}");
        for shape in WebhookShape::ALL {
            let text = body(shape).to_string();
            assert_eq!(text.contains("\\u001b"), shape == WebhookShape::Generic, "{shape:?}");
            assert!(shape == WebhookShape::Generic || text.len() < 8_000, "{shape:?}: {} bytes", text.len());
        }
    }

    #[test]
    fn only_pagerduty_is_told_the_secret() {
        for shape in WebhookShape::ALL {
            assert_eq!(
                body(shape).to_string().contains("routing"),
                shape == WebhookShape::Pagerduty,
                "{shape:?}"
            );
        }
    }
}
