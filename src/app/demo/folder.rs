//! The folder of the demo. Whatever was made by somebody else is left alone.

use std::{
    fs,
    io::{ErrorKind, Write},
    net::SocketAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::sites::COUNT;
use crate::kernel::{Doing, Fault};
use crate::operator::cli::CliError;

/// Says that the folder is the demo's, and for which address.
const MARKER: &str = "demo.json";
/// The registrations of the sites, with their secrets.
pub(super) const SITES: &str = "sites.json";
/// All that the demo makes, with the databases of the sites. `--reset` removes these and nothing else.
const FILES: [&str; 6] = ["connex.db", "connex.db-wal", "connex.db-shm", "connex.sealing-key", SITES, MARKER];
/// What SQLite puts beside a database.
const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// The file of a site's database.
fn database(n: u16) -> String {
    format!("site-{n}.db")
}

/// The folder of the demo.
pub(super) struct Folder(PathBuf);

#[derive(Serialize, Deserialize)]
struct Marker {
    listen: SocketAddr,
}

impl Folder {
    /// Opens the folder at `path`, made at the first start; with `reset`, empties it.
    ///
    /// # Errors
    /// When it holds something that the demo did not make, or a demo for another address.
    pub(super) fn open(path: &Path, listen: SocketAddr, reset: bool) -> Result<Self, CliError> {
        let folder = Self(path.to_owned());
        let marker = folder.read::<Marker>(MARKER)?;
        let shown = path.display();
        match &marker {
            None if !folder.is_empty()? => Err(CliError::Refused(format!(
                "{shown} holds files that `connex demo` did not make; name another folder with --data"
            ))),
            Some(_) if reset => folder
                .clear()
                .doing("empty the folder of the demo")
                .map_err(CliError::from)
                .and_then(|()| folder.prepare(listen)),
            Some(marker) if marker.listen != listen => Err(CliError::Refused(format!(
                "the demo in {shown} is for {}; begin afresh with --reset, or name another folder with --data",
                marker.listen
            ))),
            Some(_) => Ok(()),
            None => folder.prepare(listen),
        }?;
        Ok(folder)
    }

    /// Where the site with this number, from 1 on, keeps its own database.
    pub(super) fn site_database(&self, n: u16) -> PathBuf {
        self.0.join(database(n))
    }

    fn is_empty(&self) -> Result<bool, Fault> {
        match fs::read_dir(&self.0) {
            Ok(mut entries) => Ok(entries.next().is_none()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(Fault::of("look into the folder of the demo", error)),
        }
    }

    fn clear(&self) -> Result<(), std::io::Error> {
        // The marker goes last, so that a reset that was cut short can be done again.
        let of_sites = (1..=COUNT).flat_map(|n| BESIDE.map(|end| format!("{}{end}", database(n))));
        for file in of_sites.chain(FILES.map(str::to_owned)) {
            match fs::remove_file(self.0.join(file)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn prepare(&self, listen: SocketAddr) -> Result<(), CliError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(&self.0).doing("make the folder of the demo")?;
        Ok(self.write(MARKER, &Marker { listen })?)
    }

    /// What `file` holds; `None` when it is not there.
    ///
    /// # Errors
    /// When it cannot be read, or holds something else.
    pub(super) fn read<T: DeserializeOwned>(&self, file: &str) -> Result<Option<T>, Fault> {
        let doing = "read a file of the demo; `connex demo --reset` begins afresh";
        match fs::read(self.0.join(file)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).doing(doing),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::of(doing, error)),
        }
    }

    /// Keeps `value` in `file`, for the owner's eyes only, on the disk before it returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, file: &str, value: &impl Serialize) -> Result<(), Fault> {
        let doing = "write a file of the demo";
        let bytes = serde_json::to_vec_pretty(value).doing(doing)?;
        let mut options = fs::OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(self.0.join(file)).doing(doing)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).doing(doing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path, listen: &str, reset: bool) -> Result<Folder, CliError> {
        Folder::open(path, listen.parse().unwrap(), reset)
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("connex.db");
        fs::write(&database, "precious").unwrap();
        for reset in [false, true] {
            let refusal = open(folder.path(), "127.0.0.1:7100", reset).err().unwrap().to_string();
            assert!(refusal.contains("did not make"), "{refusal}");
        }
        assert_eq!(fs::read_to_string(database).unwrap(), "precious");
    }

    #[test]
    fn a_reset_removes_what_the_demo_made_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/demo");
        let folder = open(&path, "127.0.0.1:7100", true).unwrap();
        folder.write(SITES, &["x"]).unwrap();
        fs::write(folder.site_database(6), "").unwrap();
        fs::write(path.join("notes"), "mine").unwrap();
        assert!(open(&path, "127.0.0.1:7100", false).unwrap().read::<[String; 1]>(SITES).unwrap().is_some());
        assert!(open(&path, "127.0.0.1:7200", false).is_err(), "the sites know the old address");
        let fresh = open(&path, "127.0.0.1:7200", true).unwrap();
        assert!(fresh.read::<[String; 1]>(SITES).unwrap().is_none() && path.join("notes").exists());
        assert!(!fresh.site_database(6).exists());
        assert!(open(&path, "127.0.0.1:7200", false).is_ok());
    }
}
