//! The messages of an ONNX file, as far as they are read here.

use std::collections::BTreeSet;

use rten_onnx::onnx::{DataType, StringStringEntryProto};
use rten_onnx::protobuf::{DecodeMessage, Field, FieldValue, Fields, OwnedValues, ProtobufError, ReadValue};

use super::{Graph, Node, Value};
use crate::deployment::Category;

/// The most bytes of a constant that is kept.
const SMALL: u64 = 64;

/// Free text of a file; what is not UTF-8 is replaced.
fn text<R: ReadValue<Types = OwnedValues>>(field: &mut Field<R>) -> Result<String, ProtobufError> {
    Ok(String::from_utf8_lossy(&field.read_bytes()?).into_owned())
}

impl DecodeMessage for Graph {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Graph, ProtobufError> {
        let mut graph = Graph::default();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => graph.ir_version = field.get_int64()?,
                2 => graph.producer.insert_str(0, &text(&mut field)?),
                3 => graph.producer = format!("{} {}", graph.producer, text(&mut field)?).trim().to_owned(),
                6 => graph.description = text(&mut field)?,
                7 => GraphMessage::decode_field(&mut field)?.into_graph(&mut graph),
                8 => graph.opsets.push(OperatorSet::decode_field(&mut field)?.0),
                14 => graph.metadata.push(Entry::decode_field(&mut field)?.0),
                _ => field.skip()?,
            }
        }
        Ok(graph)
    }
}

struct OperatorSet((String, i64));

impl DecodeMessage for OperatorSet {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<OperatorSet, ProtobufError> {
        let mut set = OperatorSet((String::new(), 0));
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => set.0.0 = text(&mut field)?,
                2 => set.0.1 = field.get_int64()?,
                _ => field.skip()?,
            }
        }
        if set.0.0.is_empty() {
            set.0.0 = "ai.onnx".to_owned();
        }
        Ok(set)
    }
}

/// A key and its value.
#[derive(Default)]
struct Entry((String, String));

impl DecodeMessage for Entry {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Entry, ProtobufError> {
        let mut entry = Entry::default();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => entry.0.0 = text(&mut field)?,
                2 => entry.0.1 = text(&mut field)?,
                _ => field.skip()?,
            }
        }
        Ok(entry)
    }
}

#[derive(Default)]
struct GraphMessage {
    graph: Graph,
    weights: BTreeSet<String>,
}

impl GraphMessage {
    /// Hands over what the graph of a model holds.
    fn into_graph(self, model: &mut Graph) {
        let GraphMessage { graph, weights } = self;
        model.inputs = graph.inputs;
        model.inputs.retain(|input| !weights.contains(&input.name));
        model.outputs = graph.outputs;
        model.nodes = graph.nodes;
        model.operators = graph.operators;
        model.external = graph.external;
        model.constants = graph.constants;
    }

    fn keep(&mut self, tensor: Tensor) {
        if let Some(values) = tensor.values() {
            self.graph.constants.insert(tensor.name.clone(), values);
        }
        self.graph.external.extend(tensor.external);
        self.weights.insert(tensor.name);
    }

    fn add(&mut self, message: NodeMessage) {
        let NodeMessage { node, constant, subgraphs } = message;
        *self.graph.operators.entry(node.operator.clone()).or_default() += 1;
        for subgraph in subgraphs {
            for (operator, count) in subgraph.graph.operators {
                *self.graph.operators.entry(operator).or_default() += count;
            }
            self.graph.external.extend(subgraph.graph.external);
        }
        if let (Some(values), Some(name)) = (constant, node.outputs.first()) {
            self.graph.constants.insert(name.clone(), values);
        }
        self.graph.nodes.push(node);
    }
}

impl DecodeMessage for GraphMessage {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<GraphMessage, ProtobufError> {
        let mut message = GraphMessage::default();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => message.add(NodeMessage::decode_field(&mut field)?),
                5 => message.keep(Tensor::decode_field(&mut field)?),
                11 => message.graph.inputs.push(Value::decode_field(&mut field)?),
                12 => message.graph.outputs.push(Value::decode_field(&mut field)?),
                _ => field.skip()?,
            }
        }
        Ok(message)
    }
}

