//! Options for models of the Open Inference Protocol.

use crate::boundary::{object_mut, path_text, text};
use crate::error::sidekick_error;
use crate::guard::guard;
use crate::options::sidekick_options;
use crate::status::{
    SIDEKICK_PROTOCOL_AUTO, SIDEKICK_PROTOCOL_DEPLOYMENT_API, SIDEKICK_PROTOCOL_OPEN_INFERENCE,
    SIDEKICK_WIRE_AUTO, SIDEKICK_WIRE_BINARY, SIDEKICK_WIRE_JSON, sidekick_status,
};
use sidekick::{Error, ErrorKind, ProtocolKind, Result, Wire};
use std::ffi::c_char;

/// Sets the protocol of the deployment, in place of the one that its URL means.
///
/// `protocol`: `SIDEKICK_PROTOCOL_AUTO`, the default. With `SIDEKICK_PROTOCOL_DEPLOYMENT_API` a URL with
/// `/v2/models/` in it is that of a deployment. With `SIDEKICK_PROTOCOL_OPEN_INFERENCE` a URL without
/// `/v2/models/NAME` is that of the model itself: its metadata is read there, and predictions are posted to
/// the same URL with `/infer` after it.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_protocol(
    options: *mut sidekick_options,
    protocol: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_protocol(protocol_of(protocol)?);
        Ok(())
    })
}

/// Describes a model of the Open Inference Protocol: what its metadata do not say, or say wrong.
///
/// `json`: a document that is laid over the metadata: types, labels, shapes, optional inputs, images, the
/// outputs to ask for, parameters of every request. `docs/model-description.md` explains its keys. Empty, the
/// default, for no description.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for a mistake; the message names the key by its path, such as
/// `inputs[1].scale`. What does not fit the model is `SIDEKICK_ERROR_DESCRIBE` when it is opened; a URL of
/// the Deployment API is `SIDEKICK_ERROR_ARGUMENT` then. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_model_description(
    options: *mut sidekick_options,
    json: *const c_char,
    json_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, json) = unsafe { (object_mut(options, "options")?, text(json, json_length, "json")?) };
        options.0.set_model_description(json)
    })
}

/// Describes a model, as `sidekick_options_set_model_description` does, from a file. The file is read at
/// once.
///
/// Errors: `SIDEKICK_ERROR_FILE` if the file cannot be read; `SIDEKICK_ERROR_ARGUMENT` for a mistake, and for
/// an empty file. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_model_description_file(
    options: *mut sidekick_options,
    path: *const c_char,
    path_length: usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (options, path) =
            unsafe { (object_mut(options, "options")?, path_text(path, path_length, "path")?) };
        options.0.set_model_description_file(path)
    })
}

/// Sets how tensors are sent to a server of the Open Inference Protocol.
///
/// `wire`: `SIDEKICK_WIRE_AUTO`, the default, `SIDEKICK_WIRE_BINARY` or `SIDEKICK_WIRE_JSON`.
///
/// Errors: `SIDEKICK_ERROR_ARGUMENT` for anything else. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_options_set_wire(
    options: *mut sidekick_options,
    wire: i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let options = unsafe { object_mut(options, "options") }?;
        options.0.set_wire(wire_of(wire)?);
        Ok(())
    })
}

fn protocol_of(protocol: i32) -> Result<Option<ProtocolKind>> {
    match protocol {
        SIDEKICK_PROTOCOL_AUTO => Ok(None),
        SIDEKICK_PROTOCOL_DEPLOYMENT_API => Ok(Some(ProtocolKind::DeploymentApi)),
        SIDEKICK_PROTOCOL_OPEN_INFERENCE => Ok(Some(ProtocolKind::OpenInference)),
        _ => Err(Error::new(ErrorKind::Argument, format!("{protocol} is no SIDEKICK_PROTOCOL_ constant"))),
    }
}

fn wire_of(wire: i32) -> Result<Wire> {
    match wire {
        SIDEKICK_WIRE_AUTO => Ok(Wire::Auto),
        SIDEKICK_WIRE_BINARY => Ok(Wire::Binary),
        SIDEKICK_WIRE_JSON => Ok(Wire::Json),
        _ => Err(Error::new(ErrorKind::Argument, format!("{wire} is no SIDEKICK_WIRE_ constant"))),
    }
}
