//! A model's metadata with the user's description laid over them.

use super::description::{Described, Description};
use super::metadata::{Declared, Document, Entry, Metadata};
use crate::error::{Error, ErrorKind, Result};
use crate::memory::{collected, push};
use crate::message::Message;
use crate::names::{MOST_NAME_BYTES, Names};
use crate::text::NulString;

/// How many tensors of the metadata a message names.
const SHOWN: usize = 20;

/// The metadata, as the description has them: the outputs that it lists, and all inputs. A tensor that it
/// gives a datatype and a shape need not be in the metadata, or not be right there.
pub(super) fn laid_over(document: Document, description: &Description) -> Result<Metadata> {
    let Document { inputs, outputs, labels, .. } = document;
    let mut metadata = Metadata { axis: description.axis, ..Metadata::default() };
    metadata.inputs = all_inputs(inputs, &description.inputs)?;
    metadata.outputs = match &description.outputs {
        Some(listed) => collected_results(listed.iter().map(|output| merged(&outputs, output, "output")))?,
        None => collected_results(outputs.into_iter().map(|entry| entry.declared))?,
    };
    if let Some(labels) = labels {
        list_labels(&mut metadata.outputs, &labels)?;
    }
    Ok(metadata)
}

/// The inputs of the metadata, in their order, and then those of the description alone.
fn all_inputs(entries: Vec<Entry>, described: &[Described]) -> Result<Vec<Declared>> {
    let mut all = Vec::new();
    let in_metadata = |name: &str| entries.iter().any(|entry| entry.name == name);
    let only_described = described.iter().filter(|input| !in_metadata(&input.name));
    let added = collected_results(only_described.map(|input| merged(&entries, input, "input")))?;
    let find = |name: &str| described.iter().find(|input| input.name == name);
    for place in 0..entries.len() {
        let Some(entry) = entries.get(place) else { continue };
        match find(&entry.name) {
            Some(input) => push(&mut all, merged(&entries, input, "input")?)?,
            None => push(&mut all, entry.declared.clone()?)?,
        }
    }
    added.into_iter().try_for_each(|input| push(&mut all, input))?;
    Ok(all)
}

/// A tensor of the description, with what the metadata say of it where the description says nothing.
fn merged(entries: &[Entry], described: &Described, side: &str) -> Result<Declared> {
    let Described { name, datatype, shape, meaning } = described;
    let entry = entries.iter().find(|entry| entry.name == *name);
    let declared = entry.map(|entry| entry.declared.as_ref());
    let listed = || declared.and_then(|declared| declared.ok()?.listed.clone());
    if let (Some(datatype), Some(shape)) = (datatype, shape) {
        let (name, shape) = (name.clone(), collected(shape.iter().copied())?);
        let base64 = declared.is_some_and(|declared| declared.is_ok_and(|declared| declared.base64));
        let (datatype, meaning, listed) = (*datatype, meaning.clone(), listed());
        return Ok(Declared { name, datatype, shape, described: true, meaning, listed, base64 });
    }
    let mut declared = match declared {
        Some(declared) => declared.map_err(Error::clone)?.clone(),
        None => return Err(unknown(name, entries, side)),
    };
    declared.datatype = datatype.unwrap_or(declared.datatype);
    if let Some(shape) = shape {
        declared.shape = collected(shape.iter().copied())?;
        declared.described = true;
    }
    declared.meaning = meaning.clone();
    Ok(declared)
}

#[cold]
fn unknown(name: &str, entries: &[Entry], side: &str) -> Error {
    let message = Message::from("the model description: the model's metadata have no ")
        .say(format!("{side} \""))
        .quote(name)
        .say("\"; ");
    let message = match entries {
        [] => message.say("they have none"),
        _ => {
            let shown = entries.iter().take(SHOWN).enumerate();
            let message = shown.fold(message.say("they have "), |message, (place, entry)| {
                message.say(if place == 0 { "\"" } else { ", \"" }).quote(&entry.name).say("\"")
            });
            message.say(if entries.len() > SHOWN { ", ..." } else { "" })
        }
    };
    let message = message.say(". Give its datatype and its shape if the metadata are wrong");
    Error::with_quotes(ErrorKind::Describe, message)
}

/// Gives OVMS's labels to the outputs that have none.
fn list_labels(outputs: &mut [Declared], text: &str) -> Result<()> {
    let mut labels: Vec<NulString> = Vec::new();
    for label in text.split(' ').filter(|label| !label.is_empty() && label.len() <= MOST_NAME_BYTES) {
        push(&mut labels, NulString::from(label))?;
    }
    let Ok(labels) = Names::new(labels)? else { return Ok(()) };
    for output in outputs.iter_mut().filter(|output| output.listed.is_none()) {
        output.listed = Some(labels.clone());
    }
    Ok(())
}

fn collected_results<T>(items: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    for item in items {
        push(&mut all, item?)?;
    }
    Ok(all)
}
