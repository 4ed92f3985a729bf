//! What those ask who run the server: whether it lives, whether it is ready, and what it counts.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::{App, Shared};
use crate::error::ApiError;
use crate::metrics::{Gauge, MEDIA_TYPE};
use crate::served::Served;

pub async fn live() -> &'static str {
    "ok\n"
}

pub async fn ready(State(app): Shared) -> Result<&'static str, ApiError> {
    app.require_ready()?;
    Ok("ok\n")
}

pub async fn metrics(State(app): Shared) -> Response {
    let text = app.metrics.text(&gauges(&app));
    ([(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], text).into_response()
}

/// The last hour of each deployment, for the pages.
pub async fn recent(State(app): Shared) -> Response {
    Json(app.metrics.recent()).into_response()
}

fn gauges(app: &App) -> [Gauge<'static>; 4] {
    let served = app.served.all();
    let has_model = |served: &&std::sync::Arc<Served>| served.model.absent.is_none();
    let inside = app.queue.inside();
    let gauge = |name, help, value: usize| Gauge { name, help, value: value as f64 };
    [
        gauge("requests_in_flight", "Requests that were read and are not answered.", inside),
        gauge(
            "queue_depth",
            "Requests that wait: for their turn, for others to join them, or for an engine elsewhere.",
            inside.saturating_sub(app.turns.taken()),
        ),
        gauge(
            "memory_bytes",
            "Bodies, tensors and responses, as --max-memory counts them.",
            app.memory.used(),
        ),
        gauge(
            "deployments_ready",
            "Deployments that have their model.",
            served.iter().filter(has_model).count(),
        ),
    ]
}
