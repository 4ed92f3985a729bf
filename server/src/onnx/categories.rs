//! The categories of an input's columns, which the one-hot encoders of a model list.

use super::{Constant, ML, Node, OnnxFile};
use crate::category::Category;

/// A walk along the operators ends after so many of them.
const MOST_STEPS: usize = 4096;

/// Operators that keep the columns of their first input.
const KEEPING: [&str; 2] = ["Identity", "Cast"];
/// The same, as long as there is one column.
const KEEPING_ONE: [&str; 4] = ["Reshape", "Flatten", "Squeeze", "Unsqueeze"];

/// The categories of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnCategories {
    pub list: Vec<Category>,
    /// Whether the model takes other values as well.
    pub takes_others: bool,
}

/// A tensor of the graph: its columns are those of the input at these places, or of something else.
struct Columns<'a> {
    tensor: &'a str,
    places: Vec<Option<usize>>,
}

impl OnnxFile {
    /// The categories of each column of an input of so many columns. A column that several encoders read
    /// has none, unless their lists are the same.
    pub fn categories(&self, input: &str, columns: usize) -> Vec<Option<ColumnCategories>> {
        let mut found: Vec<Vec<ColumnCategories>> = vec![Vec::new(); columns];
        let mut open = vec![Columns { tensor: input, places: (0..columns).map(Some).collect() }];
        let mut steps = 0;
        while let Some(columns) = open.pop() {
            for node in self.nodes.iter().filter(|node| node.inputs.iter().any(|name| name == columns.tensor))
            {
                steps += 1;
                if steps > MOST_STEPS {
                    return vec![None; found.len()];
                }
                match node.column_categories() {
                    Some(own) => {
                        columns.places.iter().flatten().for_each(|&place| found[place].push(own.clone()));
                    }
                    None => open.extend(self.after(node, &columns)),
                }
            }
        }
        let same = |mut all: Vec<ColumnCategories>| {
            all.dedup();
            all.pop().filter(|_| all.is_empty())
        };
        found.into_iter().map(same).collect()
    }

    /// What an operator makes of columns, if it passes them on.
    fn after<'a>(&'a self, node: &'a Node, columns: &Columns) -> Option<Columns<'a>> {
        let is_first = node.inputs.first().is_some_and(|name| name == columns.tensor);
        let places = match node.operator.name.as_str() {
            "Concat" => self.joined(node, columns)?,
            "ArrayFeatureExtractor" if is_first => self.chosen(node, columns)?,
            "Gather" if is_first && node.integer("axis").is_some_and(|axis| matches!(axis, 1 | -1)) => {
                self.chosen(node, columns)?
            }
            name if is_first && KEEPING.contains(&name) => columns.places.clone(),
            name if is_first && KEEPING_ONE.contains(&name) && columns.places.len() == 1 => {
                columns.places.clone()
            }
            _ => return None,
        };
        Some(Columns { tensor: node.outputs.first()?, places })
    }

    /// The columns at the places that a constant lists.
    fn chosen(&self, node: &Node, columns: &Columns) -> Option<Vec<Option<usize>>> {
        let Constant::List(list) = self.constants.get(node.inputs.get(1)?)? else { return None };
        let place = |chosen: &Category| match chosen {
            Category::Integer(place) => columns.places.get(usize::try_from(*place).ok()?).copied(),
            Category::Text(_) => None,
        };
        list.iter().map(place).collect()
    }

    /// The columns with those of other inputs of the model beside them.
    fn joined(&self, node: &Node, columns: &Columns) -> Option<Vec<Option<usize>>> {
        let mut joined = Vec::new();
        for name in &node.inputs {
            match name == columns.tensor {
                true => joined.extend_from_slice(&columns.places),
                false => joined.resize(joined.len() + self.input(name).ok()?.sizes().last()?.fixed()?, None),
            }
        }
        Some(joined)
    }
}

impl Node {
    /// The categories that a one-hot encoder lists.
    fn column_categories(&self) -> Option<ColumnCategories> {
        let list = self.listed(&["cats_strings", "cats_int64s"]).filter(|_| self.is(ML, "OneHotEncoder"))?;
        // Without the attribute the encoder makes zeros of what it does not know.
        let takes_others = self.integer("zeros") != Some(0);
        Some(ColumnCategories { list: list.to_vec(), takes_others })
    }
}

