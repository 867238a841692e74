//! Tells the compiler where the built console is. Without one the binary carries a page that says how to build it.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo:rerun-if-env-changed=YAGURA_CONSOLE_DIST");
    let built =
        env::var_os("YAGURA_CONSOLE_DIST").map(PathBuf::from).filter(|dir| dir.join("index.html").is_file());
    let dir = built.unwrap_or_else(|| {
        let dir = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("console");
        fs::create_dir_all(&dir).expect("cargo's folder can be written");
        fs::write(dir.join("index.html"), include_str!("src/console_missing.html")).expect("as above");
        dir
    });
    println!("cargo:rerun-if-changed={}", dir.display());
    println!("cargo:rustc-env=YAGURA_CONSOLE_EMBED={}", dir.display());
}
