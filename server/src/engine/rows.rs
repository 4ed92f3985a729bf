//! A model that takes one row at a time, run over any number of them.

use crate::engine::{Caller, EngineError, Model};
use crate::tensor::{Signature, Size, Tensor, TensorSpec, Values};

/// A model whose batch is one row, as exporters make it by default.
pub struct RowByRow {
    model: Box<dyn Model>,
    signature: Signature,
}

impl RowByRow {
    /// All inputs and outputs of the model have a first axis that can be 1.
    pub fn new(model: Box<dyn Model>) -> RowByRow {
        let mut signature = model.signature().clone();
        let specs = signature.inputs.iter_mut().chain(&mut signature.outputs);
        for size in specs.filter_map(|spec| spec.shape.as_mut()?.first_mut()) {
            // The name makes the rows of all inputs as many.
            *size = Size::Free(Some("rows".to_owned()));
        }
        RowByRow { model, signature }
    }
}

impl Model for RowByRow {
    fn engine(&self) -> &str {
        self.model.engine()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn waits(&self) -> bool {
        self.model.waits()
    }

    fn run(
        &self,
        inputs: Vec<Tensor>,
        outputs: &[usize],
        caller: Caller,
    ) -> Result<Vec<Tensor>, EngineError> {
        let count = |tensor: &Tensor| tensor.shape.first().copied();
        let rows = inputs.first().and_then(count).unwrap_or(1);
        if !inputs.iter().all(|tensor| count(tensor) == Some(rows)) {
            return Err(EngineError::Refused("the inputs have different numbers of rows".to_owned()));
        }
        if rows == 0 {
            return Ok(outputs.iter().map(|&place| none(&self.signature.outputs[place])).collect());
        }
        if rows == 1 {
            return self.model.run(inputs, outputs, caller);
        }
        let mut found: Vec<Vec<Tensor>> = outputs.iter().map(|_| Vec::with_capacity(rows)).collect();
        for row in 0..rows {
            if !(caller.waits)() {
                return Err(EngineError::Stopped);
            }
            let one = inputs.iter().map(|tensor| tensor.rows(row..row + 1)).collect();
            for (found, tensor) in found.iter_mut().zip(self.model.run(one, outputs, caller)?) {
                found.push(tensor);
            }
        }
        let joined: Option<Vec<Tensor>> = found.into_iter().map(Tensor::join).collect();
        joined.ok_or_else(|| {
            EngineError::failed("the rows have outputs of different shapes; send one row at a time")
        })
    }
}

/// An output of no rows.
fn none(spec: &TensorSpec) -> Tensor {
    let rest = spec.sizes().iter().skip(1).map(|size| size.fixed().unwrap_or(0));
    Tensor { shape: std::iter::once(0).chain(rest).collect(), values: Values::empty(spec.datatype) }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::engine::ALWAYS;
    use crate::tensor::Datatype;

    /// Adds one to each value of a row.
    struct Next(Signature);

    impl Next {
        fn boxed() -> Box<dyn Model> {
            let spec = |name| TensorSpec::new(name, Datatype::Int64, vec![Size::Fixed(1), Size::Fixed(2)]);
            Box::new(Next(Signature { inputs: vec![spec("x")], outputs: vec![spec("y")], lacking: vec![] }))
        }
    }

    impl Model for Next {
        fn engine(&self) -> &str {
            "next"
        }

        fn signature(&self) -> &Signature {
            &self.0
        }

        fn run(&self, mut inputs: Vec<Tensor>, _: &[usize], _: Caller) -> Result<Vec<Tensor>, EngineError> {
            let Tensor { shape, values: Values::I64(values) } = inputs.remove(0) else { unreachable!() };
            assert_eq!(shape, [1, 2]);
            Ok(vec![Tensor {
                shape,
                values: Values::I64(values.into_iter().map(|value| value + 1).collect()),
            }])
        }
    }

    #[test]
    fn rows_are_run_one_by_one_and_joined() {
        let model = RowByRow::new(Next::boxed());
        assert_eq!(model.signature().inputs[0].wire_shape(), [-1, 2]);
        assert_eq!(model.signature().outputs[0].wire_shape(), [-1, 2]);
        for rows in [0, 1, 3] {
            let values: Vec<i64> = (0..2 * rows as i64).collect();
            let expected = values.iter().map(|value| value + 1).collect();
            let input = Tensor { shape: vec![rows, 2], values: Values::I64(values) };
            let expected = Tensor { shape: vec![rows, 2], values: Values::I64(expected) };
            assert_eq!(model.run(vec![input], &[0], ALWAYS), Ok(vec![expected]));
        }
    }

    #[test]
    fn a_run_that_is_no_longer_wanted_ends_between_rows() {
        let model = RowByRow::new(Next::boxed());
        let asked = Cell::new(0);
        let wanted = || {
            asked.set(asked.get() + 1);
            asked.get() < 3
        };
        let input = Tensor { shape: vec![5, 2], values: Values::I64(vec![0; 10]) };
        assert_eq!(
            model.run(vec![input], &[0], Caller { waits: &wanted, ..ALWAYS }),
            Err(EngineError::Stopped)
        );
        assert_eq!(asked.get(), 3);
    }
}
