//! The describe document: OpenAPI 3, with the parts that clients read features from.

use serde_json::{Map, Value, json};

use crate::deployment::{
    Category, Deployment, DescribeForm, FREE, FeatureType, Input, InputKind, Output, OutputKind, TextEncoding,
};
use crate::error::ErrorCode;

const FORWARD: &str = "/deployment/{deploymentId}/forward";
const OPENAPI: &str = "/deployment/{deploymentId}/openapi.json";

const DESCRIBE_ERRORS: [ErrorCode; 5] = [
    ErrorCode::InvalidTokenError,
    ErrorCode::InsufficientScopeTokenError,
    ErrorCode::DeploymentNotEnabled,
    ErrorCode::ResourceNotFound,
    ErrorCode::InternalError,
];

/// The document of a deployment.
pub fn document(deployment: &Deployment) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": info(deployment),
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"basic": []}],
        "paths": {FORWARD: forward(deployment), OPENAPI: openapi(deployment)},
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": "The token as user name, no password."},
            },
            "schemas": schemas(deployment),
        },
    })
}

fn info(deployment: &Deployment) -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let mut info =
        json!({"title": deployment.title, "description": deployment.description, "version": version});
    if let Some(held_out) = &deployment.held_out {
        info["x-held-out"] = held_out.clone();
    }
    info
}

fn forward(deployment: &Deployment) -> Value {
    let mut path = Map::new();
    if deployment.form == DescribeForm::Current {
        path.insert("x-peltarion-tensorjson".to_owned(), deployment.tensorjson.into());
    }
    path.insert("parameters".to_owned(), parameters(deployment));
    path.insert(
        "post".to_owned(),
        json!({
            "operationId": "predict",
            "summary": "Predict the outputs of examples",
            "requestBody": {
                "required": true,
                "content": {
                    "application/json": {"schema": reference("input-row-batch")},
                    "multipart/form-data": {"schema": reference("input-row-form")},
                },
            },
            "responses": responses(&ErrorCode::ALL, json!({
                "description": "The predictions, in the order of the examples; to a form the bare row of outputs",
                "content": {"application/json": {
                    "schema": {"oneOf": [reference("output-row-batch"), reference("output-row")]},
                }},
            })),
        }),
    );
    path.into()
}

fn openapi(deployment: &Deployment) -> Value {
    json!({
        "parameters": parameters(deployment),
        "get": {
            "operationId": "describe",
            "summary": "This document",
            "responses": responses(&DESCRIBE_ERRORS, json!({
                "description": "An OpenAPI document",
                "content": {"application/json": {"schema": {"type": "object"}}},
            })),
        },
    })
}

fn parameters(deployment: &Deployment) -> Value {
    let schema = json!({"type": "string", "enum": [deployment.id]});
    json!([{"name": "deploymentId", "in": "path", "required": true, "schema": schema}])
}

fn responses(errors: &[ErrorCode], success: Value) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), success)]);
    for code in errors {
        let entry = responses.entry(code.status().as_str()).or_insert_with(
            || json!({"description": "", "content": {"application/json": {"schema": reference("error")}}}),
        );
        let known = entry["description"].as_str().unwrap_or_default();
        let separator = if known.is_empty() { "" } else { ", " };
        entry["description"] = format!("{known}{separator}{code:?}").into();
    }
    responses.into()
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

fn schemas(deployment: &Deployment) -> Value {
    let required = deployment.inputs.iter().filter(|input| input.fill.is_none());
    let input_names: Vec<&str> = required.map(|input| input.name.as_str()).collect();
    let output_names: Vec<&str> = deployment.outputs.iter().map(|output| output.name.as_str()).collect();
    json!({
        "input-row": {
            "type": "object",
            "properties": inputs(deployment, input_schema),
            "required": input_names,
        },
        "input-row-batch": {
            "type": "object",
            "properties": {"rows": {"type": "array", "items": reference("input-row")}},
            "required": ["rows"],
        },
        "input-row-form": {
            "type": "object",
            "properties": inputs(deployment, form_schema),
            "required": input_names,
        },
        "output-row": {
            "type": "object",
            "properties": deployment.outputs.iter().map(|output| {
                (output.name.clone(), output_schema(output, deployment.tensorjson))
            }).collect::<Map<_, _>>(),
            "required": output_names,
        },
        "output-row-batch": {
            "type": "object",
            "properties": {"rows": {
                "type": "array",
                "items": reference("output-row"),
                // Not part of the list, but clients of this API look here for the output features.
                "properties": deployment.outputs.iter().map(|output| {
                    (output.name.clone(), output_feature(output, deployment))
                }).collect::<Map<_, _>>(),
            }},
            "required": ["rows"],
        },
        "error": {
            "type": "object",
            "properties": {
                "errorCode": {"type": "string", "enum": ErrorCode::ALL},
                "errorMessage": {"type": "string"},
            },
            "required": ["errorCode", "errorMessage"],
        },
    })
}

