//! What an ONNX file declares: its inputs and outputs, its operators, and the classes that it names. Engines
//! report less: rten's INT64 and BOOL are INT32, and no engine names classes.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use rten_onnx::onnx::{DataType, Dimension, TypeProtoTensor};
use rten_onnx::protobuf::{DecodeMessage, Field, Fields, OwnedValues, ProtobufError, ReadValue, ValueReader};

use crate::category::Category;
use crate::tensor::{Datatype, Size, TensorSpec};

/// The operators of classic models: classifiers, encoders, maps.
pub const ML: &str = "ai.onnx.ml";

/// A model as its file has it, without its weights.
#[derive(Default)]
pub struct Declared {
    pub inputs: Vec<DeclaredValue>,
    pub outputs: Vec<DeclaredValue>,
    pub nodes: Vec<Node>,
    /// Short lists of strings and integers among the constants, by name.
    lists: Vec<(String, Vec<Category>)>,
    /// Whether weights are in files of their own.
    pub has_external_data: bool,
    pub producer: String,
    /// Operator sets: domain and version.
    pub operator_sets: Vec<(String, i64)>,
    /// What the exporter noted: key and value.
    pub properties: Vec<(String, String)>,
}

/// An input or output of the graph.
#[derive(Clone, Debug, Default)]
pub struct DeclaredValue {
    pub name: String,
    declared: Option<Type>,
}

/// A type of ONNX.
#[derive(Clone, Debug)]
enum Type {
    Tensor(TypeProtoTensor),
    Sequence(Box<Type>),
    /// A map, of which only the type of its values counts.
    Map(Box<Type>),
    Other,
}

/// An operator at work in the graph.
#[derive(Clone, Debug, Default)]
pub struct Node {
    pub name: String,
    pub operator: String,
    /// Empty for ONNX's own operators.
    pub domain: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, Default)]
struct Attribute {
    name: String,
    integers: Vec<i64>,
    strings: Vec<String>,
    nodes: Vec<Node>,
}

impl Declared {
    /// Reads the declarations of a file; its weights are skipped.
    pub fn read(file: &Path) -> Result<Declared, String> {
        let file = File::open(file).map_err(|error| error.to_string())?;
        let model = Declared::decode(ValueReader::from_file(file)).map_err(|error| error.to_string())?;
        match model.outputs.is_empty() {
            true => Err("the file is no ONNX model, or one without outputs".to_owned()),
            false => Ok(model),
        }
    }

    /// The input of this name; older files list weights among the inputs.
    pub fn input(&self, name: &str) -> Result<TensorSpec, String> {
        let value = self.inputs.iter().find(|value| value.name == name);
        let value = value.ok_or_else(|| format!("input {name:?} has no type in the model"))?;
        let labels = self.vocabulary(name);
        spec(value, labels).map_err(|problem| format!("input {name:?} {problem}"))
    }

    /// All outputs, in the order of the file; the error of one names it.
    pub fn outputs(&self) -> Vec<Result<TensorSpec, String>> {
        let output = |value: &DeclaredValue| {
            let spec = spec(value, self.classes(&value.name));
            spec.map(|spec| self.with_classes(spec))
                .map_err(|problem| format!("output {:?} {problem}", value.name))
        };
        self.outputs.iter().map(output).collect()
    }

    /// The operators, each with how often it is there, those within others too: `ai.onnx.ml.Scaler`.
    pub fn operators(&self) -> BTreeMap<String, usize> {
        let mut operators = BTreeMap::new();
        count(&self.nodes, &mut operators);
        operators
    }

