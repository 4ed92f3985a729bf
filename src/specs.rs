//! Specs
//!
//! What the model takes (`SIDEKICK_INPUT`) and returns (`SIDEKICK_OUTPUT`). Features are indexed from 0, in
//! the order in which the server describes them.

use crate::boundary::{Out, OutView, object, text};
use crate::deployment::sidekick_deployment;
use crate::error::sidekick_error;
use crate::guard::{guard, guard_or};
use crate::status::{SIDEKICK_INPUT, SIDEKICK_OUTPUT, sidekick_status};
use sidekick::{Error, ErrorKind, FeatureSpec, Result, Specs};
use std::ffi::c_char;

/// Returns how many features are on a side; 0 for NULL or an unknown side.
///
/// `side`: `SIDEKICK_INPUT` or `SIDEKICK_OUTPUT`. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_count(
    deployment: *const sidekick_deployment,
    side: i32,
) -> usize {
    guard_or(0, || {
        // SAFETY: the caller's promises.
        unsafe { deployment.as_ref() }.and_then(|it| specs(it, side).ok()).map_or(0, Specs::len)
    })
}

/// Finds the index of a feature by its name. Look it up once, and use the index in loops.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if no feature of that side has the name (the message lists the
/// names); `SIDEKICK_ERROR_ARGUMENT` for an unknown side. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_index(
    deployment: *const sidekick_deployment,
    side: i32,
    name: *const c_char,
    name_length: usize,
    index: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (deployment, name) =
            unsafe { (object(deployment, "deployment")?, text(name, name_length, "name")?) };
        // SAFETY: the caller's promises.
        let out = unsafe { Out::new(index, "index") }?;
        out.set(specs(deployment, side)?.index_of(name)?);
        Ok(())
    })
}

/// Gets the name of a feature.
///
/// `name`: lives as long as the deployment.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
/// unknown side. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_name(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    name: *mut *const c_char,
    name_length: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) =
            unsafe { (feature(deployment, side, index)?, OutView::new(name, name_length, "name")?) };
        out.set_text(spec.name().with_nul());
        Ok(())
    })
}

/// Gets the type of a feature, one of the `SIDEKICK_TYPE_` constants.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
/// unknown side. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_type(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    feature_type: *mut i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) =
            unsafe { (feature(deployment, side, index)?, Out::new(feature_type, "feature_type")?) };
        out.set(spec.feature_type() as i32);
        Ok(())
    })
}

/// Gets the type of a feature's elements, one of the `SIDEKICK_DTYPE_` constants.
///
/// For a model of the Open Inference Protocol it is the tensor's type, in which values are sent, and which
/// `sidekick_predictions_elements` returns. For a deployment of the Deployment API it is `SIDEKICK_DTYPE_F32`
/// for arrays, and `SIDEKICK_DTYPE_F64` for numbers and binary features.
///
/// `dtype`: 0 for categorical, text, image and bytes features.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
/// unknown side. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_dtype(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    dtype: *mut i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) = unsafe { (feature(deployment, side, index)?, Out::new(dtype, "dtype")?) };
        out.set(spec.dtype().map_or(0, |dtype| dtype as i32));
        Ok(())
    })
}

/// Gets whether a row may leave out a feature.
///
/// `optional`: gets 1 if it may, else 0. Only inputs of the Open Inference Protocol can be optional: if the
/// server's configuration of the model or its description says so.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
/// unknown side. Since 0.2.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_optional(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    optional: *mut i32,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) = unsafe { (feature(deployment, side, index)?, Out::new(optional, "optional")?) };
        out.set(i32::from(spec.is_optional()));
        Ok(())
    })
}

/// Gets the shape of a feature for one row.
///
/// `shape`: `rank` sizes, which live as long as the deployment. A scalar is `[1]`, an image
/// `[height, width, channels]`, a categorical output `[number of categories]`. A size that is
/// `SIDEKICK_SIZE_ANY` may be another in each row: an array that is added has its own,
/// `sidekick_predictions_row_shape` returns that of a result.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
/// unknown side. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_feature_shape(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    shape: *mut *const usize,
    rank: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) = unsafe { (feature(deployment, side, index)?, OutView::new(shape, rank, "shape")?) };
        out.set(spec.shape());
        Ok(())
    })
}

/// Gets how many categories the server lists for a feature; 0 if it lists none.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such index; `SIDEKICK_ERROR_ARGUMENT` for an
/// unknown side. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_category_count(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    count: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) = unsafe { (feature(deployment, side, index)?, Out::new(count, "count")?) };
        out.set(spec.categories().len());
        Ok(())
    })
}

/// Gets the label of a listed category.
///
/// `category`: counted from 0. `label`: lives as long as the deployment; an integer category is its digits.
///
/// Errors: `SIDEKICK_ERROR_UNKNOWN_FEATURE` if there is no such feature; `SIDEKICK_ERROR_ARGUMENT` if there
/// is no such category, or for an unknown side. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sidekick_deployment_category(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
    category: usize,
    label: *mut *const c_char,
    label_length: *mut usize,
    error: *mut *mut sidekick_error,
) -> sidekick_status {
    guard(error, || {
        // SAFETY: the caller's promises.
        let (spec, out) =
            unsafe { (feature(deployment, side, index)?, OutView::new(label, label_length, "label")?) };
        let label = spec.categories().get(category);
        let label = label
            .ok_or_else(|| Error::new(ErrorKind::Argument, format!("there is no category {category}")))?;
        out.set_text(label.with_nul());
        Ok(())
    })
}

fn specs(deployment: &sidekick_deployment, side: i32) -> Result<&Specs> {
    match side {
        SIDEKICK_INPUT => Ok(deployment.0.inputs()),
        SIDEKICK_OUTPUT => Ok(deployment.0.outputs()),
        _ => Err(Error::new(
            ErrorKind::Argument,
            format!("side {side} is neither SIDEKICK_INPUT nor SIDEKICK_OUTPUT"),
        )),
    }
}

/// The spec of a feature.
///
/// # Safety
/// `deployment` is NULL or points to a live deployment.
unsafe fn feature<'a>(
    deployment: *const sidekick_deployment,
    side: i32,
    index: usize,
) -> Result<&'a FeatureSpec> {
    // SAFETY: this function's own demand.
    let deployment = unsafe { object(deployment, "deployment") }?;
    specs(deployment, side)?.get(index)
}
