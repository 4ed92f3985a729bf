//! The value of an output in a response, read into its column and checked against the output's spec.

use crate::code_points::look_alike;
use crate::elements::{ElementColumn, View};
use crate::error::{Error, ErrorKind, Result, reserve};
use crate::images::MediaType;
use crate::json::Cursor;
use crate::memory::{collected, push, reserve_text};
use crate::message::Message;
use crate::names::{MOST_NAME_BYTES, Names};
use crate::npy;
use crate::protocol::deployment_api::wire::label_keys;
use crate::protocol::deployment_api::{data_url, floats};
use crate::results::{Categories, Column, Pieces};
use crate::row_shapes::product;
use crate::spec::FeatureSpec;
use crate::text::{NulString, Snippet};

/// The labels of an output as keys of a JSON object.
pub(super) struct LabelKeys<'a> {
    /// Those of the describe document.
    pub(super) declared: &'a [Snippet],
    /// Those of the first row that was read, if the document lists none.
    pub(super) learned: Vec<Snippet>,
}

impl LabelKeys<'_> {
    #[inline]
    pub(super) fn all(&self) -> &[Snippet] {
        if self.learned.is_empty() { self.declared } else { &self.learned }
    }

    /// Makes the keys of labels that the document does not list.
    pub(super) fn learn(&mut self, labels: &Names) -> Result<()> {
        if self.declared.is_empty() {
            self.learned = label_keys(labels.list())?;
        }
        Ok(())
    }
}

/// The readers of other values are calls, so that numbers do not pay for their stack frames.
#[inline]
pub(super) fn read_value(
    cursor: &mut Cursor<'_>,
    spec: &FeatureSpec,
    keys: &mut LabelKeys<'_>,
    column: &mut Column,
) -> Result<()> {
    match column {
        Column::Numbers(numbers) => {
            // Room was made for the numbers of all rows.
            expect(cursor, spec, "a number", |byte| matches!(byte, b'-' | b'0'..=b'9'))?;
            numbers.push(floats::next_f64(cursor)?);
            Ok(())
        }
        Column::Texts(texts) => read_text(cursor, spec, texts),
        Column::Categories(categories) => read_categories(cursor, spec, keys, categories),
        Column::Arrays(values) => read_array(cursor, spec, values).map(|_| ()),
        Column::Images(pieces, media_types) => read_image(cursor, spec, pieces, media_types),
        Column::Elements(column) => read_free_array(cursor, spec, column),
        Column::Bytes(_) => Err(Error::new(ErrorKind::Internal, "a column of another protocol")),
    }
}

#[cold]
pub(super) fn in_feature(spec: &FeatureSpec, error: Error) -> Error {
    spec.in_feature(error)
}

/// Fails unless a value starts as its type requires.
#[inline]
fn expect(
    cursor: &mut Cursor<'_>,
    spec: &FeatureSpec,
    wanted: &str,
    starts: impl Fn(u8) -> bool,
) -> Result<()> {
    if cursor.peek().is_some_and(starts) { Ok(()) } else { Err(unexpected(cursor, spec, wanted)) }
}

#[cold]
fn unexpected(cursor: &mut Cursor<'_>, spec: &FeatureSpec, wanted: &str) -> Error {
    let message = format!(
        "the output is {}, and the response has {} instead of {wanted}",
        spec.kind_text(),
        cursor.kind_of_next()
    );
    Error::new(ErrorKind::ReplyType, message)
}

#[inline(never)]
fn read_text(cursor: &mut Cursor<'_>, spec: &FeatureSpec, texts: &mut Pieces<String>) -> Result<()> {
    expect(cursor, spec, "text", |byte| byte == b'"')?;
    let text = cursor.string()?;
    reserve_text(&mut texts.buffer, text.len() + 1)?;
    texts.buffer.push_str(&text);
    texts.buffer.push('\0');
    push(&mut texts.ends, texts.buffer.len())
}

#[inline(never)]
fn read_image(
    cursor: &mut Cursor<'_>,
    spec: &FeatureSpec,
    pieces: &mut Pieces<Vec<u8>>,
    media_types: &mut Vec<MediaType>,
) -> Result<()> {
    expect(cursor, spec, "a data URL", |byte| byte == b'"')?;
    let text = cursor.string()?;
    let url = data_url::split(&text)?;
    let Some(media_type) = MediaType::from_name(url.media_type) else {
        let message = Message::from("a data URL of media type \"").quote(url.media_type);
        let message = message.say("\"; images are PNG or JPEG");
        return Err(Error::with_quotes(ErrorKind::ReplyEncoding, message));
    };
    let start = pieces.buffer.len();
    url.decode_into(&mut pieces.buffer)?;
    if MediaType::of_bytes(pieces.buffer.get(start..).unwrap_or_default()) != Some(media_type) {
        let message = format!("a data URL says {}, but its bytes are not", media_type.name());
        return Err(Error::new(ErrorKind::ReplyEncoding, message));
    }
    push(&mut pieces.ends, pieces.buffer.len())?;
    push(media_types, media_type)
}