    /// The node of which a value is the output.
    fn source(&self, value: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.outputs.iter().any(|output| output == value))
    }

    /// The keys of the map that an input is, if a DictVectorizer reads it.
    fn vocabulary(&self, input: &str) -> Option<Vec<Category>> {
        let reads = |node: &&Node| {
            node.is(ML, "DictVectorizer") && node.inputs.first().is_some_and(|name| name == input)
        };
        self.nodes.iter().find(reads)?.listed(&["string_vocabulary", "int64_vocabulary"])
    }

    /// The classes of an output, found by going back to what names them.
    fn classes(&self, output: &str) -> Option<Vec<Category>> {
        const PASSED: [&str; 10] = [
            "Identity",
            "Cast",
            "Normalizer",
            "Softmax",
            "Reshape",
            "Squeeze",
            "Flatten",
            "Unsqueeze",
            "Clip",
            "Add",
        ];
        let mut value = output;
        for _ in 0..16 {
            let node = self.source(value)?;
            if let Some(classes) = self.named_by(node) {
                return Some(classes);
            }
            PASSED.contains(&node.operator.as_str()).then_some(())?;
            value = node.inputs.first()?;
        }
        None
    }

    fn named_by(&self, node: &Node) -> Option<Vec<Category>> {
        let listed = || {
            node.listed(&["classlabels_strings", "classlabels_int64s", "classlabels_ints", "values_strings"])
        };
        match node.operator.as_str() {
            "ArrayFeatureExtractor" => self.list(node.inputs.first()?),
            "ZipMap" | "LabelEncoder" => listed(),
            operator if operator.ends_with("Classifier") => listed(),
            _ => None,
        }
    }

    fn list(&self, name: &str) -> Option<Vec<Category>> {
        self.lists.iter().find(|(list, _)| list == name).map(|(_, values)| values.clone())
    }

    /// Gives an output the classes of the model, if it has but one list of them and the output has as many.
    fn with_classes(&self, mut spec: TensorSpec) -> TensorSpec {
        let fits = |classes: &Vec<Category>| match (spec.datatype, spec.sizes()) {
            (datatype, [_, last]) if datatype.is_float() => {
                last.fixed().is_none_or(|size| size == classes.len())
            }
            (Datatype::Bytes, [_]) => matches!(classes[0], Category::Text(_)),
            (Datatype::Int64, [_]) => matches!(classes[0], Category::Integer(_)),
            _ => false,
        };
        if spec.labels.is_none() {
            let mut lists: Vec<Vec<Category>> =
                self.nodes.iter().filter_map(|node| self.named_by(node)).collect();
            lists.dedup();
            spec.labels = match &lists[..] {
                [one] if !one.is_empty() && fits(one) => Some(one.clone()),
                _ => None,
            };
        }
        spec.labels = spec.labels.filter(|labels| !labels.is_empty());
        spec
    }
}

fn count(nodes: &[Node], operators: &mut BTreeMap<String, usize>) {
    for node in nodes {
        let name = match node.domain.as_str() {
            "" | "ai.onnx" => node.operator.clone(),
            domain => format!("{domain}.{}", node.operator),
        };
        *operators.entry(name).or_default() += 1;
        for attribute in &node.attributes {
            count(&attribute.nodes, operators);
        }
    }
}

impl Node {
    pub fn is(&self, domain: &str, operator: &str) -> bool {
        let own = |domain: &str| domain.is_empty() || domain == "ai.onnx";
        self.operator == operator && (self.domain == domain || own(&self.domain) && own(domain))
    }

    /// The strings or integers of the first of these attributes that has any.
    pub fn listed(&self, names: &[&str]) -> Option<Vec<Category>> {
        let mut found =
            names.iter().filter_map(|name| self.attributes.iter().find(|found| found.name == **name));
        let attribute = found.find(|found| !found.strings.is_empty() || !found.integers.is_empty())?;
        Some(match attribute.strings.is_empty() {
            true => attribute.integers.iter().map(|number| Category::Integer(*number)).collect(),
            false => attribute.strings.iter().map(|text| Category::Text(text.clone())).collect(),
        })
    }
}

/// The tensor that clients see. A list of maps has a row for each map and a column for each key.
fn spec(value: &DeclaredValue, labels: Option<Vec<Category>>) -> Result<TensorSpec, String> {
    let name = value.name.clone();
    let columns = |value: &Type| {
        let labels = labels.clone().ok_or("is a map whose keys the model does not name")?;
        let shape = vec![Size::Free(None), Size::Fixed(labels.len())];
        let datatype = value.element().ok_or("is a map of something else than numbers")?;
        Ok(TensorSpec { name: name.clone(), datatype, shape: Some(shape), labels: Some(labels) })
    };
    match value.declared.as_ref().ok_or("has no type in the model")? {
        Type::Tensor(tensor) => {
            let element = tensor.elem_type.ok_or("has no element type in the model")?;
            let datatype = datatype(element)
                .ok_or_else(|| format!("has the element type {element}, which this server does not have"))?;
            let shape = tensor.shape.as_ref().map(|shape| shape.dim.iter().map(size).collect());
            Ok(TensorSpec { name, datatype, shape, labels })
        }
        Type::Map(value) => columns(value),
        Type::Sequence(element) => match &**element {
            Type::Map(value) => columns(value),
            Type::Tensor(_) => Err("is a sequence of tensors".to_owned()),
            _ => Err("is a sequence".to_owned()),
        },
        Type::Other => Err("is no tensor".to_owned()),
    }
}

