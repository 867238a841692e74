//! The arguments of `yagura scan`.

use std::{path::PathBuf, time::Duration};

use yagura_advisory::Severity;
use yagura_scan::{Options, Patterns, Scanners, output};

/// Find vulnerable packages, secrets and malware in a host, a folder, an image or an SBOM.
#[derive(clap::Subcommand, Clone)]
pub enum Command {
    /// This host: every real file system, without those of the kernel, of other machines and of containers.
    #[command(after_help = "Example:\n  sudo yagura scan host --fail-on critical")]
    Host(HostArgs),
    /// A folder or a file.
    #[command(after_help = "Example:\n  yagura scan fs ./app --format sarif --output app.sarif")]
    Fs(PathArgs),
    /// A repository's working copy.
    #[command(after_help = "Example:\n  yagura scan repo . --fail-on high --since base.json")]
    Repo(PathArgs),
    /// An unpacked root file system, or one in a tar.
    #[command(after_help = "Example:\n  yagura scan rootfs /mnt/disk")]
    Rootfs(PathArgs),
    /// An image: an archive, an OCI layout, a name in a local store or in a registry.
    #[command(after_help = "Examples:\n  yagura scan image app.tar\n  yagura scan image oci:layout:v1\n  \
                            yagura scan image registry.example/team/app:v1 --format html --output report.html")]
    Image(Box<ImageArgs>),
    /// What a process sees as its root: a running container.
    #[command(after_help = "Example:\n  sudo yagura scan process 4711")]
    Process(ProcessArgs),
    /// An SBOM: CycloneDX or SPDX.
    #[command(after_help = "Example:\n  yagura scan sbom bom.json --fail-on high")]
    Sbom(SbomArgs),
}

#[derive(clap::Args, Clone)]
pub struct HostArgs {
    /// Enter file systems of other machines, too (NFS, SMB, FUSE, …).
    #[arg(long)]
    pub remote_filesystems: bool,
    #[command(flatten)]
    pub common: Common,
}

