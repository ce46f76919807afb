//! What a store's failure means for whoever runs the program.

use std::error::Error;

/// An object that is not there, in a bucket that is.
pub(super) fn is_missing_object(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::NotFound { .. })
        && !error.to_string().contains("NoSuchBucket")
}

/// The failure in words, with what to do about it.
pub(super) fn in_words(error: &object_store::Error) -> String {
    let said = error.to_string();
    let code = tag(&said, "Code").unwrap_or_default();
    if code == "NoSuchBucket" {
        return "there is no such bucket; make it first, or correct the URL".to_owned();
    }
    if said.contains("169.254.169.254") || said.contains("metadata token") {
        return "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            .to_owned();
    }
    if refuses(error, code) {
        let why = tag(&said, "Message").unwrap_or(if code.is_empty() {
            "no reason given"
        } else {
            code
        });
        return format!(
            "it refuses these credentials ({why}); see AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        );
    }
    if let Some(message) = tag(&said, "Message") {
        return format!("it says {code}: {message}");
    }
    if let Some((_, status)) = said.split_once("non-2xx status code: ") {
        let status = status.trim_end_matches([':', ' ']);
        return format!("what answers there is no such store: {status}");
    }
    format!("it does not answer: {}", root(error))
}

/// Whether the caller is not let in, whatever status a store says it with.
fn refuses(error: &object_store::Error, code: &str) -> bool {
    let by_kind = matches!(
        error,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }
    );
    let codes = [
        "AccessDenied",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
    ];
    by_kind || codes.contains(&code)
}

/// The text in an XML element of an S3 error.
fn tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inside)
}

/// The innermost cause.
fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