/// `{"label": probability, ...}`, fastest if the labels come in the usual order.
#[inline(never)]
fn read_categories(
    cursor: &mut Cursor<'_>,
    spec: &FeatureSpec,
    keys: &mut LabelKeys<'_>,
    categories: &mut Categories,
) -> Result<()> {
    expect(cursor, spec, "an object of probabilities", |byte| byte == b'{')?;
    let Categories { labels, probabilities } = categories;
    let known = labels.list().len();
    if known == 0 {
        read_first_categories(cursor, spec, labels, probabilities)?;
        return keys.learn(labels);
    }
    let keys = keys.all();
    // Room was made for as many as the output has. The document may list others.
    let has_room = keys.len() == known && known == spec.fixed_count();
    let fast = if has_room { floats::read_f64_members(cursor.rest(), keys, probabilities) } else { None };
    let count = match fast {
        Some(rest) => {
            cursor.advance_to(rest);
            known
        }
        None => read_categories_slow(cursor, labels, keys, probabilities)?,
    };
    check_category_count(spec, count, known)
}

/// The same in any order. Returns how many there are.
fn read_categories_slow(
    cursor: &mut Cursor<'_>,
    labels: &Names,
    keys: &[Snippet],
    probabilities: &mut Vec<f64>,
) -> Result<usize> {
    let start = probabilities.len();
    // A probability is never NaN. What is NaN at the end was not in the response.
    reserve(probabilities, labels.list().len())?;
    probabilities.resize(start + labels.list().len(), f64::NAN);
    let slots = probabilities.get_mut(start..).unwrap_or_default();
    let mut count = 0;
    cursor.object_of(
        labels,
        |place| keys.get(place),
        0,
        |cursor, place| {
            let place = place.map_err(|label| unknown_label(&label, labels))?;
            let slot = slots.get_mut(place).zip(labels.list().get(place));
            let Some((slot, label)) = slot else {
                return Err(Error::new(ErrorKind::Internal, "a lost category"));
            };
            if !slot.is_nan() {
                return Err(label_twice(label));
            }
            *slot = read_probability(cursor, label)?;
            count += 1;
            Ok(())
        },
    )?;
    Ok(count)
}

/// The first row has the labels if the describe document has none.
fn read_first_categories(
    cursor: &mut Cursor<'_>,
    spec: &FeatureSpec,
    labels: &mut Names,
    probabilities: &mut Vec<f64>,
) -> Result<()> {
    let mut found: Vec<NulString> = Vec::new();
    let most = spec.fixed_count();
    cursor.object(|cursor, label| {
        if found.len() == most {
            let most = spec.shown(most.to_string());
            let message = format!("more categories than the {most} that the output has");
            return Err(Error::new(ErrorKind::ReplyShape, message));
        }
        if label.len() > MOST_NAME_BYTES {
            let message =
                format!("a category's label of {} bytes; it can have {MOST_NAME_BYTES}", label.len());
            return Err(Error::new(ErrorKind::ReplyType, message));
        }
        push(probabilities, read_probability(cursor, &label)?)?;
        push(&mut found, NulString::from(&*label))
    })?;
    check_category_count(spec, found.len(), most)?;
    *labels = Names::new(found)?.map_err(|label| label_twice(&label))?;
    Ok(())
}

fn read_probability(cursor: &mut Cursor<'_>, label: &str) -> Result<f64> {
    if !matches!(cursor.peek(), Some(b'-' | b'0'..=b'9')) {
        let found = cursor.kind_of_next();
        let message = Message::from("category \"").quote(label);
        let message = message.say(format_args!("\" has {found} instead of a probability"));
        return Err(Error::with_quotes(ErrorKind::ReplyType, message));
    }
    floats::next_f64(cursor)
}

fn check_category_count(spec: &FeatureSpec, count: usize, known: usize) -> Result<()> {
    if count == known && count == spec.fixed_count() {
        return Ok(());
    }
    let message = format!("{count} categories, but the output has {}", spec.fixed_count());
    Err(Error::new(ErrorKind::ReplyShape, message))
}

fn unknown_label(label: &str, known: &Names) -> Error {
    let alike = look_alike(label, known.list().iter().map(NulString::as_str));
    let message =
        Message::from("the category \"").quote(label).say("\" is none of the output's").quote(alike);
    Error::with_quotes(ErrorKind::ReplyType, message)
}

fn label_twice(label: &str) -> Error {
    of_category(label, "is a duplicate")
}

fn of_category(label: &str, what: &str) -> Error {
    let message = Message::from("the category \"").quote(label).say("\" ").say(what);
    Error::with_quotes(ErrorKind::ReplyType, message)
}

