//! Compiles the probes and generates their skeletons: loader, maps, and the records as Rust types.

use std::{env, path::PathBuf, process::Command};

use libbpf_cargo::SkeletonBuilder;

/// What is loaded together, each with its skeleton.
const OBJECTS: [&str; 5] = ["sensor", "table", "uring", "prevent", "lsm"];

fn main() {
    println!("cargo:rerun-if-changed=bpf");
    println!("cargo:rerun-if-env-changed=CLANG");
    OBJECTS.iter().for_each(|name| build(name));
}

fn build(name: &str) {
    let source = format!("bpf/{name}.bpf.c");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join(format!("{name}.skel.rs"));
    let arch = match env::var("CARGO_CFG_TARGET_ARCH").as_deref() {
        Ok("x86_64") => "x86",
        other => panic!("the probes know the system calls of x86_64 only, not {other:?}"),
    };
    let include = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("bpf");
    let built = SkeletonBuilder::new()
        .source(&source)
        .clang(clang())
        .clang_args([
            "-O2".into(),
            // Compare-and-swap came with the third instruction set; who preempts another's decision needs it.
            if name == "prevent" { "-mcpu=v3" } else { "-mcpu=v2" }.into(),
            "-Wall".into(),
            format!("-D__TARGET_ARCH_{arch}").into(),
            "-I".into(),
            include.into_os_string(),
        ] as [std::ffi::OsString; 6])
        .build_and_generate(&out);
    if let Err(error) = built {
        panic!("compiling {source} failed (clang 14 or newer is needed; CLANG names another): {error:?}");
    }
}

// Debian names compilers by version; $CLANG stands over the search.
fn clang() -> String {
    if let Ok(named) = env::var("CLANG") {
        return named;
    }
    let works =
        |name: &str| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success());
    let known = ["clang-16", "clang-19", "clang-15", "clang-14", "clang"];
    known.into_iter().find(|name| works(name)).unwrap_or("clang").to_owned()
}
