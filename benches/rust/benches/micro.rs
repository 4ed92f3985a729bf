//! Micro benchmarks of the wire: float text out and in, base64, PNG and JPEG.
//!
//! `SIDEKICK_BENCH_DATA=FOLDER cargo bench`, where `benches/prepare.py` made the folder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sidekick_benches::data;
use sidekick_benches::numbers::{normalized_samples, sigmoids, softmax};
use sidekick_benches::pieces::{LABELS, Pieces};

const ELEMENTS: usize = 224 * 224 * 3;

fn floats(criterion: &mut Criterion) {
    let pieces = Pieces::new(ELEMENTS);
    let (samples, values, probabilities) =
        (normalized_samples(ELEMENTS), sigmoids(ELEMENTS), softmax(LABELS, 1));
    let response = pieces.response(1, &probabilities, &values);
    let mut group = criterion.benchmark_group("floats");
    group.throughput(Throughput::Elements(ELEMENTS as u64)).sample_size(30);
    group.bench_function("out", |bencher| bencher.iter(|| pieces.add_array(&samples)));
    group.bench_function("in", |bencher| bencher.iter(|| pieces.read_response(response.as_bytes(), 1)));
    let (spaced, long) = (response.replace(',', ", "), pieces.response_of_17_digits(&probabilities, &values));
    group.bench_function("in-spaced", |bencher| bencher.iter(|| pieces.read_response(spaced.as_bytes(), 1)));
    group.bench_function("in-17-digits", |bencher| bencher.iter(|| pieces.read_response(long.as_bytes(), 1)));
}

fn categories(criterion: &mut Criterion) {
    let pieces = Pieces::new(1);
    let response = pieces.response(16, &softmax(LABELS, 1), &[0.5]);
    let mut group = criterion.benchmark_group("categories");
    group.throughput(Throughput::Elements(16 * LABELS as u64)).sample_size(30);
    group.bench_function("in", |bencher| bencher.iter(|| pieces.read_response(response.as_bytes(), 16)));
}

fn images(criterion: &mut Criterion) {
    let pieces = Pieces::new(1);
    let (jpeg, pixels) = (data("picture.jpg"), data("pixels.rgb"));
    let mut group = criterion.benchmark_group("images");
    group.sample_size(20);
    group.bench_function("base64", |bencher| bencher.iter(|| pieces.add_image(&jpeg)));
    group.bench_function("png", |bencher| bencher.iter(|| pieces.add_pixels(&pixels, None)));
    group.bench_function("jpeg", |bencher| bencher.iter(|| pieces.add_pixels(&pixels, Some(90))));
}

criterion_group!(benches, floats, categories, images);
criterion_main!(benches);
