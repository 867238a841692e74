//! One HTML file without anything from elsewhere, in English and Japanese; a button changes the language.

use std::io::{self, Write};

use yagura_advisory::Severity;

use crate::{
    Report, Status, Vulnerability, limits,
    output::{Style, text::markup},
};

const STYLE: &str = include_str!("html/report.css");
const SCRIPT: &str = include_str!("html/report.js");

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let language = if style.japanese { "ja" } else { "en" };
    writeln!(out, "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width\">")?;
    writeln!(
        out,
        "<title>Yagura: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        markup(&report.target.name)
    )?;
    head(report, out)?;
    notes(report, out)?;
    vulnerabilities(report, out)?;
    secrets(report, out)?;
    malware(report, out)?;
    packages(report, out)?;
    problems(report, out)?;
    writeln!(out, "<script>{SCRIPT}</script>\n</body>\n</html>")
}

/// The same in both languages; the page shows one.
fn both(english: &str, japanese: &str) -> String {
    format!("<span class=\"en\" lang=\"en\">{english}</span><span class=\"ja\" lang=\"ja\">{japanese}</span>")
}

fn head(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let target = &report.target;
    writeln!(out, "<header><h1>{}: {}</h1>", both("Scan", "スキャン結果"), markup(&target.name))?;
    writeln!(out, "<button type=\"button\" id=\"language\">{}</button></header>", both("日本語", "English"))?;
    writeln!(out, "<dl>")?;
    fact(out, &both("Kind", "種類"), &markup(&target.kind))?;
    if let Some(distro) = &report.distro {
        let over = if distro.is_end_of_life {
            both(" — end of life", " — サポート終了")
        } else {
            String::new()
        };
        fact(out, &both("System", "システム"), &format!("{}{over}", markup(&distro.name)))?;
    }
    fact(out, &both("Time", "日時"), &markup(&report.started))?;
    fact(out, &both("Packages", "パッケージ"), &report.counts.packages.to_string())?;
    if let Some(database) = &report.database {
        let built = format!("{} ({})", database.advisories, markup(&database.built));
        fact(out, &both("Advisories", "脆弱性情報"), &built)?;
    }
    if let Some(image) = &target.image_id {
        fact(out, &both("Image", "イメージ"), &markup(image))?;
    }
    writeln!(out, "</dl>")
}

fn fact(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "<dt>{name}</dt><dd>{value}</dd>")
}

fn notes(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for note in &report.notes {
        let japanese = note_in_japanese(note.code).unwrap_or_default();
        let text = if japanese.is_empty() {
            markup(&note.message)
        } else {
            both(&markup(&note.message), &format!("{japanese} ({})", markup(&note.message)))
        };
        writeln!(out, "<p class=\"note\">{text}</p>")?;
    }
    Ok(())
}

fn note_in_japanese(code: &str) -> Option<&'static str> {
    Some(match code {
        "end_of_life" => {
            "このディストリビューションはサポートが終了しています。検出数が少なくても安全とは言えません。"
        }
        "no_advisory_source" => "脆弱性情報がないため、判定できないパッケージがあります。",
        "owned_packages" => {
            "ディストリビューションのパッケージに属する言語パッケージは、その勧告で判定します。"
        }
        "no_database" => "脆弱性データベースがないため、脆弱性は調べていません。",
        "problems" => "読み取れなかった箇所があります。",
        _ => return None,
    })
}

fn vulnerabilities(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.database.is_none() {
        return Ok(());
    }
    let counts = report.counts.vulnerabilities.rows();
    let chips: String = counts
        .iter()
        .map(|(name, number)| format!("<li class=\"{name}\"><b>{number}</b> {}</li>", severity_by_name(name)))
        .collect();
    writeln!(out, "<h2>{}</h2><ul class=\"counts\">{chips}</ul>", both("Vulnerabilities", "脆弱性"))?;
    writeln!(
        out,
        "<input type=\"search\" class=\"filter\" aria-label=\"filter\" placeholder=\"CVE, package …\">"
    )?;
    let names = [
        both("Risk", "リスク"),
        both("Severity", "深刻度"),
        both("Id", "識別子"),
        both("Package", "パッケージ"),
        both("Installed", "現在の版"),
        both("Fixed", "修正版"),
        both("Where", "場所"),
    ];
    table(out, &names, report.vulnerabilities.iter().map(vulnerability))
}

