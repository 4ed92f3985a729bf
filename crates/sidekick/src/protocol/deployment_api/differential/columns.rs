//! Columns of numbers, written key by key.

use crate::protocol::deployment_api::buffer::Buffer;
use crate::protocol::deployment_api::request;
use crate::protocol::deployment_api::wire::{InputKeys, key_json};
use sidekick_numbers::generate::*;
use sidekick_numbers::{BLOCK, Number};
use std::fmt::Write;

fn expected(value: f64) -> String {
    zmij::Buffer::new().format_finite(value).to_owned()
}

#[test]
fn columns_of_numbers_follow_one_another() {
    let mut random = Random(22);
    let names = (0..48).map(|length| &"the name of a feature that is longer than a stamp"[..length]);
    let all_keys: Vec<(&str, InputKeys)> =
        names.map(|name| (name, InputKeys::new(name, std::iter::empty()).unwrap())).collect();
    for _ in 0..cases(300) {
        let (mut out, mut all) = (Buffer::default(), String::new());
        for _ in 0..random.below(40) {
            let (name, keys) = &all_keys[random.below(all_keys.len())];
            let values: [f64; BLOCK] = std::array::from_fn(|_| any_number(&mut random));
            let mut block = [Number::default(); BLOCK];
            Number::set_block(&mut block, &values);
            for (number, value) in block.iter().zip(values) {
                request::put_number_of(&mut out, keys, number).unwrap();
                write!(all, ",{}{}", key_json(name), expected(value)).unwrap();
            }
        }
        assert_eq!(String::from_utf8_lossy(out.as_slice()), all);
    }
}
