//! Does a piece of the library's work as often as asked for: callgrind counts the instructions of two runs,
//! and their difference is that of the pieces alone.
//!
//! Use: count-instructions PIECE COUNT

use sidekick_benches::numbers::{normalized_samples, sigmoids, softmax, table_numbers};
use sidekick_benches::pieces::{FEW_LABELS, FLOATS, LABELS, Pieces, table_response, tensor_response};

const TEXT: &str = "a short text with a number in it, 4711";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [piece, count] = &arguments[..] else { usage() };
    let count: usize = count.parse().unwrap_or_else(|_| usage());
    match piece.as_str() {
        "number" => Pieces::new(1).add_numbers(&table_numbers(count)),
        "row-by-column" => Pieces::new(1).add_number_column(&table_numbers(count)),
        "tensor-row-by-value" => Pieces::new(1).add_tensor_numbers(&table_numbers(count)),
        "tensor-row-by-column" => Pieces::new(1).add_tensor_column(&table_numbers(count)),
        "tensor-1000-floats-in" => {
            let (response, json_length) = tensor_response(&sigmoids(FLOATS * count));
            Pieces::new(1).read_tensor_response(&response, count, json_length);
        }
        "text" => Pieces::new(1).add_texts(TEXT, count),
        "float-out" => Pieces::new(count).add_array(&normalized_samples(count)),
        "float-in" => {
            let pieces = Pieces::new(count);
            let response = pieces.response(1, &softmax(LABELS, 1), &sigmoids(count));
            pieces.read_response(response.as_bytes(), 1);
        }
        "float-in-17-digits" => {
            let pieces = Pieces::new(count);
            let response = pieces.response_of_17_digits(&softmax(LABELS, 1), &sigmoids(count));
            pieces.read_response(response.as_bytes(), 1);
        }
        "row-of-1000-classes" => {
            let pieces = Pieces::new(1);
            let response = pieces.response(count, &softmax(LABELS, 1), &[0.5]);
            pieces.read_response(response.as_bytes(), count);
        }
        "table-row" => {
            let probabilities: Vec<_> = (0..count).map(|row| softmax(FEW_LABELS, row as u64)).collect();
            let response = table_response(&table_numbers(count), &probabilities);
            Pieces::new(1).read_table_response(response.as_bytes(), count);
        }
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!(
        "usage: count-instructions number|row-by-column|text|float-out|float-in|float-in-17-digits|row-of-1000-classes|\
         table-row|tensor-row-by-value|tensor-row-by-column|tensor-1000-floats-in COUNT"
    );
    std::process::exit(2)
}