impl Type {
    fn element(&self) -> Option<Datatype> {
        match self {
            Type::Tensor(tensor) => tensor.elem_type.and_then(datatype),
            _ => None,
        }
    }
}

fn datatype(element: DataType) -> Option<Datatype> {
    match element {
        DataType::BOOL => Some(Datatype::Bool),
        DataType::INT8 => Some(Datatype::Int8),
        DataType::INT16 => Some(Datatype::Int16),
        DataType::INT32 => Some(Datatype::Int32),
        DataType::INT64 => Some(Datatype::Int64),
        DataType::UINT8 => Some(Datatype::Uint8),
        DataType::UINT16 => Some(Datatype::Uint16),
        DataType::UINT32 => Some(Datatype::Uint32),
        DataType::UINT64 => Some(Datatype::Uint64),
        DataType::FLOAT16 => Some(Datatype::Fp16),
        DataType::BFLOAT16 => Some(Datatype::Bf16),
        DataType::FLOAT => Some(Datatype::Fp32),
        DataType::DOUBLE => Some(Datatype::Fp64),
        DataType::STRING => Some(Datatype::Bytes),
        _ => None,
    }
}

/// Some exporters write a free size as -1, others as an empty name or as a question mark.
fn size(dimension: &Dimension) -> Size {
    match dimension.dim_value.and_then(|size| usize::try_from(size).ok()) {
        Some(size) => Size::Fixed(size),
        None => Size::Free(dimension.dim_param.clone().filter(|name| !name.is_empty() && name != "?")),
    }
}

/// Longer lists are no classes.
const LONGEST_LIST: i64 = 1 << 16;

/// A message of ONNX whose fields are read one by one: `onnx.proto` has their numbers.
trait Message: Default {
    fn field<R: ReadValue<Types = OwnedValues>>(&mut self, field: &mut Field<R>)
    -> Result<(), ProtobufError>;
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

decode!(Declared, Graph, DeclaredValue, TypeField, MapField, Node, Attribute, Constant, Pair, OperatorSet);

impl Message for Declared {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            2 => self.producer = field.read_string()?,
            7 => {
                let graph = Graph::decode_field(field)?;
                (self.nodes, self.inputs, self.outputs) = (graph.nodes, graph.inputs, graph.outputs);
                self.has_external_data = graph.constants.iter().any(|constant| constant.is_external);
                let lists = graph.constants.into_iter().filter_map(Constant::into_list);
                self.lists = lists.collect();
            }
            8 => {
                let set = OperatorSet::decode_field(field)?;
                self.operator_sets.push((set.domain, set.version));
            }
            14 => {
                let pair = Pair::decode_field(field)?;
                self.properties.push((pair.key, pair.value));
            }
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct Graph {
    nodes: Vec<Node>,
    constants: Vec<Constant>,
    inputs: Vec<DeclaredValue>,
    outputs: Vec<DeclaredValue>,
}

impl Message for Graph {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => self.nodes.push(Node::decode_field(field)?),
            5 => self.constants.push(Constant::decode_field(field)?),
            11 => self.inputs.push(DeclaredValue::decode_field(field)?),
            12 => self.outputs.push(DeclaredValue::decode_field(field)?),
            _ => field.skip()?,
        }
        Ok(())
    }
}

impl Message for DeclaredValue {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => self.name = field.read_string()?,
            2 => self.declared = TypeField::decode_field(field)?.0,
            _ => field.skip()?,
        }
        Ok(())
    }
}

/// `TypeProto`.
#[derive(Default)]
struct TypeField(Option<Type>);

impl Message for TypeField {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        self.0 = match field.number() {
            1 => Some(Type::Tensor(TypeProtoTensor::decode_field(field)?)),
            4 => {
                let mut element = None;
                let mut fields = field.read_message(None)?;
                while let Some(mut field) = fields.next()? {
                    match field.number() {
                        1 => element = TypeField::decode_field(&mut field)?.0,
                        _ => field.skip()?,
                    }
                }
                Some(Type::Sequence(Box::new(element.unwrap_or(Type::Other))))
            }
            5 => {
                let map = MapField::decode_field(field)?;
                Some(Type::Map(Box::new(map.0.unwrap_or(Type::Other))))
            }
            8 | 9 => {
                field.skip()?;
                Some(Type::Other)
            }
            _ => {
                field.skip()?;
                self.0.take()
            }
        };
        Ok(())
    }
}

