//! Errors in the protocol's form: a status and `{"error": text}`.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::{self, ApiError};

/// An error of the server, answered at an address of the protocol.
pub struct OpenError(pub ApiError);

impl From<ApiError> for OpenError {
    fn from(error: ApiError) -> OpenError {
        OpenError(error)
    }
}

impl IntoResponse for OpenError {
    fn into_response(self) -> Response {
        error::respond(self.0.status, self.0.retry_after, &json!({"error": self.0.message}))
    }
}
