//! [`State`]: opening, closing, migrating.

use std::{
    borrow::Cow,
    fs::{DirBuilder, File, OpenOptions},
    io::Read,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    SqlSafeStr, Sqlite, SqlitePool, Transaction,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::StateError;

/// Name of the file in the data folder.
const FILE: &str = "state.sqlite";
/// How long a writer waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);
const READERS_MAX: u32 = 4;

/// Everything that must outlive a restart, in one SQLite file with mode 0600.
///
/// One connection writes, four read; readers never wait for the writer. A second process may open the same file.
#[derive(Debug, Clone)]
pub struct State {
    reader: SqlitePool,
    writer: SqlitePool,
}

impl State {
    /// Opens the state in this folder; makes both when they are missing and brings an older schema up to date.
    ///
    /// # Errors
    /// When the folder cannot be written, the file is damaged, or a newer Yagura wrote it.
    pub async fn open(dir: &Path) -> Result<Self, StateError> {
        let path = dir.join(FILE);
        let failed = |source| StateError::Open { path: path.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed)?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        file.set_permissions(PermissionsExt::from_mode(0o600)).map_err(failed)?;
        check_header(file, &path)?;
        let options =
            options(&path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY * 3)
            .connect_with(options.clone())
            .await
            .map_err(|error| opened(error, &path))?;
        migrate(&writer, &path).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .acquire_timeout(BUSY * 3)
            .connect_with(options.read_only(true))
            .await
            .map_err(|error| opened(error, &path))?;
        Ok(Self { reader, writer })
    }

    /// Opens the state in this folder to look at it only. Whatever would change it fails.
    ///
    /// # Errors
    /// When there is none, it cannot be read, is damaged, or has another schema.
    pub async fn open_read_only(dir: &Path) -> Result<Self, StateError> {
        let path = dir.join(FILE);
        if !path.exists() {
            return Err(StateError::Missing { path });
        }
        let failed = |source| StateError::Open { path: path.clone(), source };
        check_header(File::open(&path).map_err(failed)?, &path)?;
        let mut options = options(&path).create_if_missing(false).read_only(true);
        // SQLite wants to make its shared-memory file beside the database. Where it may not, and no log is left to be
        // read, the file alone is the whole truth.
        let log_bytes = std::fs::metadata(dir.join(format!("{FILE}-wal"))).map_or(0, |log| log.len());
        let shared = dir.join(format!("{FILE}-shm"));
        if log_bytes == 0 && !shared.exists() {
            options = options.immutable(true);
        }
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .connect_with(options)
            .await
            .map_err(|error| opened(error, &path))?;
        let found: i64 =
            sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
                .fetch_one(&reader)
                .await
                .map_err(|error| opened(error, &path))?;
        let known = newest_schema();
        if found > known {
            return Err(StateError::Newer { path, found, known });
        }
        if found < known {
            let detail =
                format!("its schema {found} is older than {known}; `yagura up` brings it up to date");
            return Err(StateError::Corrupt { path, detail });
        }
        Ok(Self { writer: reader.clone(), reader })
    }

    /// Finishes what is under way, folds the log into the file and closes it.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    pub(crate) const fn reader(&self) -> &SqlitePool {
        &self.reader
    }

    /// A transaction that may write from its first statement on: no other writer can come in between.
    pub(crate) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StateError> {
        const BEGIN: &str = "BEGIN IMMEDIATE";
        if let Ok(transaction) = self.writer.begin_with(BEGIN).await {
            return Ok(transaction);
        }
        // When the disk is full SQLite ends a transaction by itself, and the connection goes on believing in it. A new
        // connection knows better.
        if let Ok(connection) = self.writer.acquire().await {
            let _ = connection.close().await;
        }
        Ok(self.writer.begin_with(BEGIN).await?)
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .statement_cache_capacity(200)
}

fn check_header(mut file: File, path: &Path) -> Result<(), StateError> {
    let mut header = Vec::new();
    let read = file.by_ref().take(16).read_to_end(&mut header);
    read.map_err(|source| StateError::Open { path: path.to_owned(), source })?;
    if header.is_empty() || header == b"SQLite format 3\0" {
        return Ok(());
    }
    Err(StateError::Corrupt { path: path.to_owned(), detail: "it is no SQLite file".to_owned() })
}

fn migrations() -> Vec<Migration> {
    [
        (1, "first", include_str!("../migrations/0001_first.sql")),
        (2, "people", include_str!("../migrations/0002_people.sql")),
        (3, "response", include_str!("../migrations/0003_response.sql")),
        (4, "incidents", include_str!("../migrations/0004_incidents.sql")),
        (10, "scans", include_str!("../migrations/0010_scans.sql")),
        (20, "incident_candidates", include_str!("../migrations/0020_incident_candidates.sql")),
        (40, "rule_files", include_str!("../migrations/0040_rule_files.sql")),
        (41, "incident_links", include_str!("../migrations/0041_incident_links.sql")),
    ]
    .into_iter()
    .map(|(version, name, sql)| {
        Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
    })
    .collect()
}

fn newest_schema() -> i64 {
    migrations().iter().map(|migration| migration.version).max().unwrap_or_default()
}

async fn migrate(writer: &SqlitePool, path: &Path) -> Result<(), StateError> {
    let migrator = Migrator { migrations: Cow::Owned(migrations()), ..Migrator::DEFAULT };
    let path: PathBuf = path.to_owned();
    migrator.run(writer).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => StateError::Newer { path, found, known: newest_schema() },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => opened(error, &path),
        MigrateError::VersionMismatch(version) => {
            let detail = format!("its schema {version} is not the one Yagura made");
            StateError::Corrupt { path, detail }
        }
        other => StateError::Database(Box::new(other)),
    })
}

// SQLite's result codes: 11 the file is damaged, 14 it cannot be opened, 26 it is no database.
fn opened(error: sqlx::Error, path: &Path) -> StateError {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().map(Cow::into_owned).unwrap_or_default(),
        _ => String::new(),
    };
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    match primary {
        Ok(11 | 26) => StateError::Corrupt { path: path.to_owned(), detail: error.to_string() },
        Ok(8 | 14) => {
            StateError::Open { path: path.to_owned(), source: std::io::Error::other(error.to_string()) }
        }
        _ => StateError::from(error),
    }
}
