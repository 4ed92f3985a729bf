//! Does a piece of the library's work as often as asked for: callgrind counts the instructions of two runs, and their
//! difference is that of the pieces alone.
//!
//! Use: count-instructions number|row-by-column|text|float-out|float-in|float-in-17-digits|category-row COUNT

use sidekick_benches::pieces::{LABELS, Pieces, values};

const TEXT: &str = "a short text with a number in it, 4711";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, count] = &arguments[..] else { usage() };
    let count: usize = count.parse().unwrap_or_else(|_| usage());
    match kind.as_str() {
        "number" => Pieces::new(1).add_numbers(&numbers(count)),
        "row-by-column" => Pieces::new(1).add_number_column(&numbers(count)),
        "text" => Pieces::new(1).add_texts(TEXT, count),
        "float-out" => Pieces::new(count).add_array(&values(count)),
        "float-in" => {
            let pieces = Pieces::new(count);
            pieces.read_reply(pieces.reply(1, &values(LABELS), &values(count)).as_bytes(), 1);
        }
        "float-in-17-digits" => {
            let pieces = Pieces::new(count);
            pieces.read_reply(pieces.reply_of_17_digits(&values(count)).as_bytes(), 1);
        }
        "category-row" => {
            let pieces = Pieces::new(1);
            pieces.read_reply(pieces.reply(count, &values(LABELS), &[0.5]).as_bytes(), count);
        }
        _ => usage(),
    }
}

fn numbers(count: usize) -> Vec<f64> {
    values(count).into_iter().map(f64::from).collect()
}

fn usage() -> ! {
    eprintln!(
        "usage: count-instructions number|row-by-column|text|float-out|float-in|float-in-17-digits|category-row COUNT"
    );
    std::process::exit(2)
}
