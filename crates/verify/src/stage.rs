//! [`Stage`]: the place where an emulation acts, and the only place it may change.
//!
//! A stage is a folder of the run's own. What must lie elsewhere (a program in `/dev/shm`) is made by [`Stage::claim`],
//! which writes the path into the stage first, so that whoever removes the stage removes that too.

use std::{
    fs, io,
    io::Write as _,
    os::unix::{fs::PermissionsExt as _, process::ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::errno::Errno;

use crate::{limits, need::find_tool, private};

/// Beginning of the name of every folder a run makes; nothing else is ever removed.
pub(crate) const NAME_PREFIX: &str = "yagura-verify-";

/// Name of the environment variable that marks every process of a stage.
pub(crate) const STAGE_VARIABLE: &str = "YAGURA_VERIFY_STAGE";

/// File in the stage that lists the folders made elsewhere.
pub(crate) const CLAIMS_FILE: &str = "claims";

/// Where the hierarchies of cgroups are.
pub(crate) const CGROUP_ROOT: &str = "/sys/fs/cgroup";

/// The place where an emulation acts.
#[derive(Debug)]
pub(crate) struct Stage {
    dir: PathBuf,
}

/// Why an emulation did not do what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The act itself was refused, or its process killed: it was blocked.
    Refused(String),
    /// This machine cannot do it.
    Unable(String),
    /// Something that should work did not.
    Broken(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Marks a result as the act itself: being denied it means being blocked.
pub(crate) trait Act<T> {
    fn act(self, what: &str) -> Result<T, Failure>;
}

impl<T> Act<T> for io::Result<T> {
    fn act(self, what: &str) -> Result<T, Failure> {
        self.map_err(|error| match error.kind() {
            io::ErrorKind::PermissionDenied => Failure::Refused(format!("{what}: {error}")),
            _ => Failure::Broken(format!("{what}: {error}")),
        })
    }
}

impl<T> Act<T> for nix::Result<T> {
    fn act(self, what: &str) -> Result<T, Failure> {
        self.map_err(|errno| match errno {
            Errno::EPERM | Errno::EACCES => Failure::Refused(format!("{what}: {errno}")),
            Errno::ENOSYS => Failure::Unable(format!("{what}: {errno}")),
            _ => Failure::Broken(format!("{what}: {errno}")),
        })
    }
}

impl Stage {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The stage's folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// An empty file in the stage.
    pub(crate) fn file(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.dir.join(name);
        fs::write(&path, b"")?;
        Ok(path)
    }

    /// Makes a folder of the run's own below `parent`, outside the stage.
    pub(crate) fn claim(&self, parent: &str) -> Result<PathBuf, Failure> {
        let path = Path::new(parent).join(own_name());
        self.note_claim(&path)?;
        fs::create_dir(&path)?;
        Ok(path)
    }

    /// The path, below every cgroup hierarchy, of a cgroup of the run's own, for a container engine to make.
    pub(crate) fn claim_cgroup(&self) -> Result<String, Failure> {
        let root = Path::new(CGROUP_ROOT);
        self.note_claim(&root.join(own_name()))?;
        for hierarchy in fs::read_dir(root)?.flatten() {
            self.note_claim(&hierarchy.path().join(own_name()))?;
        }
        Ok(format!("/{}", own_name()))
    }

    fn note_claim(&self, path: &Path) -> Result<(), Failure> {
        let mut claims = fs::OpenOptions::new().create(true).append(true).open(self.dir.join(CLAIMS_FILE))?;
        writeln!(claims, "{}", path.display())?;
        claims.sync_all()?;
        Ok(())
    }

    /// A copy of the system program `tool` under another name, in the stage.
    pub(crate) fn disguise(&self, tool: &str, name: &str) -> Result<PathBuf, Failure> {
        copy_tool(tool, &self.dir.join(name))
    }

    /// Runs a program that does nothing under another name and with another's arguments: what is seen is the command.
    pub(crate) fn pretend(&self, name: &str, args: &[&str]) -> Result<(), Failure> {
        let program = self.disguise("true", name)?;
        self.run(Command::new(program).args(args))
    }

    /// Makes an empty file below a folder that [`Stage::make_private`] covers, for the act to read or move.
    pub(crate) fn prepare(&self, path: &str) -> Result<(), Failure> {
        self.in_layer(path)?;
        fs::OpenOptions::new().create(true).append(true).open(path)?;
        Ok(())
    }

    /// Writes an empty file below a folder that [`Stage::make_private`] covers; this is the act.
    pub(crate) fn leave(&self, path: &str) -> Result<(), Failure> {
        self.in_layer(path)?;
        fs::write(path, b"").act("write")
    }

    // INVARIANT: nothing is written at a well-known path unless a layer of this stage lies over it.
    fn in_layer(&self, path: &str) -> Result<(), Failure> {
        if !self.dir.join(private::LAYERS).exists() {
            return Err(Failure::Broken(format!("{path} is not covered by a layer")));
        }
        if let Some(folder) = Path::new(path).parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(())
    }

    /// Gives this process its own view of the file system, in which `dirs` are throw-away layers.
    pub(crate) fn make_private(&self, dirs: &[&str]) -> Result<(), Failure> {
        private::enter(&self.dir, dirs)
    }

    /// Runs a program silently to its end; that it fails is no matter, that it is refused or killed is.
    pub(crate) fn run(&self, command: &mut Command) -> Result<(), Failure> {
        let what = command.get_program().to_string_lossy().into_owned();
        let status = self.quiet(command).status().act(&what)?;
        if status.signal() == Some(nix::libc::SIGKILL) {
            return Err(Failure::Refused(format!("{what}: killed")));
        }
        Ok(())
    }

    /// Starts a harmless process for others to act on; it ends by itself soon, and when dropped.
    pub(crate) fn bystander(&self) -> Result<Bystander, Failure> {
        let child = self.quiet(Command::new("/bin/sleep").arg(limits::BYSTANDER_SECONDS)).spawn()?;
        Ok(Bystander(child))
    }

    fn quiet<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.stdout(Stdio::null()).stderr(Stdio::null())
    }
}

fn own_name() -> String {
    format!("{NAME_PREFIX}{}", std::process::id())
}

/// A process that does nothing; killed when dropped.
#[derive(Debug)]
pub(crate) struct Bystander(Child);

impl Bystander {
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn pid(&self) -> nix::unistd::Pid {
        nix::unistd::Pid::from_raw(i32::try_from(self.0.id()).unwrap_or(i32::MAX))
    }

    /// An address on its stack, which can be read and written.
    pub(crate) fn stack(&self) -> Result<usize, Failure> {
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.0.id()))?;
        let line = maps.lines().find(|line| line.ends_with("[stack]"));
        let end = line.and_then(|line| line.split([' ', '-']).nth(1));
        let end = end.and_then(|end| usize::from_str_radix(end, 16).ok());
        end.map(|end| end - 1).ok_or_else(|| Failure::Unable("the process shows no stack".to_owned()))
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is waited for.
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

/// A copy of the system program `tool` at `to`.
pub(crate) fn copy_tool(tool: &str, to: &Path) -> Result<PathBuf, Failure> {
    let from = find_tool(tool).ok_or_else(|| Failure::Unable(format!("`{tool}` is not installed")))?;
    fs::copy(from, to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))?;
    Ok(to.to_owned())
}
