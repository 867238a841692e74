//! Rule files that are kept in the state, as a folder of files: so the rules are read, followed and handed to other
//! processes like any others. The state is the truth; the folder is made to follow it.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// Name of the folder in the data directory.
const FOLDER: &str = "rule-files";

/// The folder below this data directory.
pub fn folder(data: &Path) -> PathBuf {
    data.join(FOLDER)
}

/// The file of a stored rule file.
pub fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.yaml"))
}

/// Makes the folder hold exactly these files, names and texts. Each is replaced at once.
///
/// # Errors
/// When the folder cannot be written.
pub fn write(folder: &Path, files: &[(String, String)]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let wanted: Vec<PathBuf> = files.iter().map(|(name, _)| path(folder, name)).collect();
    for entry in fs::read_dir(folder)? {
        let entry = entry?.path();
        if !wanted.contains(&entry) {
            fs::remove_file(&entry)?;
        }
    }
    for ((name, text), path) in files.iter().zip(&wanted) {
        if fs::read_to_string(path).is_ok_and(|there| there == *text) {
            continue;
        }
        let new = folder.join(format!(".{name}.new"));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_follows_what_is_stored() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = folder(data.path());
        let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        write(&folder, &[file("a", "one"), file("b", "two")]).expect("written");
        write(&folder, &[file("b", "three"), file("c.d", "four")]).expect("written");
        let mut found: Vec<_> = fs::read_dir(&folder)
            .expect("readable")
            .flatten()
            .map(|entry| (entry.file_name(), fs::read_to_string(entry.path()).expect("readable")))
            .collect();
        found.sort();
        assert_eq!(found, [("b.yaml".into(), "three".to_owned()), ("c.d.yaml".into(), "four".to_owned())]);
        write(&folder, &[]).expect("written");
        assert_eq!(fs::read_dir(&folder).expect("readable").count(), 0);
    }
}
