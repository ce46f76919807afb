//! Object storage: a local folder or S3, behind one interface.

mod failure;
mod s3;

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use url::Url;

use crate::error::ConnectorError;

/// A place for sealed objects.
#[derive(Debug, Clone)]
pub struct Store {
    /// The objects.
    pub objects: Arc<dyn ObjectStore>,
    /// Path below which everything of this world lies.
    pub prefix: Path,
    /// The address, for messages.
    pub name: String,
    /// The folder, if it is one of this machine.
    folder: Option<PathBuf>,
}

/// Where the objects of one version of a table lie, below the store's prefix.
#[must_use]
pub fn version_folder(party: &str, table: &str, version: u64) -> String {
    format!("{party}/{table}/v{version}")
}

impl Store {
    /// A folder of this machine, made if missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn folder(folder: &FilePath) -> Result<Self, ConnectorError> {
        let name = folder.display().to_string();
        let failed = |message: String| ConnectorError::store(&name, message);
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        let objects =
            LocalFileSystem::new_with_prefix(folder).map_err(|e| failed(e.to_string()))?;
        let folder = folder
            .canonicalize()
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self {
            objects: Arc::new(objects),
            prefix: Path::default(),
            name,
            folder: Some(folder),
        })
    }

    /// The store at a URL: `s3://bucket/prefix`, with the usual `AWS_…` variables, or `file:///…`.
    ///
    /// # Errors
    /// When the URL names no store that is known.
    pub fn at(
        address: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConnectorError> {
        let failed = |message: String| ConnectorError::store(address, message);
        let url = Url::parse(address).map_err(|error| failed(error.to_string()))?;
        match url.scheme() {
            "file" => {
                let path = url
                    .to_file_path()
                    .map_err(|()| failed("no such folder".to_owned()))?;
                Self::folder(&path)
            }
            "s3" => {
                let objects = s3::connect(&url, variables).map_err(failed)?;
                let prefix = Path::from_url_path(url.path().trim_matches('/'))
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Self {
                    objects: Arc::new(objects),
                    prefix,
                    name: address.to_owned(),
                    folder: None,
                })
            }
            other => Err(failed(format!(
                "`{other}:` is no known kind of store; use s3:// or file://"
            ))),
        }
    }

    /// The full path of an object.
    #[must_use]
    pub fn path(&self, object: &str) -> Path {
        let parts = object.split('/').filter(|part| !part.is_empty());
        parts.fold(self.prefix.clone(), Path::join)
    }

    /// Writes a new object whole, and durably; never over another one.
    ///
    /// # Errors
    /// When the store fails, or has an object of that name.
    pub async fn create(&self, object: &str, bytes: Bytes) -> Result<(), ConnectorError> {
        let options = PutOptions::from(PutMode::Create);
        let put = self
            .objects
            .put_opts(&self.path(object), PutPayload::from(bytes), options)
            .await;
        match put {
            Ok(_) => self.sync(object),
            Err(object_store::Error::AlreadyExists { .. }) => {
                let message = format!("somebody else has written {object} meanwhile; run it again");
                Err(ConnectorError::store(&self.name, message))
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// What a folder of this machine has taken, it keeps when the power goes; others say so themselves.
    fn sync(&self, object: &str) -> Result<(), ConnectorError> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let path = folder.join(object);
        let synced = std::fs::File::open(&path).and_then(|file| file.sync_all());
        let above = path.parent().unwrap_or(folder);
        let synced = synced.and_then(|()| std::fs::File::open(above)?.sync_all());
        synced.map_err(|error| ConnectorError::store(&self.name, error.to_string()))
    }

    /// Removes an object, if it is there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, object: &str) -> Result<(), ConnectorError> {
        match self.objects.delete(&self.path(object)).await {
            Err(error) if !failure::is_missing_object(&error) => Err(self.failed(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Reads an object whole; `None` if it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, object: &str) -> Result<Option<Bytes>, ConnectorError> {
        let found = match self.objects.get(&self.path(object)).await {
            Ok(found) => found,
            Err(error) if failure::is_missing_object(&error) => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        let bytes = found.bytes().await;
        bytes.map(Some).map_err(|error| self.failed(&error))
    }

    /// The versions of a table that anything is stored of, in order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn versions(&self, party: &str, table: &str) -> Result<Vec<u64>, ConnectorError> {
        let below = self.path(&format!("{party}/{table}"));
        let listed = self.objects.list_with_delimiter(Some(&below)).await;
        let listed = listed.map_err(|error| self.failed(&error))?;
        let number = |path: &Path| path.filename()?.strip_prefix('v')?.parse().ok();
        let mut versions: Vec<u64> = listed.common_prefixes.iter().filter_map(number).collect();
        versions.sort_unstable();
        Ok(versions)
    }

    /// The version to seal after the one that is current: one that nothing is stored of, not even by
    /// a run that was cut short.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn next_version(
        &self,
        party: &str,
        table: &str,
        current: u64,
    ) -> Result<u64, ConnectorError> {
        let stored = self.versions(party, table).await?;
        let newest = stored.last().copied().unwrap_or(0).max(current);
        Ok(newest.saturating_add(1))
    }

    fn failed(&self, error: &object_store::Error) -> ConnectorError {
        ConnectorError::store(&self.name, failure::in_words(error))
    }
}