fn inputs(deployment: &Deployment, schema: fn(&Input, bool) -> Value) -> Map<String, Value> {
    let feature = |input: &Input| {
        let mut value = schema(input, deployment.tensorjson);
        if let Some(fill) = &input.fill {
            value["nullable"] = true.into();
            value["description"] = format!("Left out or null, it is {fill}").into();
        }
        mark(&mut value, input.feature_type(), &input.shape, deployment.form);
        (input.name.clone(), value)
    };
    deployment.inputs.iter().map(feature).collect()
}

/// Adds a feature's type and shape in the form of the deployment's describe document.
fn mark(schema: &mut Value, feature_type: FeatureType, shape: &[usize], form: DescribeForm) {
    // As in the Open Inference Protocol, -1 is a size that each example has for itself.
    let sizes: Vec<i64> = shape.iter().map(|&size| if size == FREE { -1 } else { size as i64 }).collect();
    let marker = json!({"x-peltarion": {"type": feature_type, "shape": sizes}});
    match form {
        DescribeForm::Current => schema["x-peltarion"] = marker["x-peltarion"].clone(),
        DescribeForm::Older => schema["extensions"] = marker,
    }
}

fn input_schema(input: &Input, tensorjson: bool) -> Value {
    match &input.kind {
        InputKind::Number(_) => json!({"type": "number"}),
        InputKind::Array(_) => array_schema(tensorjson),
        InputKind::Categorical(categories, _) | InputKind::Binary(categories, _) => {
            category_schema(categories.list())
        }
        InputKind::Image { .. } => data_url_schema("A data URL, image/png or image/jpeg"),
        InputKind::Text(TextEncoding::Date(..)) => {
            json!({"type": "string", "description": "A date, 2024-05-17, or a time, 2024-05-17T12:30:00Z"})
        }
        InputKind::Text(_) => json!({"type": "string"}),
    }
}

fn form_schema(input: &Input, tensorjson: bool) -> Value {
    match input.kind {
        InputKind::Image { .. } | InputKind::Array(_) => json!({"type": "string", "format": "binary"}),
        _ => input_schema(input, tensorjson),
    }
}

fn category_schema(categories: &[Category]) -> Value {
    let integers = categories.iter().filter(|category| matches!(category, Category::Integer(_))).count();
    let mut schema = json!({"enum": categories});
    if integers == 0 || integers == categories.len() {
        schema["type"] = if integers == 0 { "string" } else { "integer" }.into();
    }
    schema
}

fn array_schema(tensorjson: bool) -> Value {
    if !tensorjson {
        return data_url_schema("A data URL of a .npy file, application/x.peltarion.npy");
    }
    json!({
        "type": "object",
        "properties": {
            "shape": {"type": "array", "items": {"type": "integer"}},
            "data": {"type": "array", "items": {"type": "number", "format": "float"}},
        },
        "required": ["shape", "data"],
    })
}

fn data_url_schema(description: &str) -> Value {
    json!({"type": "string", "format": "uri", "description": description})
}

fn output_schema(output: &Output, tensorjson: bool) -> Value {
    match &output.kind {
        OutputKind::Number(_) | OutputKind::Binary => json!({"type": "number", "format": "float"}),
        OutputKind::Array(array) => {
            let mut schema = array_schema(tensorjson);
            if !array.columns.is_empty() {
                schema["description"] = format!("The columns are {}", array.columns.join(", ")).into();
            }
            schema
        }
        OutputKind::Image { .. } => data_url_schema("A data URL, image/png"),
        OutputKind::Text(labels) if labels.is_empty() => json!({"type": "string"}),
        OutputKind::Text(labels) => json!({"type": "string", "enum": labels}),
        OutputKind::Categorical(categories) => {
            let names: Vec<String> = categories.iter().map(Category::name).collect();
            let probability = json!({"type": "number", "format": "float"});
            let properties: Map<_, _> =
                names.iter().map(|name| (name.clone(), probability.clone())).collect();
            json!({"type": "object", "properties": properties, "required": names})
        }
    }
}

fn output_feature(output: &Output, deployment: &Deployment) -> Value {
    let mut feature = match &output.kind {
        OutputKind::Categorical(categories) => json!({"enum": categories}),
        OutputKind::Array(array) if !array.columns.is_empty() => json!({"x-columns": array.columns}),
        _ => json!({}),
    };
    mark(&mut feature, output.feature_type(), &output.shape, deployment.form);
    feature
}
