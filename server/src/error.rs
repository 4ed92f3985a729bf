//! The errors of the API: a code, its HTTP status and a message for people.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

#[cfg(feature = "serve")]
use crate::request_id::RequestId;

/// What went wrong, in the API's vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ErrorCode {
    BadData,
    FeatureNotFound,
    DataUriError,
    JsonParsingError,
    JsonPropertyTypeMismatch,
    InvalidTokenError,
    InsufficientScopeTokenError,
    DeploymentNotEnabled,
    ResourceNotFound,
    UnsupportedContentType,
    InternalError,
}

impl ErrorCode {
    pub const ALL: [ErrorCode; 11] = [
        ErrorCode::BadData,
        ErrorCode::FeatureNotFound,
        ErrorCode::DataUriError,
        ErrorCode::JsonParsingError,
        ErrorCode::JsonPropertyTypeMismatch,
        ErrorCode::InvalidTokenError,
        ErrorCode::InsufficientScopeTokenError,
        ErrorCode::DeploymentNotEnabled,
        ErrorCode::ResourceNotFound,
        ErrorCode::UnsupportedContentType,
        ErrorCode::InternalError,
    ];

    /// The HTTP status that goes with the code.
    pub fn status(self) -> StatusCode {
        match self {
            ErrorCode::BadData
            | ErrorCode::FeatureNotFound
            | ErrorCode::DataUriError
            | ErrorCode::JsonParsingError
            | ErrorCode::JsonPropertyTypeMismatch => StatusCode::BAD_REQUEST,
            ErrorCode::InvalidTokenError => StatusCode::UNAUTHORIZED,
            ErrorCode::InsufficientScopeTokenError | ErrorCode::DeploymentNotEnabled => StatusCode::FORBIDDEN,
            ErrorCode::ResourceNotFound => StatusCode::NOT_FOUND,
            ErrorCode::UnsupportedContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// An error as it is sent to a client.
#[derive(Debug, Serialize)]
pub struct ApiError {
    #[serde(rename = "errorCode")]
    pub code: ErrorCode,
    #[serde(rename = "errorMessage")]
    pub message: String,
    #[serde(skip)]
    pub status: StatusCode,
    /// When to ask again, if the status is 503; after a second unless it is said.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> ApiError {
        ApiError { code, message: message.into(), status: code.status(), retry_after: None }
    }

    pub fn bad_data(message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::BadData, message)
    }

    pub fn data_uri(message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::DataUriError, message)
    }

    pub fn internal(message: impl Into<String>) -> ApiError {
        ApiError::new(ErrorCode::InternalError, message)
    }

    /// A request over a limit of size: HTTP has a status of its own for it, the API's nearest code is
    /// BadData.
    pub fn too_large(message: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::PAYLOAD_TOO_LARGE, ..ApiError::bad_data(message) }
    }

    /// A body that did not arrive in time.
    pub fn timed_out(message: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::REQUEST_TIMEOUT, ..ApiError::bad_data(message) }
    }

    /// A server that has its hands full for now: the same request may well succeed soon.
    pub fn busy(message: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::SERVICE_UNAVAILABLE, ..ApiError::internal(message) }
    }

    /// What the server cannot do with a deployment, whatever the request is.
    pub fn not_implemented(message: impl Into<String>) -> ApiError {
        ApiError { status: StatusCode::NOT_IMPLEMENTED, ..ApiError::internal(message) }
    }

    /// A known address asked with the wrong method: HTTP's own status, the API's nearest code.
    pub fn method_not_allowed(message: String) -> ApiError {
        ApiError {
            status: StatusCode::METHOD_NOT_ALLOWED,
            ..ApiError::new(ErrorCode::ResourceNotFound, message)
        }
    }

    /// The same error. If the server is to blame, its message names the request by its id.
    #[cfg(feature = "serve")]
    pub fn of_request(mut self, id: Option<&RequestId>) -> ApiError {
        if let Some(id) = id.filter(|_| self.status.is_server_error()) {
            self.message.push_str(&format!(" (request {})", id.as_str()));
        }
        self
    }

    /// The same error, with the place that it concerns before its message.
    pub fn at(mut self, place: &str) -> ApiError {
        self.message.insert_str(0, place);
        self
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        respond(self.status, self.retry_after, &self)
    }
}

/// The response of an error, with the headers that its status needs.
pub fn respond(status: StatusCode, retry_after: Option<Duration>, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer realm=\"deployment\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let seconds = retry_after.map_or(1, |after| after.as_secs_f64().ceil() as u64);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_the_api() {
        let status = |code: ErrorCode| code.status().as_u16();
        let statuses = ErrorCode::ALL.map(status);
        assert_eq!(statuses, [400, 400, 400, 400, 400, 401, 403, 403, 404, 415, 500]);
    }

    #[test]
    fn an_error_is_an_object_of_code_and_message() {
        let error = ApiError::bad_data("no ☀").at("rows[1]: ");
        let text = serde_json::to_string(&error).unwrap();
        assert_eq!(text, r#"{"errorCode":"BadData","errorMessage":"rows[1]: no ☀"}"#);
    }
}
