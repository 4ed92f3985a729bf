//! The messages of an ONNX file, as far as they are read here: `onnx.proto` has the numbers of their fields.

use std::collections::BTreeSet;

use rten_onnx::onnx::{DataType, TypeProtoTensor};
use rten_onnx::protobuf::{DecodeMessage, Field, FieldValue, Fields, OwnedValues, ProtobufError, ReadValue};

use super::types::Type;
use super::{Constant, Node, OnnxFile, Value};
use crate::category::Category;

/// The most bytes of the floats that are kept.
const SMALL: u64 = 64;

/// Longer lists are no classes.
const LONGEST_LIST: i64 = 1 << 16;

/// The attributes whose lists are kept, by how they begin: others may be as long as the weights.
const LISTS: [&str; 5] = ["classlabels_", "cats_", "values_strings", "string_vocabulary", "int64_vocabulary"];
/// The attributes whose number is kept.
const INTEGERS: [&str; 2] = ["axis", "zeros"];

type Read = Result<(), ProtobufError>;

/// A message whose fields are read one by one.
trait Message: Default {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read;
}

/// Reads all fields of a message.
macro_rules! decode {
    ($($message:ty),*) => {$(
        impl DecodeMessage for $message {
            type Types = OwnedValues;

            fn decode_fields<R: ReadValue<Types = OwnedValues>>(
                mut fields: Fields<R>,
            ) -> Result<$message, ProtobufError> {
                let mut message = <$message>::default();
                while let Some(mut field) = fields.next()? {
                    message.field(&mut field)?;
                }
                Ok(message)
            }
        }
    )*};
}

decode!(OnnxFile, Graph, Value, Type, Nested, NodeMessage, Attribute, Tensor, Entry, OperatorSet);

/// Text of a file; what is not UTF-8 is replaced.
fn text<R: ReadValue<Types = OwnedValues>>(field: &mut Field<R>) -> Result<String, ProtobufError> {
    Ok(String::from_utf8_lossy(&field.read_bytes()?).into_owned())
}

impl Message for OnnxFile {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => self.ir_version = field.get_int64()?,
            2 => self.producer.insert_str(0, &text(field)?),
            3 => self.producer = format!("{} {}", self.producer, text(field)?).trim().to_owned(),
            6 => self.description = text(field)?,
            7 => Graph::decode_field(field)?.into_file(self),
            8 => {
                let set = OperatorSet::decode_field(field)?;
                self.operator_sets.push((own_domain(set.domain, "ai.onnx"), set.version));
            }
            14 => {
                let entry = Entry::decode_field(field)?;
                self.metadata.push((entry.key, entry.value));
            }
            _ => field.skip()?,
        }
        Ok(())
    }
}

/// A domain, with one name for that of ONNX itself.
fn own_domain(domain: String, name: &str) -> String {
    match domain.as_str() {
        "" | "ai.onnx" => name.to_owned(),
        _ => domain,
    }
}

#[derive(Default)]
struct OperatorSet {
    domain: String,
    version: i64,
}

impl Message for OperatorSet {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => self.domain = text(field)?,
            2 => self.version = field.get_int64()?,
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct Entry {
    key: String,
    value: String,
}

impl Message for Entry {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => self.key = text(field)?,
            2 => self.value = text(field)?,
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    inputs: Vec<Value>,
    outputs: Vec<Value>,
    constants: Vec<(String, Constant)>,
    /// The names of all weights.
    weights: BTreeSet<String>,
    external: BTreeSet<String>,
}

impl Graph {
    /// Hands over what the graph of a model holds. Older files list weights among the inputs.
    fn into_file(mut self, file: &mut OnnxFile) {
        self.inputs.retain(|input| !self.weights.contains(&input.name));
        file.inputs = self.inputs;
        file.outputs = self.outputs;
        file.nodes = self.nodes;
        file.constants = self.constants.into_iter().collect();
        file.external = self.external;
    }

    fn keep(&mut self, tensor: Tensor) {
        self.external.extend(tensor.external_file().map(str::to_owned));
        self.weights.insert(tensor.name.clone());
        let name = tensor.name.clone();
        self.constants.extend(tensor.into_constant().map(|constant| (name, constant)));
    }

    fn add(&mut self, NodeMessage { node, constant, external }: NodeMessage) {
        self.external.extend(external);
        let name = node.outputs.first().cloned();
        self.constants.extend(name.zip(constant));
        self.nodes.push(node);
    }
}

impl Message for Graph {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => self.add(NodeMessage::decode_field(field)?),
            5 => self.keep(Tensor::decode_field(field)?),
            11 => self.inputs.push(Value::decode_field(field)?),
            12 => self.outputs.push(Value::decode_field(field)?),
            _ => field.skip()?,
        }
        Ok(())
    }
}

impl Message for Value {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => self.name = text(field)?,
            2 => self.declared = Some(Type::decode_field(field)?),
            _ => field.skip()?,
        }
        Ok(())
    }
}

impl Message for Type {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => *self = Type::Tensor(TypeProtoTensor::decode_field(field)?),
            4 => *self = Type::Sequence(Nested::decode_field(field)?.element),
            5 => {
                let Nested { key, element } = Nested::decode_field(field)?;
                *self = Type::Map(key, element);
            }
            8 => *self = Type::Sparse(TypeProtoTensor::decode_field(field)?),
            9 => *self = Type::Optional(Nested::decode_field(field)?.element),
            _ => field.skip()?,
        }
        Ok(())
    }
}