/// The values' type of `TypeProto.Map`.
#[derive(Default)]
struct MapField(Option<Type>);

impl Message for MapField {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            2 => self.0 = TypeField::decode_field(field)?.0,
            _ => field.skip()?,
        }
        Ok(())
    }
}

impl Message for Node {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => self.inputs.push(field.read_string()?),
            2 => self.outputs.push(field.read_string()?),
            3 => self.name = field.read_string()?,
            4 => self.operator = field.read_string()?,
            5 => self.attributes.push(Attribute::decode_field(field)?),
            7 => self.domain = field.read_string()?,
            _ => field.skip()?,
        }
        Ok(())
    }
}

impl Message for Attribute {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => self.name = field.read_string()?,
            6 => self.nodes.extend(Graph::decode_field(field)?.nodes),
            8 => {
                for number in field.read_repeated_int64()? {
                    self.integers.push(number?);
                }
            }
            9 => {
                let text = field.read_bytes()?;
                self.strings.push(String::from_utf8_lossy(&text).into_owned());
            }
            _ => field.skip()?,
        }
        Ok(())
    }
}

/// A constant of the graph; values are read of short lists alone.
#[derive(Default)]
struct Constant {
    name: String,
    dims: Vec<i64>,
    element: i32,
    texts: Vec<String>,
    integers: Vec<i64>,
    is_external: bool,
}

impl Constant {
    fn is_list(&self) -> bool {
        matches!(self.dims[..], [2..=LONGEST_LIST])
            && [DataType::STRING.0, DataType::INT64.0].contains(&self.element)
    }

    fn into_list(self) -> Option<(String, Vec<Category>)> {
        let texts = self.texts.into_iter().map(Category::Text);
        let values: Vec<Category> = texts.chain(self.integers.into_iter().map(Category::Integer)).collect();
        (!values.is_empty()).then_some((self.name, values))
    }
}

