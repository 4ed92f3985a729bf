//! The rows of a file and what their predictions are expected to be.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// Further differences are only counted.
const MOST_DIFFERENCES: usize = 20;

/// The content of a file for `--compare`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// As in a request.
    pub rows: Vec<Value>,
    /// As in the response; outputs that are left out are not compared.
    expected: Vec<Value>,
    /// How far a number may be off, times the larger of 1 and the expected number.
    #[serde(default = "default_tolerance")]
    tolerance: f64,
}

fn default_tolerance() -> f64 {
    1e-4
}

impl Expected {
    pub fn read(file: &Path) -> Result<Expected, String> {
        let text = fs::read_to_string(file).map_err(|error| error.to_string());
        let read = text.and_then(|text| Expected::parse(&text));
        read.map_err(|problem| format!("{}: {problem}", file.display()))
    }

    fn parse(text: &str) -> Result<Expected, String> {
        let expected: Expected = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let (rows, predictions) = (expected.rows.len(), expected.expected.len());
        if rows != predictions {
            return Err(format!(
                "expected: there are {predictions} of them and {rows} rows; write one for each row"
            ));
        }
        if expected.rows.is_empty() {
            return Err("rows: there are none; write at least one".to_owned());
        }
        match expected.tolerance >= 0.0 {
            true => Ok(expected),
            false => Err("tolerance: it is below 0".to_owned()),
        }
    }

    /// Compares predictions, one for each row; the error is a line for each difference.
    pub fn compare(&self, predictions: &[Value]) -> Result<(), String> {
        let mut differences = Vec::new();
        for (place, (expected, came)) in self.expected.iter().zip(predictions).enumerate() {
            self.compare_values(&format!("expected[{place}]"), expected, came, &mut differences);
        }
        let more = differences.len().saturating_sub(MOST_DIFFERENCES);
        differences.truncate(MOST_DIFFERENCES);
        if more > 0 {
            differences.push(format!("{more} more differences"));
        }
        match differences.is_empty() {
            true => Ok(()),
            false => Err(differences.join("\n")),
        }
    }

    fn compare_values(&self, path: &str, expected: &Value, came: &Value, differences: &mut Vec<String>) {
        match (expected, came) {
            (Value::Object(expected), Value::Object(came)) => {
                for (key, value) in expected {
                    let path = format!("{path}.{key}");
                    match came.get(key) {
                        Some(came) => self.compare_values(&path, value, came, differences),
                        None => differences.push(format!("{path}: the prediction does not have it")),
                    }
                }
            }
            (Value::Array(expected), Value::Array(came)) if expected.len() == came.len() => {
                for (place, (value, came)) in expected.iter().zip(came).enumerate() {
                    self.compare_values(&format!("{path}[{place}]"), value, came, differences);
                }
            }
            _ if self.agree(expected, came) => (),
            _ => {
                let tolerance = if expected.is_number() {
                    format!(" (tolerance {})", self.tolerance)
                } else {
                    String::new()
                };
                differences.push(format!("{path}: {expected} is expected{tolerance}, {came} came"));
            }
        }
    }

    fn agree(&self, expected: &Value, came: &Value) -> bool {
        match (expected.as_f64(), came.as_f64()) {
            (Some(expected), Some(came)) => {
                (came - expected).abs() <= self.tolerance * expected.abs().max(1.0)
            }
            _ => expected == came,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(expected: Value, came: Value) -> Result<(), String> {
        Expected { rows: vec![json!({})], expected: vec![expected], tolerance: 0.01 }.compare(&[came])
    }

    #[test]
    fn numbers_agree_within_the_tolerance() {
        compare(json!({"a": 0.5}), json!({"a": 0.509, "b": 7})).unwrap();
        compare(json!({"a": 1000}), json!({"a": 1009.0})).unwrap();
        compare(
            json!({"a": {"x": 0.1}, "b": {"data": [1, 2]}}),
            json!({"a": {"x": 0.1}, "b": {"data": [1, 2.001]}}),
        )
        .unwrap();
        let error = compare(json!({"a": 0.5}), json!({"a": 0.6})).unwrap_err();
        assert_eq!(error, "expected[0].a: 0.5 is expected (tolerance 0.01), 0.6 came");
    }

    #[test]
    fn each_difference_has_a_line() {
        let error = compare(json!({"a": "x", "b": [1], "c": 1}), json!({"a": "y", "b": [1, 2]})).unwrap_err();
        let lines = [
            r#"expected[0].a: "x" is expected, "y" came"#,
            "expected[0].b: [1] is expected, [1,2] came",
            "expected[0].c: the prediction does not have it",
        ];
        assert_eq!(error, lines.join("\n"));
        let many = json!({"a": vec![1; 30]});
        let error = compare(many, json!({"a": vec![2; 30]})).unwrap_err();
        assert!(error.ends_with("10 more differences"), "{error}");
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        for (text, problem) in [
            (r#"{"rows": [{}], "expected": []}"#, "0 of them and 1 rows"),
            (r#"{"rows": [], "expected": []}"#, "at least one"),
            (r#"{"rows": [{}], "expected": [{}], "tolerance": -1}"#, "below 0"),
            (r#"{"rows": [{}], "expected": [{}], "tolerence": 1}"#, "tolerence"),
            (r#"{"rows": [{}]}"#, "expected"),
        ] {
            let error = Expected::parse(text).err().unwrap();
            assert!(error.contains(problem), "{error}");
        }
    }
}