/// A sequence or an optional value, whose first field is the type of its elements, or a map, whose first
/// field is the type of its keys.
#[derive(Default)]
struct Nested {
    key: Option<DataType>,
    element: Box<Type>,
}

impl Message for Nested {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match (field.number(), field.value()) {
            (1, FieldValue::Varint(_)) => self.key = Some(DataType(field.get_enum()?)),
            (1 | 2, FieldValue::Len(_)) => *self.element = Type::decode_field(field)?,
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct NodeMessage {
    node: Node,
    /// The value of a node `Constant`.
    constant: Option<Constant>,
    /// The files of the weights in its subgraphs and attributes.
    external: BTreeSet<String>,
}

impl NodeMessage {
    fn add(&mut self, attribute: Attribute) {
        for graph in attribute.graphs {
            self.node.nodes.extend(graph.nodes);
            self.external.extend(graph.external);
        }
        self.external.extend(attribute.tensor.iter().filter_map(Tensor::external_file).map(str::to_owned));
        match attribute.name.as_str() {
            "value" => self.constant = attribute.tensor.and_then(Tensor::into_constant),
            "value_float" => self.constant = attribute.number.map(|value| Constant::Floats(vec![value])),
            _ if attribute.list.is_empty() => (),
            _ => self.node.lists.push((attribute.name, attribute.list)),
        }
    }
}

impl Message for NodeMessage {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        match field.number() {
            1 => self.node.inputs.push(text(field)?),
            2 => self.node.outputs.push(text(field)?),
            4 => self.node.operator.name = text(field)?,
            5 => self.add(Attribute::decode_field(field)?),
            7 => self.node.operator.domain = own_domain(text(field)?, ""),
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct Attribute {
    name: String,
    number: Option<f32>,
    list: Vec<Category>,
    tensor: Option<Tensor>,
    graphs: Vec<Graph>,
}

impl Message for Attribute {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        let is_list = LISTS.iter().any(|start| self.name.starts_with(start));
        match field.number() {
            1 => self.name = text(field)?,
            2 => self.number = Some(field.get_float()?),
            3 if INTEGERS.contains(&self.name.as_str()) => {
                self.list.push(Category::Integer(field.get_int64()?));
            }
            5 => self.tensor = Some(Tensor::decode_field(field)?),
            6 | 11 => self.graphs.push(Graph::decode_field(field)?),
            8 if is_list => {
                for integer in field.read_repeated_int64()? {
                    self.list.push(Category::Integer(integer?));
                }
            }
            9 if is_list => self.list.push(Category::Text(text(field)?)),
            _ => field.skip()?,
        }
        Ok(())
    }
}

/// A constant of the graph; the values are read of a few floats and of lists alone.
#[derive(Default)]
struct Tensor {
    name: String,
    dims: Vec<i64>,
    element: Option<DataType>,
    floats: Vec<f32>,
    list: Vec<Category>,
    location: Option<String>,
    is_external: bool,
}

impl Tensor {
    fn is_list(&self) -> bool {
        matches!(self.dims[..], [] | [1..=LONGEST_LIST])
            && matches!(self.element, Some(DataType::STRING | DataType::INT64))
    }

    fn into_constant(self) -> Option<Constant> {
        match (self.list.is_empty(), self.floats.is_empty()) {
            (false, _) => Some(Constant::List(self.list)),
            (true, false) => Some(Constant::Floats(self.floats)),
            (true, true) => None,
        }
    }

    fn external_file(&self) -> Option<&str> {
        self.location.as_deref().filter(|_| self.is_external)
    }

    /// Values as their bytes.
    fn keep_raw(&mut self, bytes: &[u8]) {
        match self.element {
            Some(DataType::FLOAT) => {
                self.floats = bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
            }
            Some(DataType::DOUBLE) => {
                let doubles = bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes));
                self.floats = doubles.map(|value| value as f32).collect();
            }
            _ if self.is_list() => {
                let integers = bytes.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
                self.list = integers.map(Category::Integer).collect();
            }
            _ => (),
        }
    }
}

impl Message for Tensor {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>) -> Read {
        let small = !matches!(field.value(), FieldValue::Len(length) if length > SMALL);
        match field.number() {
            1 => {
                for size in field.read_repeated_int64()? {
                    self.dims.push(size?);
                }
            }
            2 => self.element = Some(DataType(field.get_enum()?)),
            4 if small && self.floats.len() < SMALL as usize => {
                for value in field.read_repeated_float()? {
                    self.floats.push(value?);
                }
            }
            6 if self.is_list() => self.list.push(Category::Text(text(field)?)),
            7 if self.is_list() => {
                for integer in field.read_repeated_int64()? {
                    self.list.push(Category::Integer(integer?));
                }
            }
            8 => self.name = text(field)?,
            9 if small || self.is_list() => self.keep_raw(&field.read_bytes()?),
            13 => {
                let entry = Entry::decode_field(field)?;
                if entry.key == "location" {
                    self.location = Some(entry.value);
                }
            }
            14 => self.is_external = field.get_enum()? == 1,
            _ => field.skip()?,
        }
        Ok(())
    }
}
