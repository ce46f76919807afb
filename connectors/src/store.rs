//! Object storage: a local folder or S3, behind one interface.

use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
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
        let failed = |message: String| ConnectorError::Store {
            store: name.clone(),
            message,
        };
        std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
        let objects =
            LocalFileSystem::new_with_prefix(folder).map_err(|e| failed(e.to_string()))?;
        Ok(Self {
            objects: Arc::new(objects),
            prefix: Path::default(),
            name,
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
        let failed = |message: String| ConnectorError::Store {
            store: address.to_owned(),
            message,
        };
        let url = Url::parse(address).map_err(|error| failed(error.to_string()))?;
        match url.scheme() {
            "file" => {
                let path = url
                    .to_file_path()
                    .map_err(|()| failed("no such folder".to_owned()))?;
                Self::folder(&path)
            }
            "s3" => {
                let objects = s3(&url, variables).map_err(|error| failed(error.to_string()))?;
                let prefix = Path::parse(url.path().trim_matches('/'))
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Self {
                    objects: Arc::new(objects),
                    prefix,
                    name: address.to_owned(),
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
        parts.fold(self.prefix.clone(), |path, part| path.join(part))
    }

    /// Writes an object whole.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put(&self, object: &str, bytes: Bytes) -> Result<(), ConnectorError> {
        let put = self
            .objects
            .put(&self.path(object), PutPayload::from(bytes))
            .await;
        put.map(|_| ()).map_err(|error| self.failed(&error))
    }

    /// Reads an object whole; `None` if it is not there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn get(&self, object: &str) -> Result<Option<Bytes>, ConnectorError> {
        let found = match self.objects.get(&self.path(object)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        found
            .bytes()
            .await
            .map(Some)
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &object_store::Error) -> ConnectorError {
        ConnectorError::Store {
            store: self.name.clone(),
            message: error.to_string(),
        }
    }
}

fn s3(
    url: &Url,
    variables: impl IntoIterator<Item = (String, String)>,
) -> object_store::Result<object_store::aws::AmazonS3> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(url.host_str().unwrap_or_default());
    for (name, value) in variables {
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    builder.build()
}