/// An array of an output whose sizes are not all known before.
#[inline(never)]
fn read_free_array(cursor: &mut Cursor<'_>, spec: &FeatureSpec, column: &mut ElementColumn) -> Result<()> {
    let mut values = Vec::new();
    let shape = read_array(cursor, spec, &mut values)?;
    column.push_shapes(1, &shape)?;
    column.elements_mut()?.append(View::F32(&values)).map(|_| ())
}

/// `{"shape": [...], "data": [...]}` or a `.npy` data URL: both forms are read, whichever the server sends.
/// Returns its shape.
#[inline(never)]
fn read_array(cursor: &mut Cursor<'_>, spec: &FeatureSpec, values: &mut Vec<f32>) -> Result<Vec<usize>> {
    expect(cursor, spec, "an array", |byte| matches!(byte, b'{' | b'"'))?;
    let start = values.len();
    reserve(values, spec.element_count().unwrap_or_default())?;
    let shape = if cursor.peek() == Some(b'"') {
        read_npy(cursor, spec, values)
    } else {
        read_tensor(cursor, spec, values)
    }?;
    let (count, due) = (values.len() - start, product(&shape));
    if due == Some(count) {
        return Ok(shape);
    }
    let due = due.unwrap_or(usize::MAX);
    let message = Message::from(format!("{count} values, but the shape "));
    let message = message.quote(format_args!("{shape:?}")).say(" has ").quote(due);
    Err(Error::with_quotes(ErrorKind::ReplyShape, message))
}

fn read_npy(cursor: &mut Cursor<'_>, spec: &FeatureSpec, values: &mut Vec<f32>) -> Result<Vec<usize>> {
    let text = cursor.string()?;
    let mut file = Vec::new();
    data_url::split(&text)?.decode_into(&mut file)?;
    let as_reply = |error: Error| match error.kind() {
        ErrorKind::Memory => error,
        _ => Error::with_quotes(ErrorKind::ReplyEncoding, Message::default().quote(error)),
    };
    let array = npy::parse(&file).map_err(as_reply)?;
    check_shape(spec, array.shape())?;
    reserve(values, product(array.shape()).unwrap_or(usize::MAX))?;
    // Room was made for what is appended.
    let read = array.for_each_block(|block| {
        values.extend_from_slice(block);
        Ok(())
    });
    read.map_err(as_reply)?;
    collected(array.shape().iter().copied())
}

fn read_tensor(cursor: &mut Cursor<'_>, spec: &FeatureSpec, values: &mut Vec<f32>) -> Result<Vec<usize>> {
    let most = spec.element_count().unwrap_or(usize::MAX);
    let mut shape: Option<Vec<usize>> = None;
    let mut data = false;
    cursor.object(|cursor, key| match &*key {
        "shape" => {
            shape = Some(read_shape(cursor, spec)?);
            Ok(())
        }
        "data" if !data => {
            data = true;
            expect(cursor, spec, "a list of numbers", |byte| byte == b'[')?;
            floats::read_f32_list(cursor, values, most)
        }
        "data" => Err(tensor("it has \"data\" twice")),
        _ => cursor.skip_value(),
    })?;
    if !data {
        return Err(tensor("it has no \"data\""));
    }
    let shape = shape.ok_or_else(|| tensor("it has no \"shape\""))?;
    check_shape(spec, &shape)?;
    Ok(shape)
}

/// No more extents are kept than the output's shape has.
fn read_shape(cursor: &mut Cursor<'_>, spec: &FeatureSpec) -> Result<Vec<usize>> {
    let mut shape = Vec::new();
    if cursor.peek() != Some(b'[') {
        return Err(tensor("its \"shape\" is not a list"));
    }
    cursor.array(|cursor| {
        let extent =
            cursor.number_text()?.parse().map_err(|_| tensor("its \"shape\" is not a list of sizes"))?;
        if shape.len() == spec.shape().len() {
            let message = format!(
                "an array of more than {} dimensions, but the output has {}",
                shape.len(),
                spec.shown_shape()
            );
            return Err(Error::new(ErrorKind::ReplyShape, message));
        }
        push(&mut shape, extent)
    })?;
    Ok(shape)
}

fn tensor(what: &str) -> Error {
    Error::new(ErrorKind::ReplyType, format!("not an array as {{\"shape\", \"data\"}}: {what}"))
}

fn check_shape(spec: &FeatureSpec, shape: &[usize]) -> Result<()> {
    if spec.takes_shape(shape) {
        return Ok(());
    }
    let message = Message::from("an array of shape ").quote(format_args!("{shape:?}"));
    let message = message.say(format_args!(", but the output has {}", spec.shown_shape()));
    Err(Error::with_quotes(ErrorKind::ReplyShape, message))
}
