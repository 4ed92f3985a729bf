//! The readers and writers of the wire without a network, as functions of bytes: for fuzz targets, benchmarks
//! and tests outside this crate. Not part of the API; it changes without notice.

use crate::error::{Error, Result};
use crate::images::raster::ImageRules;
use crate::images::{self, DecodedImage, MediaType, WireImage};
use crate::json::Cursor;
use crate::memory::none_for;
use crate::npy;
use crate::predictions::Predictions;
use crate::protocol::RowStore;
use crate::protocol::deployment_api::addresses::addresses;
use crate::protocol::deployment_api::floats;
use crate::protocol::deployment_api::rows::JsonRows;
use crate::protocol::deployment_api::wire::Wire;
use crate::protocol::deployment_api::{self, data_url, describe, failure, reply, request};
use crate::protocol::open_inference;
use crate::results::{Column, Columns};
use crate::rows::Rows;
use crate::spec::{Schema, Specs};
use crate::text::without_nul;
use crate::url::Url;
use sidekick_numbers::{ListWriter, WIDEST_F64, write_f64};
use std::sync::Arc;

/// What a describe document says, and requests and responses that follow it.
pub struct Model {
    schema: Arc<Schema>,
    wire: Arc<Wire>,
}

impl Model {
    /// Reads a describe document.
    pub fn new(document: &[u8]) -> Result<Model> {
        let (schema, wire) = describe::parse(document)?;
        Ok(Model { schema: Arc::new(schema), wire: Arc::new(wire) })
    }

    /// Its inputs.
    pub fn inputs(&self) -> &Specs {
        &self.schema.inputs
    }

    /// Its outputs.
    pub fn outputs(&self) -> &Specs {
        &self.schema.outputs
    }

    /// Whether arrays travel as `{"shape", "data"}`.
    pub fn tensor_json(&self) -> bool {
        self.wire.tensorjson
    }

    /// Empty rows.
    pub fn rows(&self) -> Rows {
        Rows::new(Arc::clone(&self.schema), RowStore::Json(JsonRows::new(&self.wire)), ImageRules::default())
    }

    /// The body of a request that sends all finished rows.
    pub fn request(&self, rows: &Rows) -> Vec<u8> {
        let json = rows.store().json();
        json.map_or(Vec::new(), |json| deployment_api::body(json, 0..rows.len()).concat())
    }

    /// Reads the body of a 2xx response to a request of so many rows.
    pub fn read_response(&self, body: &[u8], rows: usize) -> Result<Predictions> {
        let mut columns = Columns::new(&self.schema.outputs)?;
        reply::read(body, rows, &self.schema.outputs, &self.wire.outputs, &mut columns)?;
        Ok(Predictions::new(Arc::clone(&self.schema), columns, Vec::new(), ImageRules::default()))
    }
}

/// Reads a JSON list of at most `limit` 32-bit floats; only white space may follow.
pub fn read_floats(json: &[u8], limit: usize) -> Result<Vec<f32>> {
    let mut cursor = Cursor::new(json);
    let mut values = Vec::new();
    floats::read_f32_list(&mut cursor, &mut values, limit)?;
    cursor.end()?;
    Ok(values)
}

/// Reads a JSON number as 64-bit float; only white space may follow.
pub fn read_number(json: &[u8]) -> Result<f64> {
    let mut cursor = Cursor::new(json);
    let value = floats::next_f64(&mut cursor)?;
    cursor.end()?;
    Ok(value)
}

/// The text of finite 32-bit floats, commas between them.
pub fn write_floats(values: &[f32]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut writer = ListWriter::new(&mut text);
    writer.floats(values).map_err(|missing| none_for(missing.0))?;
    writer.finish();
    Ok(text)
}

/// The text of a finite 64-bit float.
pub fn write_number(value: f64) -> Vec<u8> {
    let mut room = [0; WIDEST_F64];
    let length = write_f64(&mut room, value);
    room.get(..length).unwrap_or_default().to_vec()
}

/// The media type of a data URL as it is written, and its bytes.
pub fn read_data_url(text: &str) -> Result<(&str, Vec<u8>)> {
    let url = data_url::split(text)?;
    let mut bytes = Vec::new();
    url.decode_into(&mut bytes)?;
    Ok((url.media_type, bytes))
}

/// A data URL in quotes.
pub fn write_data_url(media_type: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    data_url::write(&mut text, media_type, bytes)?;
    Ok(text)
}

/// The shape and the row-major values of a `.npy` file.
pub fn read_npy(file: &[u8]) -> Result<(Vec<usize>, Vec<f32>)> {
    let array = npy::parse(file)?;
    let mut values = Vec::new();
    array.for_each_block(|block| {
        values.extend_from_slice(block);
        Ok(())
    })?;
    Ok((array.shape().to_vec(), values))
}

/// What comes before the values in a `.npy` file of 32-bit floats.
pub fn npy_header(shape: &[usize]) -> Vec<u8> {
    npy::header_f32(shape)
}

/// The data URL, in quotes, that an encoded image is sent as.
pub fn image_on_the_wire(image: &[u8]) -> Result<Vec<u8>> {
    let image: WireImage<'_> = images::from_encoded(image, &ImageRules::default())?;
    let mut text = Vec::new();
    request::put_image(&mut text, &image)?;
    Ok(text)
}

/// Width, height and channels of a PNG or JPEG, without decoding its pixels.
pub fn image_size(image: &[u8]) -> Result<(u32, u32, u8)> {
    images::dimensions(image, &ImageRules::default())
}

