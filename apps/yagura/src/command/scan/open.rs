//! From arguments to a target.

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use yagura_image::{Credentials, OpenOptions, Platform, RegistryOptions, Target};

use crate::output::Failure;

use super::args::{Command, ImageArgs, PathArgs};

/// What is scanned.
pub enum Subject {
    /// Files.
    Target(Box<Target>),
    /// A list of packages.
    Sbom(PathBuf),
}

/// Opens what the command names.
pub fn subject(command: &Command) -> Result<Subject, Failure> {
    let plain = OpenOptions::default();
    let target = match command {
        Command::Host(args) => {
            Target::host(&OpenOptions { remote_filesystems: args.remote_filesystems, ..plain })
        }
        Command::Fs(args) | Command::Repo(args) => folder(args, &plain)?,
        Command::Rootfs(args) if args.path.is_file() => {
            Target::image(&args.path.to_string_lossy(), &plain).map_err(failure)?
        }
        Command::Rootfs(args) => folder(args, &plain)?,
        Command::Image(args) => Target::image(&args.image, &image_options(args)?).map_err(failure)?,
        Command::Process(args) => Target::process(args.pid, &plain).map_err(failure)?,
        Command::Sbom(args) => return Ok(Subject::Sbom(args.file.clone())),
    };
    Ok(Subject::Target(Box::new(target)))
}

fn folder(args: &PathArgs, options: &OpenOptions) -> Result<Target, Failure> {
    Target::folder(&args.path, options).map_err(failure)
}

fn image_options(args: &ImageArgs) -> Result<OpenOptions, Failure> {
    let platform = match &args.platform {
        Some(text) => {
            let known = Platform::parse(text);
            Some(known.ok_or_else(|| {
                Failure::usage(anyhow!("`{text}` is no platform"))
                    .hint("write os/architecture, like linux/arm64")
            })?)
        }
        None => None,
    };
    let registry = RegistryOptions {
        credentials: credentials(args)?,
        plain_http: args.plain_http,
        insecure: args.insecure,
        ca_file: args.ca_file.clone(),
        client_cert: args.client_cert.clone().zip(args.client_key.clone()),
    };
    Ok(OpenOptions {
        platform,
        registry,
        verify_plain: args.verify,
        docker_root: args.store_root.clone(),
        podman_root: args.store_root.clone(),
        containerd_root: args.store_root.clone(),
        ..OpenOptions::default()
    })
}

/// A password comes from a file or the environment, never from an argument that every process can see.
fn credentials(args: &ImageArgs) -> Result<Option<Credentials>, Failure> {
    let Some(username) = &args.username else { return Ok(None) };
    let password = match &args.password_file {
        Some(path) => std::fs::read_to_string(path)
            .with_context(|| format!("reading {}", path.display()))
            .map_err(Failure::usage)?,
        None => std::env::var("YAGURA_REGISTRY_PASSWORD").map_err(|_| {
            Failure::usage(anyhow!("there is a --username and no password"))
                .hint("name a --password-file, or set YAGURA_REGISTRY_PASSWORD")
        })?,
    };
    Ok(Some(Credentials::new(username, password.trim_end_matches(['\r', '\n']))))
}

fn failure(error: yagura_image::Error) -> Failure {
    use yagura_image::Error;
    let hint = match &error {
        Error::Registry { status: Some(401 | 403), .. } => {
            "sign in with `docker login` or `podman login`, or give --username"
        }
        Error::Registry { status: None, .. } => {
            "is the name right, and can this machine reach it? --ca-file and --plain-http say how"
        }
        Error::Platform { .. } => "choose one with --platform",
        Error::Reference { .. } => return Failure::usage(error),
        _ => return Failure::run(error),
    };
    Failure::run(error).hint(hint)
}