impl Message for Constant {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => {
                for size in field.read_repeated_int64()? {
                    self.dims.push(size?);
                }
            }
            2 => self.element = field.get_enum()?,
            6 if self.is_list() => {
                let text = field.read_bytes()?;
                self.texts.push(String::from_utf8_lossy(&text).into_owned());
            }
            7 if self.is_list() => {
                for number in field.read_repeated_int64()? {
                    self.integers.push(number?);
                }
            }
            8 => self.name = field.read_string()?,
            9 if self.is_list() => {
                let bytes = field.read_bytes()?;
                let numbers = bytes.as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
                self.integers.extend(numbers);
            }
            14 => self.is_external = field.get_enum()? == 1,
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct Pair {
    key: String,
    value: String,
}

impl Message for Pair {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => self.key = field.read_string()?,
            2 => self.value = field.read_string()?,
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[derive(Default)]
struct OperatorSet {
    domain: String,
    version: i64,
}

impl Message for OperatorSet {
    fn field<R: ReadValue<Types = OwnedValues>>(
        &mut self,
        field: &mut Field<R>,
    ) -> Result<(), ProtobufError> {
        match field.number() {
            1 => self.domain = field.read_string()?,
            2 => self.version = field.get_int64()?,
            _ => field.skip()?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rten_onnx::onnx::TensorShapeProto;

    use super::*;

    fn dimension(value: Option<i64>, name: Option<&str>) -> Dimension {
        Dimension { dim_value: value, dim_param: name.map(str::to_owned) }
    }

    fn value(declared: Option<Type>) -> DeclaredValue {
        DeclaredValue { name: "x".to_owned(), declared }
    }

    fn tensor(element: DataType, dim: Vec<Dimension>) -> Type {
        Type::Tensor(TypeProtoTensor { elem_type: Some(element), shape: Some(TensorShapeProto { dim }) })
    }

    fn texts(texts: &[&str]) -> Vec<Category> {
        texts.iter().map(|text| Category::Text((*text).to_owned())).collect()
    }

    fn node(operator: &str, input: &str, output: &str, attribute: Option<(&str, &[&str])>) -> Node {
        let attribute = attribute.map(|(name, strings)| Attribute {
            name: name.to_owned(),
            strings: strings.iter().map(|text| (*text).to_owned()).collect(),
            ..Attribute::default()
        });
        Node {
            operator: operator.to_owned(),
            inputs: vec![input.to_owned()],
            outputs: vec![output.to_owned()],
            attributes: attribute.into_iter().collect(),
            ..Node::default()
        }
    }

    #[test]
    fn free_sizes_are_read_in_every_form_of_an_exporter() {
        let named = || Size::Free(Some("n".to_owned()));
        for (dimension, expected) in [
            (dimension(Some(3), None), Size::Fixed(3)),
            (dimension(Some(0), None), Size::Fixed(0)),
            (dimension(None, Some("n")), named()),
            (dimension(Some(-1), Some("n")), named()),
            (dimension(Some(-1), None), Size::Free(None)),
            (dimension(None, Some("")), Size::Free(None)),
            (dimension(None, Some("?")), Size::Free(None)),
            (dimension(None, None), Size::Free(None)),
        ] {
            assert_eq!(size(&dimension), expected, "{dimension:?}");
        }
    }

    #[test]
    fn a_type_is_the_declared_one_or_refused_by_its_name() {
        let declared =
            |element| spec(&value(Some(tensor(element, vec![]))), None).map(|spec| spec.datatype.name());
        assert_eq!(declared(DataType::INT64), Ok("INT64"));
        assert_eq!(declared(DataType::BOOL), Ok("BOOL"));
        assert_eq!(declared(DataType::DOUBLE), Ok("FP64"));
        assert_eq!(declared(DataType::UINT16), Ok("UINT16"));
        assert_eq!(declared(DataType::STRING), Ok("BYTES"));
        assert!(declared(DataType::COMPLEX64).unwrap_err().contains("COMPLEX64"));
        assert!(spec(&value(None), None).unwrap_err().contains("no type"));
    }

    #[test]
    fn maps_are_columns() {
        let map = || Type::Map(Box::new(tensor(DataType::FLOAT, vec![])));
        for declared in [map(), Type::Sequence(Box::new(map()))] {
            let found = spec(&value(Some(declared.clone())), Some(texts(&["a", "b"]))).unwrap();
            assert_eq!((found.datatype, found.wire_shape()), (Datatype::Fp32, vec![-1, 2]));
            assert!(spec(&value(Some(declared)), None).unwrap_err().contains("keys"));
        }
        let sequence = Type::Sequence(Box::new(tensor(DataType::FLOAT, vec![])));
        assert!(spec(&value(Some(sequence)), None).unwrap_err().contains("sequence of tensors"));
    }

    #[test]
    fn classes_are_those_of_the_classifier() {
        let classes = Some(("classlabels_strings", &["a", "b"][..]));
        let output = |name: &str, element, dims| {
            let declared = Some(tensor(element, dims));
            DeclaredValue { name: name.to_owned(), declared }
        };
        let rows = || dimension(None, Some("n"));
        let mut model = Declared {
            nodes: vec![node("SVMClassifier", "x", "label", classes), node("Identity", "label", "l", None)],
            outputs: vec![
                output("l", DataType::STRING, vec![rows()]),
                output("p", DataType::FLOAT, vec![rows(), dimension(Some(2), None)]),
                output("three", DataType::FLOAT, vec![rows(), dimension(Some(3), None)]),
            ],
            ..Declared::default()
        };
        let labels = |model: &Declared| -> Vec<_> {
            model.outputs().into_iter().map(|spec| spec.unwrap().labels).collect()
        };
        let found = Some(texts(&["a", "b"]));
        assert_eq!(labels(&model), [found.clone(), found.clone(), None]);
        // With two classifiers only what follows from one has its classes.
        model.nodes.push(node("LinearClassifier", "x", "other", Some(("classlabels_strings", &["c", "d"]))));
        assert_eq!(labels(&model), [found, None, None]);
    }

    #[test]
    fn operators_are_counted() {
        let mut scaler = node("Scaler", "x", "y", None);
        scaler.domain = ML.to_owned();
        let nodes = vec![node("Add", "x", "y", None), scaler, node("Add", "y", "z", None)];
        let model = Declared { nodes, ..Declared::default() };
        let found: Vec<(String, usize)> = model.operators().into_iter().collect();
        assert_eq!(found, [("Add".to_owned(), 2), ("ai.onnx.ml.Scaler".to_owned(), 1)]);
    }
}