#[derive(Default)]
struct NodeMessage {
    node: Node,
    /// The value of a node `Constant`.
    constant: Option<Vec<f32>>,
    subgraphs: Vec<GraphMessage>,
}

impl DecodeMessage for NodeMessage {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<NodeMessage, ProtobufError> {
        let mut message = NodeMessage::default();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => message.node.inputs.push(text(&mut field)?),
                2 => message.node.outputs.push(text(&mut field)?),
                4 => message.node.operator.name = text(&mut field)?,
                5 => Attribute::decode_field(&mut field)?.into_node(&mut message),
                7 => message.node.operator.domain = text(&mut field)?,
                _ => field.skip()?,
            }
        }
        if message.node.operator.domain == "ai.onnx" {
            message.node.operator.domain.clear();
        }
        Ok(message)
    }
}

#[derive(Default)]
struct Attribute {
    name: String,
    number: Option<f32>,
    integers: Vec<i64>,
    strings: Vec<String>,
    tensor: Option<Tensor>,
    graphs: Vec<GraphMessage>,
}

impl Attribute {
    fn into_node(self, message: &mut NodeMessage) {
        message.subgraphs.extend(self.graphs);
        match self.name.as_str() {
            "value" => message.constant = self.tensor.as_ref().and_then(Tensor::values),
            "value_float" => message.constant = self.number.map(|value| vec![value]),
            name if name.starts_with("classlabels_") => {
                message.node.classes.extend(self.integers.into_iter().map(Category::Integer));
                message.node.classes.extend(self.strings.into_iter().map(Category::Text));
            }
            _ => (),
        }
    }
}

impl DecodeMessage for Attribute {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Attribute, ProtobufError> {
        let mut attribute = Attribute::default();
        while let Some(mut field) = fields.next()? {
            let classes = attribute.name.starts_with("classlabels_");
            match field.number() {
                1 => attribute.name = text(&mut field)?,
                2 => attribute.number = Some(field.get_float()?),
                5 => attribute.tensor = Some(Tensor::decode_field(&mut field)?),
                6 | 11 => attribute.graphs.push(GraphMessage::decode_field(&mut field)?),
                8 if classes => {
                    for integer in field.read_repeated_int64()? {
                        attribute.integers.push(integer?);
                    }
                }
                9 if classes => attribute.strings.push(text(&mut field)?),
                _ => field.skip()?,
            }
        }
        Ok(attribute)
    }
}

/// A tensor of weights; its values are kept if they are few.
#[derive(Default)]
struct Tensor {
    name: String,
    element: Option<DataType>,
    floats: Vec<f32>,
    raw: Vec<u8>,
    external: Option<String>,
}

impl Tensor {
    fn values(&self) -> Option<Vec<f32>> {
        let raw = match self.element? {
            DataType::FLOAT => {
                self.raw.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
            }
            DataType::DOUBLE => {
                self.raw.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes) as f32).collect()
            }
            _ => Vec::new(),
        };
        [raw, self.floats.clone()].into_iter().find(|values: &Vec<f32>| !values.is_empty())
    }
}

impl DecodeMessage for Tensor {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Tensor, ProtobufError> {
        let mut tensor = Tensor::default();
        while let Some(mut field) = fields.next()? {
            let small = !matches!(field.value(), FieldValue::Len(length) if length > SMALL);
            match field.number() {
                2 => tensor.element = Some(DataType(field.get_enum()?)),
                4 if small && tensor.floats.len() < SMALL as usize => {
                    for value in field.read_repeated_float()? {
                        tensor.floats.push(value?);
                    }
                }
                8 => tensor.name = text(&mut field)?,
                9 if small => tensor.raw = field.read_bytes()?,
                13 => {
                    let entry = StringStringEntryProto::decode_field(&mut field)?;
                    tensor.external = match entry.key.as_deref() {
                        Some("location") => entry.value,
                        _ => tensor.external,
                    };
                }
                _ => field.skip()?,
            }
        }
        Ok(tensor)
    }
}

