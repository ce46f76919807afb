//! S3 and what speaks like it: the bucket from the URL, everything else from `AWS_…` variables.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{ClientConfigKey, RetryConfig};
use url::Url;

use super::failure;

/// A store that does not answer is told of within seconds, not minutes.
const PATIENCE: RetryConfig = RetryConfig {
    backoff: object_store::BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(5),
        base: 2.0,
    },
    max_retries: 4,
    retry_timeout: Duration::from_secs(30),
};

/// The bucket that a URL names.
pub(super) fn connect(
    url: &Url,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<AmazonS3, String> {
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        let message = "a store's URL holds no keys and no options; they come from AWS_… variables";
        return Err(message.to_owned());
    }
    let bucket = url.host_str().filter(|bucket| !bucket.is_empty());
    let bucket = bucket.ok_or("the URL names no bucket; write s3://BUCKET/PREFIX")?;
    let client = |key| AmazonS3ConfigKey::Client(key);
    let mut builder = AmazonS3Builder::new()
        .with_retry(PATIENCE)
        .with_config(client(ClientConfigKey::ConnectTimeout), "5 seconds")
        .with_config(client(ClientConfigKey::Timeout), "300 seconds");
    for (name, value) in variables {
        let name = name.to_ascii_lowercase();
        if !name.starts_with("aws_") || value.is_empty() {
            continue;
        }
        let is_endpoint = name.starts_with("aws_endpoint");
        if is_endpoint && value.starts_with("http://") {
            builder = builder.with_allow_http(true);
        }
        if let Ok(key) = name.parse() {
            builder = builder.with_config(key, value);
        }
    }
    builder
        .with_bucket_name(bucket)
        .build()
        .map_err(|error| failure::in_words(&error))
}
