use std::path::Path;

#[test]
fn the_committed_description_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let committed = std::fs::read_to_string(&path).expect("docs/openapi.json");
    let made = yagura_api::openapi().to_pretty_json().expect("plain data");
    assert!(
        committed.trim_end() == made,
        "docs/openapi.json is old; run `cargo run -p yagura-api --example openapi > docs/openapi.json`"
    );
}

#[test]
fn every_reference_in_the_description_leads_somewhere() {
    let document: serde_json::Value = serde_json::to_value(yagura_api::openapi()).expect("plain data");
    fn walk(value: &serde_json::Value, document: &serde_json::Value) {
        if let Some(reference) = value.get("$ref").and_then(|reference| reference.as_str()) {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        match value {
            serde_json::Value::Object(map) => map.values().for_each(|value| walk(value, document)),
            serde_json::Value::Array(list) => list.iter().for_each(|value| walk(value, document)),
            _ => {}
        }
    }
    walk(&document, &document);
    assert_eq!(document["openapi"], "3.1.0");
}