#[cfg(test)]
mod tests {
    use rten_onnx::onnx::DataType;

    use super::super::types::tests::{dimension, tensor, value};
    use super::*;

    fn texts(names: &[&str]) -> Vec<Category> {
        names.iter().map(|name| Category::Text((*name).to_owned())).collect()
    }

    fn encoder(input: &str, names: &[&str]) -> Node {
        let mut node = Node::new("OneHotEncoder", &[input], &["encoded"]).with_list("cats_strings", names);
        node.operator.domain = ML.to_owned();
        node
    }

    fn model(nodes: Vec<Node>) -> OnnxFile {
        let columns =
            |count| tensor(DataType::STRING, vec![dimension(None, Some("n")), dimension(Some(count), None)]);
        let inputs = vec![value("x", Some(columns(1))), value("wide", Some(columns(2)))];
        let place = |place| Constant::List(vec![Category::Integer(place)]);
        let constants = [("zero", place(0)), ("one", place(1)), ("two", place(2))];
        let constants = constants.map(|(name, place)| (name.to_owned(), place)).into();
        OnnxFile { inputs, nodes, constants, ..OnnxFile::default() }
    }

    /// The categories of each column.
    fn lists(model: &OnnxFile, input: &str, columns: usize) -> Vec<Option<Vec<Category>>> {
        let found = model.categories(input, columns);
        found.into_iter().map(|column| column.map(|column| column.list)).collect()
    }

    #[test]
    fn the_encoder_of_an_input_lists_its_categories() {
        let cast = Node::new("Cast", &["x"], &["cast"]);
        let found = model(vec![cast, encoder("cast", &["a", "b"])]);
        assert_eq!(lists(&found, "x", 1), [Some(texts(&["a", "b"]))]);
        assert_eq!(lists(&found, "wide", 2), [None, None]);
        assert_eq!(lists(&model(vec![Node::new("OneHotEncoder", &["x"], &["y"])]), "x", 1), [None]);
    }

    #[test]
    fn columns_are_chosen_by_their_place() {
        let gather = Node::new("Gather", &["wide", "one"], &["second"]).with_integer("axis", 1);
        let extract = Node::new("ArrayFeatureExtractor", &["wide", "zero"], &["first"]);
        let found = model(vec![gather, extract, encoder("first", &["a"]), encoder("second", &["b"])]);
        assert_eq!(lists(&found, "wide", 2), [Some(texts(&["a"])), Some(texts(&["b"]))]);
        let rows = Node::new("Gather", &["wide", "one"], &["second"]).with_integer("axis", 0);
        assert_eq!(lists(&model(vec![rows, encoder("second", &["b"])]), "wide", 2), [None, None]);
    }

    #[test]
    fn inputs_may_be_joined_first() {
        let nodes = || {
            let third = Node::new("ArrayFeatureExtractor", &["all", "two"], &["third"]);
            vec![Node::new("Concat", &["x", "wide"], &["all"]), third, encoder("third", &["c"])]
        };
        assert_eq!(lists(&model(nodes()), "wide", 2), [None, Some(texts(&["c"]))]);
        assert_eq!(lists(&model(nodes()), "x", 1), [None]);
    }

    #[test]
    fn encoders_that_disagree_say_nothing() {
        let both = |other| model(vec![encoder("x", &["a"]), encoder("x", &[other])]);
        assert_eq!(lists(&both("b"), "x", 1), [None]);
        assert_eq!(lists(&both("a"), "x", 1), [Some(texts(&["a"]))]);
    }

    #[test]
    fn other_values_are_refused_or_are_zeros() {
        let takes_others =
            |encoder| model(vec![encoder]).categories("x", 1)[0].as_ref().unwrap().takes_others;
        assert!(takes_others(encoder("x", &["a"])));
        assert!(takes_others(encoder("x", &["a"]).with_integer("zeros", 1)));
        assert!(!takes_others(encoder("x", &["a"]).with_integer("zeros", 0)));
    }
}