impl DecodeMessage for Value {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Value, ProtobufError> {
        let mut value = Value { written: "of no declared type".to_owned(), ..Value::default() };
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => value.name = text(&mut field)?,
                2 => value.written = Written::decode_field(&mut field)?.0,
                _ => field.skip()?,
            }
        }
        Ok(value)
    }
}

/// A type, written for people: that of a value, of the elements of a sequence, or of the values of a map.
struct Written(String);

impl DecodeMessage for Written {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Written, ProtobufError> {
        let mut written = Written("of an unknown type".to_owned());
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => written.0 = Parts::decode_field(&mut field)?.tensor(),
                4 => written.0 = format!("sequence of {}", Nested::decode_field(&mut field)?.element),
                5 => written.0 = Nested::decode_field(&mut field)?.map(),
                8 => written.0 = format!("sparse {}", Parts::decode_field(&mut field)?.tensor()),
                9 => written.0 = format!("optional {}", Nested::decode_field(&mut field)?.element),
                _ => field.skip()?,
            }
        }
        Ok(written)
    }
}

/// A sequence or an optional value, whose first field is the type of its elements, or a map, whose first
/// field is the type of its keys.
#[derive(Default)]
struct Nested {
    key: Option<DataType>,
    element: String,
}

impl Nested {
    fn map(&self) -> String {
        format!("map from {} to {}", element(self.key), self.element)
    }
}

impl DecodeMessage for Nested {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Nested, ProtobufError> {
        let mut nested = Nested::default();
        while let Some(mut field) = fields.next()? {
            match (field.number(), field.value()) {
                (1, FieldValue::Varint(_)) => nested.key = Some(DataType(field.get_enum()?)),
                (1 | 2, FieldValue::Len(_)) => nested.element = Written::decode_field(&mut field)?.0,
                _ => field.skip()?,
            }
        }
        Ok(nested)
    }
}

/// A tensor's element type and sizes.
#[derive(Default)]
struct Parts {
    element: Option<DataType>,
    sizes: Option<Vec<String>>,
}

impl Parts {
    fn tensor(&self) -> String {
        match &self.sizes {
            // The values of a map are declared as tensors, with or without a shape.
            Some(sizes) if sizes.is_empty() => format!("{} []", element(self.element)),
            Some(sizes) => format!("{} [{}]", element(self.element), sizes.join(", ")),
            None => element(self.element),
        }
    }
}

impl DecodeMessage for Parts {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Parts, ProtobufError> {
        let mut parts = Parts::default();
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => parts.element = Some(DataType(field.get_enum()?)),
                2 => parts.sizes = Some(Sizes::decode_field(&mut field)?.0),
                _ => field.skip()?,
            }
        }
        Ok(parts)
    }
}

/// The sizes of a shape, `?` for a free size without a name.
struct Sizes(Vec<String>);

impl DecodeMessage for Sizes {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<Sizes, ProtobufError> {
        let mut sizes = Sizes(Vec::new());
        while let Some(mut field) = fields.next()? {
            match field.number() {
                1 => sizes.0.push(OneSize::decode_field(&mut field)?.0),
                _ => field.skip()?,
            }
        }
        Ok(sizes)
    }
}

struct OneSize(String);

impl DecodeMessage for OneSize {
    type Types = OwnedValues;

    fn decode_fields<R: ReadValue<Types = OwnedValues>>(
        mut fields: Fields<R>,
    ) -> Result<OneSize, ProtobufError> {
        let mut size = OneSize("?".to_owned());
        while let Some(mut field) = fields.next()? {
            match field.number() {
                // Some exporters write a free size as -1.
                1 => {
                    size.0 = field
                        .get_int64()
                        .map(|size| if size < 0 { "?".to_owned() } else { size.to_string() })?
                }
                2 => size.0 = Some(text(&mut field)?).filter(|name| !name.is_empty()).unwrap_or(size.0),
                _ => field.skip()?,
            }
        }
        Ok(size)
    }
}

/// The name of an element type as numpy has it.
fn element(element: Option<DataType>) -> String {
    match element {
        None => "?".to_owned(),
        Some(DataType::FLOAT) => "float32".to_owned(),
        Some(DataType::DOUBLE) => "float64".to_owned(),
        Some(other) => other.to_string().to_lowercase(),
    }
}