/// The pixels of an encoded image.
pub fn decode_image(image: &[u8]) -> Result<DecodedImage> {
    images::decode(image, &ImageRules::default())
}

/// PNG or JPEG, by the first bytes.
pub fn media_type(image: &[u8]) -> Option<MediaType> {
    MediaType::of_bytes(image)
}

/// Refuses a URL that is no deployment's.
pub fn check_url(text: &str) -> Result<()> {
    Url::parse(text).map(|_| ())
}

/// Scheme, host and port of a URL that is accepted.
pub fn origin(text: &str) -> Option<(String, String, u16)> {
    let url = Url::parse(text).ok()?;
    let scheme = if url.is_secure() { "https" } else { "http" };
    Some((scheme.to_owned(), url.endpoint().host(), url.endpoint().port()))
}

/// What a request for a URL that is accepted says in its first line: path and query.
pub fn target(text: &str) -> Option<String> {
    Some(Url::parse(text).ok()?.target())
}

/// Where a deployment known by a URL predicts, and where it describes itself.
pub fn deployment_urls(text: &str) -> Result<(String, String)> {
    let (predict, describe) = addresses(Url::parse(text)?)?;
    Ok((whole(&predict), whole(&describe)))
}

fn whole(url: &Url) -> String {
    let scheme = if url.is_secure() { "https" } else { "http" };
    format!("{scheme}://{}{}", url.endpoint(), url.target())
}

/// The URL that a `Location` means, in the response to a request of another URL.
pub fn resolve_url(base: &str, location: &str) -> Result<String> {
    Ok(whole(&Url::parse(base)?.join(location)?))
}

/// The error that a response with this status is.
pub fn refusal(status: u16, body: &[u8]) -> Error {
    failure::of_status(status, body)
}

/// What the metadata of a model of the Open Inference Protocol says, and requests and responses that follow
/// it.
pub struct TensorModel {
    schema: Arc<Schema>,
    model: Arc<open_inference::model::Model>,
}

impl TensorModel {
    /// Reads metadata.
    pub fn new(metadata: &[u8]) -> Result<TensorModel> {
        let (model, schema) = open_inference::read_model(metadata, None)?;
        Ok(TensorModel { schema: Arc::new(schema), model: Arc::new(model) })
    }

    /// Empty rows.
    pub fn rows(&self) -> Rows {
        let tensors = open_inference::tensors::Tensors::new(Arc::clone(&self.model));
        Rows::new(Arc::clone(&self.schema), RowStore::Tensors(tensors), ImageRules::default())
    }

    /// Reads the body of a 2xx response to a request of so many rows with the identifier "1".
    pub fn read_response(&self, body: &[u8], rows: usize, json_length: Option<&str>) -> Result<Predictions> {
        let mut columns = Columns::new(&self.schema.outputs)?;
        let (model, outputs, id, tensors) = (&*self.model, &self.schema.outputs, "1", None);
        let response =
            open_inference::reply::Response { model, outputs, rows, id, body, tensors, json_length };
        response.read(&mut columns.columns)?;
        columns.rows = rows;
        Ok(Predictions::new(Arc::clone(&self.schema), columns, Vec::new(), ImageRules::default()))
    }
}

/// Reads a response of the Open Inference Protocol to a request with the identifier "1". Returns for each
/// output of the description the shape of its rows, if a size of it is free, and its elements as
/// little-endian bytes; texts and bytes with their length in four bytes before each.
pub fn read_tensors(
    metadata: &[u8],
    description: &[u8],
    rows: usize,
    body: &[u8],
    json_length: Option<&str>,
) -> Result<Vec<(Vec<usize>, Vec<u8>)>> {
    let (model, schema) = open_inference::read_described(metadata, description)?;
    let mut columns = Columns::new(&schema.outputs)?.columns;
    let (model, outputs) = (&model, &schema.outputs);
    let (id, tensors) = ("1", None);
    let response = open_inference::reply::Response { model, outputs, rows, id, body, tensors, json_length };
    response.read(&mut columns)?;
    Ok(columns.iter().map(|column| (rows_shape(column), column_bytes(column))).collect())
}

fn rows_shape(column: &Column) -> Vec<usize> {
    let Column::Elements(column) = column else { return Vec::new() };
    column.shapes().shape(0).unwrap_or_default().to_vec()
}

fn with_lengths<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    pieces.flat_map(|piece| [&(piece.len() as u32).to_le_bytes(), piece].concat()).collect()
}

/// The inputs and outputs of a model of the Open Inference Protocol by its metadata and a model description.
pub fn describe_tensors(metadata: &[u8], description: &[u8]) -> Result<(Specs, Specs)> {
    let (_, schema) = open_inference::read_described(metadata, description)?;
    Ok((schema.inputs, schema.outputs))
}

fn column_bytes(column: &Column) -> Vec<u8> {
    match column {
        Column::Elements(column) => column.elements().as_bytes().to_vec(),
        Column::Texts(texts) => {
            let ranges = (0..texts.ends.len()).filter_map(|row| texts.range(row));
            let pieces = ranges.map(|range| without_nul(texts.buffer.get(range).unwrap_or_default()));
            with_lengths(pieces.map(str::as_bytes))
        }
        Column::Bytes(pieces) => {
            let ranges = (0..pieces.ends.len()).filter_map(|row| pieces.range(row));
            with_lengths(ranges.map(|range| pieces.buffer.get(range).unwrap_or_default()))
        }
        _ => Vec::new(),
    }
}

/// The error that a response of the Open Inference Protocol with this status is.
pub fn tensors_refusal(status: u16, body: &[u8]) -> Error {
    open_inference::failure::of_status(status, body)
}