fn vulnerability(found: &Vulnerability) -> Vec<String> {
    let exploited = if found.kev.is_some() { both(", exploited", "、悪用あり") } else { String::new() };
    let aside = match found.status {
        Status::Affected => String::new(),
        _ => format!(" <i>({})</i>", markup(&found.status_reason)),
    };
    let terms: Vec<String> = found
        .risk
        .terms
        .iter()
        .map(|term| format!("{} {:.2}: {}", term.name, term.factor, markup(&term.why)))
        .collect();
    let place = found.locations.first().map_or("", |place| place.path.as_str());
    vec![
        format!("<span title=\"{}\">{:.1}</span>", terms.join("; "), found.risk.score),
        format!(
            "<span class=\"{}\">{}</span>{exploited}{aside}",
            found.severity.name(),
            severity(found.severity)
        ),
        format!("{}<br><small>{}</small>", markup(&found.id), markup(&found.title)),
        markup(&found.name),
        markup(&found.version),
        markup(&found.fixed_version),
        markup(place),
    ]
}

fn secrets(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.secrets.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>{}</h2>", both("Secrets", "秘密情報"))?;
    let names = [
        both("Severity", "深刻度"),
        both("Kind", "種類"),
        both("Secret", "値（伏字）"),
        both("Where", "場所"),
    ];
    let rows = report.secrets.iter().map(|found| {
        let removed = match found.removed_by {
            Some(layer) => both(
                &format!(" (removed by layer {})", layer + 1),
                &format!("（レイヤー{}で削除、イメージには残存）", layer + 1),
            ),
            None => String::new(),
        };
        vec![
            format!("<span class=\"{}\">{}</span>", found.severity.name(), severity(found.severity)),
            markup(&found.title),
            format!("<code>{}</code>", markup(&found.redacted)),
            format!("{}:{}{removed}", markup(&found.path), found.line),
        ]
    });
    table(out, &names, rows)
}

fn malware(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.malware.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>{}</h2>", both("Malware", "マルウェア"))?;
    let names = [both("Severity", "深刻度"), both("Rule", "ルール"), both("Where", "場所")];
    let rows = report
        .malware
        .iter()
        .map(|found| vec![severity(found.severity), markup(&found.rule), markup(&found.path)]);
    table(out, &names, rows)
}

fn packages(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = both("All packages", "パッケージ一覧");
    writeln!(out, "<details><summary>{summary} ({})</summary>", report.packages.len())?;
    let names = [both("Package URL", "パッケージURL"), both("Licences", "ライセンス")];
    let rows = report
        .packages
        .iter()
        .map(|entry| vec![markup(&entry.purl), markup(&entry.package.licences.join(", "))]);
    table(out, &names, rows)?;
    writeln!(out, "</details>")
}

fn problems(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.problems.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2>{}</h2>", both("Could not be read", "読み取れなかったもの"))?;
    let names = [both("Layer", "レイヤー"), both("File", "ファイル"), both("What", "内容")];
    let rows = report.problems.iter().map(|problem| {
        vec![
            problem.layer.map(|layer| (layer + 1).to_string()).unwrap_or_default(),
            markup(problem.path.as_deref().unwrap_or_default()),
            format!("{}: {}", markup(&problem.kind), markup(&problem.message)),
        ]
    });
    table(out, &names, rows)
}

fn table(out: &mut dyn Write, names: &[String], rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    let head: String = names.iter().map(|name| format!("<th>{name}</th>")).collect();
    writeln!(out, "<table><thead><tr>{head}</tr></thead><tbody>")?;
    let mut left_out = 0;
    for (index, row) in rows.enumerate() {
        if index >= limits::HTML_ROWS_MAX {
            left_out += 1;
            continue;
        }
        let cells: String = row.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        writeln!(out, "<tr>{cells}</tr>")?;
    }
    writeln!(out, "</tbody></table>")?;
    if left_out > 0 {
        writeln!(out, "<p>{}</p>", both(&format!("and {left_out} more"), &format!("ほか{left_out}件")))?;
    }
    Ok(())
}

fn severity(severity: Severity) -> String {
    severity_by_name(severity.name())
}

fn severity_by_name(name: &str) -> String {
    let japanese = match name {
        "critical" => "緊急",
        "high" => "重要",
        "medium" => "警告",
        "low" => "注意",
        "negligible" => "軽微",
        _ => "不明",
    };
    both(name, japanese)
}
