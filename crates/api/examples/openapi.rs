//! Writes the description of the API: `cargo run -p yagura-api --example openapi > docs/openapi.json`.

fn main() {
    println!("{}", yagura_api::openapi().to_pretty_json().expect("the description is plain data"));
}