#[derive(clap::Args, Clone)]
pub struct PathArgs {
    /// What to scan.
    pub path: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

#[derive(clap::Args, Clone)]
pub struct ProcessArgs {
    /// The process's number.
    pub pid: u32,
    #[command(flatten)]
    pub common: Common,
}

#[derive(clap::Args, Clone)]
pub struct SbomArgs {
    /// The file.
    pub file: PathBuf,
    #[command(flatten)]
    pub common: Common,
}

#[derive(clap::Args, Clone)]
pub struct ImageArgs {
    /// A path or a name; `docker-archive:`, `oci:`, `docker:`, `podman:`, `containerd:` or `registry:` before it says which.
    pub image: String,
    /// Which image of several: os/architecture[/variant]; this machine's if not named.
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
    /// Name at the registry; the files `docker login` and `podman login` write are read without it.
    #[arg(long, value_name = "NAME", env = "YAGURA_REGISTRY_USERNAME")]
    pub username: Option<String>,
    /// File with the password or token.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Speak HTTP without TLS; registries on this machine are spoken to that way anyway.
    #[arg(long)]
    pub plain_http: bool,
    /// Take any certificate.
    #[arg(long)]
    pub insecure: bool,
    /// Certificates to trust, in PEM.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Our certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "client_key")]
    pub client_cert: Option<PathBuf>,
    /// Its key, in PEM.
    #[arg(long, value_name = "FILE", requires = "client_cert")]
    pub client_key: Option<PathBuf>,
    /// Where Docker, Podman or containerd keeps its images, if not in its usual place.
    #[arg(long, value_name = "DIR")]
    pub store_root: Option<PathBuf>,
    /// Read every byte of uncompressed layers, too, to check their digest.
    #[arg(long)]
    pub verify: bool,
    #[command(flatten)]
    pub common: Common,
}

/// What every target understands.
#[derive(clap::Args, Clone)]
pub struct Common {
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = FormatArg::Table)]
    pub format: FormatArg,
    /// Write the report to a file.
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// End with exit code 1 if a finding is at least this severe.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<SeverityArg>,
    /// Only findings of these severities.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    pub severity: Vec<SeverityArg>,
    /// Leave out vulnerabilities without a fixed version.
    #[arg(long)]
    pub ignore_unfixed: bool,
    /// Only packages that are in use, as the sensor sees it.
    #[arg(long)]
    pub in_use_only: bool,
    /// What to look for: vulnerable packages, secrets, malware (YARA rules over every file), the list of packages.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST", default_value = "vuln,secret")]
    pub scanners: Vec<ScannerArg>,
    /// Folders not to enter: a path, a name, or a pattern with `*` and `**`.
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub skip_dirs: Vec<String>,
    /// Files not to look at.
    #[arg(long, value_delimiter = ',', value_name = "LIST")]
    pub skip_files: Vec<String>,
    /// Exceptions: a TOML file, see docs/scan.md.
    #[arg(long, value_name = "FILE")]
    pub exceptions: Option<PathBuf>,
    /// Statements about vulnerabilities: OpenVEX, CSAF or CycloneDX.
    #[arg(long, value_name = "FILE")]
    pub vex: Vec<PathBuf>,
    /// Only what is new: against an earlier JSON report, or another target of the same kind.
    #[arg(long, value_name = "BASE")]
    pub since: Option<String>,
    /// Show the proof of each finding: file, layer, advisory, range, comparison.
    #[arg(long)]
    pub explain: bool,
    /// List findings that do not count, too: excepted, not affected, kernels that do not run.
    #[arg(long)]
    pub all: bool,
    /// Judge language packages that belong to packages of the distribution, too.
    #[arg(long)]
    pub owned_packages: bool,
    /// The advisory database (default: the current one below the data directory).
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// More rules for secrets: YAML in our form, or a gitleaks configuration.
    #[arg(long, value_name = "FILE")]
    pub secret_rules: Vec<PathBuf>,
    /// More YARA rules: a file, or a folder with `.yar` and `.yara` files; malware is looked for then.
    #[arg(long, value_name = "PATH")]
    pub yara_rules: Vec<PathBuf>,
    /// Language of an HTML report; a button in it changes it.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub language: Language,
    /// Minutes after which the scan ends with what it has.
    #[arg(long, default_value_t = 60, value_name = "MINUTES")]
    pub timeout: u64,
    /// Say nothing but the report.
    #[arg(long, short)]
    pub quiet: bool,
    /// No progress line on a terminal.
    #[arg(long)]
    pub no_progress: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    En,
    Ja,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ScannerArg {
    Vuln,
    Secret,
    Malware,
    Sbom,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum FormatArg {
    Table,
    Json,
    Sarif,
    #[value(name = "cyclonedx")]
    CycloneDx,
    Spdx,
    Junit,
    Markdown,
    Html,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SeverityArg {
    Critical,
    High,
    Medium,
    Low,
    Negligible,
    Unknown,
}

impl SeverityArg {
    pub fn severity(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::High => Severity::High,
            Self::Medium => Severity::Medium,
            Self::Low => Severity::Low,
            Self::Negligible => Severity::Negligible,
            Self::Unknown => Severity::Unknown,
        }
    }
}

impl From<FormatArg> for output::Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Table => Self::Table,
            FormatArg::Json => Self::Json,
            FormatArg::Sarif => Self::Sarif,
            FormatArg::CycloneDx => Self::CycloneDx,
            FormatArg::Spdx => Self::Spdx,
            FormatArg::Junit => Self::Junit,
            FormatArg::Markdown => Self::Markdown,
            FormatArg::Html => Self::Html,
        }
    }
}

impl Command {
    pub fn common(&self) -> &Common {
        match self {
            Self::Host(args) => &args.common,
            Self::Fs(args) | Self::Repo(args) | Self::Rootfs(args) => &args.common,
            Self::Image(args) => &args.common,
            Self::Process(args) => &args.common,
            Self::Sbom(args) => &args.common,
        }
    }

    /// The same on another target.
    pub fn with_target(&self, target: &str) -> Self {
        let mut other = self.clone();
        match &mut other {
            Self::Host(_) | Self::Process(_) => {}
            Self::Fs(args) | Self::Repo(args) | Self::Rootfs(args) => args.path = PathBuf::from(target),
            Self::Image(args) => args.image = target.to_owned(),
            Self::Sbom(args) => args.file = PathBuf::from(target),
        }
        other
    }
}

impl Common {
    pub fn wants(&self, scanner: ScannerArg) -> bool {
        // Who names rules wants them used.
        self.scanners.contains(&scanner) || scanner == ScannerArg::Malware && !self.yara_rules.is_empty()
    }

    pub fn options(&self) -> Options {
        let patience = Duration::from_secs(self.timeout.saturating_mul(60));
        let limits = yagura_image::Limits {
            deadline: std::time::Instant::now().checked_add(patience),
            ..yagura_image::Limits::default()
        };
        Options {
            scanners: Scanners {
                vulnerabilities: self.wants(ScannerArg::Vuln),
                secrets: self.wants(ScannerArg::Secret),
                malware: self.wants(ScannerArg::Malware),
                inventory: self.wants(ScannerArg::Sbom),
            },
            used_files: None,
            skip_files: Patterns::new(&self.skip_files),
            skip_folders: Patterns::new(&self.skip_dirs),
            limits,
        }
    }

    pub fn shows_progress(&self) -> bool {
        use std::io::IsTerminal;
        !self.quiet && !self.no_progress && std::io::stderr().is_terminal()
    }
}
