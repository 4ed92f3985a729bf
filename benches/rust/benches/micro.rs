//! Micro benchmarks of the wire: float text out and in, base64, PNG and JPEG.
//!
//! `SIDEKICK_BENCH_DATA=FOLDER cargo bench`, where `benches/prepare.py` made the folder.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sidekick_benches::data;
use sidekick_benches::pieces::{LABELS, Pieces, values};

const ELEMENTS: usize = 224 * 224 * 3;

fn floats(criterion: &mut Criterion) {
    let pieces = Pieces::new(ELEMENTS);
    let values_in = values(ELEMENTS);
    let reply = pieces.reply(1, &values(LABELS), &values_in);
    let mut group = criterion.benchmark_group("floats");
    group.throughput(Throughput::Elements(ELEMENTS as u64)).sample_size(30);
    group.bench_function("out", |bencher| bencher.iter(|| pieces.add_array(&values_in)));
    group.bench_function("in", |bencher| bencher.iter(|| pieces.read_reply(reply.as_bytes(), 1)));
    let (spaced, long) = (reply.replace(',', ", "), pieces.reply_of_17_digits(&values_in));
    group.bench_function("in-spaced", |bencher| bencher.iter(|| pieces.read_reply(spaced.as_bytes(), 1)));
    group.bench_function("in-17-digits", |bencher| bencher.iter(|| pieces.read_reply(long.as_bytes(), 1)));
}

fn categories(criterion: &mut Criterion) {
    let pieces = Pieces::new(1);
    let reply = pieces.reply(16, &values(LABELS), &[0.5]);
    let mut group = criterion.benchmark_group("categories");
    group.throughput(Throughput::Elements(16 * LABELS as u64)).sample_size(30);
    group.bench_function("in", |bencher| bencher.iter(|| pieces.read_reply(reply.as_bytes(), 16)));
}

fn pictures(criterion: &mut Criterion) {
    let pieces = Pieces::new(1);
    let (jpeg, pixels) = (data("picture.jpg"), data("pixels.rgb"));
    let mut group = criterion.benchmark_group("pictures");
    group.sample_size(20);
    group.bench_function("base64", |bencher| bencher.iter(|| pieces.add_image(&jpeg)));
    group.bench_function("png", |bencher| bencher.iter(|| pieces.add_pixels(&pixels, None)));
    group.bench_function("jpeg", |bencher| bencher.iter(|| pieces.add_pixels(&pixels, Some(90))));
}

criterion_group!(benches, floats, categories, pictures);
criterion_main!(benches);
