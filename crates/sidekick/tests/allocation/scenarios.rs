//! A cycle of each kind, but for those of images, tables and tensors: texts, categories, transports, streams,
//! and errors.

use super::cycle::*;
use super::{images, tables};
use crate::refusing::counted;
use flate2::Compression;
use flate2::write::GzEncoder;
use sidekick::{Deployment, ErrorKind, InputColumn, Options, Stream};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

pub fn all() -> Vec<Scenario> {
    let groups = [
        tables::arrays(),
        tables::tables(),
        images::all(),
        texts(),
        categories(),
        transports(),
        streams(),
        tables::arrays_out(),
        errors(),
        crate::tensors::all(),
    ];
    groups.into_iter().flatten().collect()
}

fn texts() -> Vec<Scenario> {
    let plain = "text ".repeat(BYTES / 5);
    let escaped = r#"a\n\u00e9\ud83e\udd8a\"\u0001 "#.repeat(BYTES / 20);
    let read = |url: &str, expected: &str| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        step(|| rows.add_text("x", "a\n\"\u{e9}"));
        let predictions = predict(&deployment, &mut rows);
        assert!(predictions.text("x", 0).unwrap() == expected);
    };
    let reply = |text: &str| format!(r#"{{"rows":[{{"x":"{text}"}}]}}"#);
    let unescaped = "a\n\u{e9}\u{1f98a}\"\u{1} ".repeat(BYTES / 20);
    let (plain_reply, escaped_reply) = (reply(&plain), reply(&escaped));
    let key = format!(
        r#"{{"{escaped}":[null,"{escaped}"],"deep":{0}{1},"rows":[{{"x":0.5,"{escaped}":1}}]}}"#,
        "[".repeat(BYTES),
        "]".repeat(BYTES)
    );
    vec![
        with("a text", TEXT, |url| {
            let text = "text ".repeat(BYTES / 5);
            predict_one(url, |rows| rows.add_text("x", &text));
        }),
        with("a text to be escaped", TEXT, |url| {
            let text = "a\n\"\u{1} ".repeat(BYTES / 5);
            predict_one(url, |rows| rows.add_text("x", &text));
        }),
        scenario("a reply's text", TEXT, TEXT, plain_reply, move |url: &str| read(url, &plain)),
        scenario("a reply's escaped text", TEXT, TEXT, escaped_reply, move |url: &str| read(url, &unescaped)),
        scenario("a reply's unknown keys", TEXT, NUMBER, key, |url: &str| {
            predict_one(url, |rows| rows.add_text("x", ""));
        }),
        echo(with(
            "labels that the deployment does not list",
            r#"{"x": {"x-peltarion": {"type": "categorical", "shape": [2]}}}"#,
            |url| {
                let label = "label ".repeat(BYTES / 6);
                predict_one(url, |rows| rows.add_category("x", &label));
            },
        )),
    ]
}

fn categories() -> Vec<Scenario> {
    // Their ranks, of 8 bytes each, are large.
    const COUNT: usize = 8_192;
    let label = |at: usize| format!("the label of category {at}");
    let labels = (0..COUNT).map(|at| format!("{:?}", label(at))).collect::<Vec<_>>();
    let listed = format!(
        r#"{{"x": {{"x-peltarion": {{"type": "categorical", "shape": [{COUNT}]}}, "enum": [{}]}}}}"#,
        labels.join(",")
    );
    let unlisted = format!(r#"{{"x": {{"x-peltarion": {{"type": "categorical", "shape": [{COUNT}]}}}}}}"#);
    let object = |order: &mut dyn Iterator<Item = usize>| {
        let members: Vec<String> = order.map(|at| format!("{:?}:{at}.5", label(at))).collect();
        format!(r#"{{"x":{{{}}}}}"#, members.join(","))
    };
    let (forth, back) = (object(&mut (0..COUNT)), object(&mut (0..COUNT).rev()));
    let run = move |url: &str| {
        let deployment = open_with(url, |options| options.set_batch_rows(2).unwrap());
        let mut rows = deployment.rows();
        for _ in 0..4 {
            step(|| rows.add_category("x", &label(7)));
            step(|| rows.end_row());
        }
        let predictions = step(|| deployment.predict(&rows));
        let probabilities = predictions.probabilities("x").unwrap();
        assert_eq!(probabilities.of(3, &label(7)).unwrap(), 7.5);
        assert_eq!(step(|| probabilities.at_rank(2, 1)).1, COUNT as f64 - 1.5);
        assert_eq!(step(|| probabilities.top(1, 2)).len(), 2);
    };
    let turned = [format!(r#"{{"rows":[{forth},{back}]}}"#), format!(r#"{{"rows":[{back},{forth}]}}"#)];
    let in_turn = |name: &str, features: &str| {
        let (turned, next) = (turned.clone(), std::sync::atomic::AtomicUsize::new(0));
        let made = scenario(name, features, features, "", run);
        let reply = move |_: &[u8]| {
            let next = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            turned[next % 2].clone().into_bytes()
        };
        Scenario { reply: Box::new(reply), ..made }
    };
    let beyond = listed.replace(&format!("[{COUNT}]"), "[1]");
    let reply = format!(r#"{{"rows":[{forth}]}}"#);
    let too_many = scenario("more categories than the output has", NUMBER, beyond, reply, |url: &str| {
        let deployment = open(url);
        let mut rows = deployment.rows();
        step(|| rows.add_number("x", 0.5));
        step(|| rows.end_row());
        refused(ErrorKind::ReplyShape, || deployment.predict(&rows).map(|_| ()));
    });
    vec![
        in_turn("categories that are listed", &listed),
        in_turn("categories that the server alone knows", &unlisted),
        too_many,
    ]
}

fn transports() -> Vec<Scenario> {
    let post = |url: &str, set: fn(&mut Options)| {
        let deployment = open_with(url, set);
        let json = format!("[{}1]", "1,".repeat(BYTES / 2));
        let reply = step(|| deployment.post_json(&json));
        assert!(reply.text.starts_with("text"), "{}", &reply.text[..20]);
        assert_eq!(reply.status, 200);
    };
    let mixed = b"text \xff\xc3".repeat(BYTES / 7);
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all("text ".repeat(BYTES).as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    let rows = echo(with("requests in gzip", TEXT, |url| {
        let deployment = open_with(url, |options| options.set_request_gzip(true));
        let mut rows = deployment.rows();
        let text: String = (0..BYTES).map(|at| char::from(b'a' + (at * at % 23) as u8)).collect();
        step(|| rows.add_text("x", &text));
        step(|| rows.end_row());
        assert_eq!(step(|| deployment.predict(&rows)).number("x", 0).unwrap(), 0.5);
    }));
    vec![
        scenario("posts of JSON", TEXT, TEXT, "text ".repeat(BYTES / 5), move |url: &str| post(url, |_| ())),
        scenario("posts answered in bytes that are no text", TEXT, TEXT, mixed, move |url: &str| {
            post(url, |_| ())
        }),
        Scenario {
            reply_head: "200 OK\r\nContent-Encoding: gzip",
            ..scenario("replies in gzip", TEXT, TEXT, packed, move |url: &str| post(url, |_| ()))
        },
        Scenario { reply: Box::new(|_| many_rows(1).into_bytes()), is_foreign: true, ..rows },
    ]
}

fn streams() -> Vec<Scenario> {
    const COUNT: usize = 6_000;
    let in_flight = |requests: usize| {
        let run = move |url: &str| {
            let set = |options: &mut Options| {
                options.set_max_in_flight(requests).unwrap();
                options.set_batch_rows(COUNT).unwrap();
            };
            let deployment = open_with(url, set);
            let values = vec![0.25; 3 * COUNT];
            let mut rows = deployment.rows();
            step(|| rows.add_columns(3 * COUNT, &[("x", InputColumn::of(&values))]));
            assert_eq!(step(|| deployment.predict(&rows)).numbers("x").unwrap(), vec![0.5; 3 * COUNT]);
        };
        echo(scenario(format!("{requests} requests in flight"), NUMBER, NUMBER, "", run))
    };
    let stream = |requests: usize| {
        let run = move |url: &str| {
            let set = |options: &mut Options| {
                options.set_max_in_flight(requests).unwrap();
                options.set_batch_rows(20).unwrap();
            };
            let deployment = open_with(url, set);
            let values = vec![0.25; COUNT];
            let mut rows = deployment.rows();
            step(|| rows.add_columns(COUNT, &[("x", InputColumn::of(&values))]));
            let mut stream = deployment.stream().unwrap();
            step(|| stream.push(&rows));
            assert_eq!(take_all(&mut stream, 20), COUNT);
        };
        echo(scenario(format!("a stream, {requests} requests in flight"), NUMBER, NUMBER, "", run))
    };
    vec![in_flight(1), in_flight(3), stream(1), stream(3), waiting_lines()]
}

/// Takes the predictions of a stream; how many rows they have. Each batch has so many.
fn take_all(stream: &mut Stream, batch: usize) -> usize {
    let mut got = 0;
    loop {
        match counted(|| stream.next()) {
            Ok(None) => return got,
            Ok(Some(predictions)) => got += predictions.len(),
            // That batch is done with, and the stream goes on.
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Memory);
                got += batch;
            }
        }
    }
}

/// A stream whose log lines wait for the program's thread, which stays away until all requests are answered.
fn waiting_lines() -> Scenario {
    // More than a thousand lines, of 32 bytes each: two of a request.
    const COUNT: usize = 700;
    let run = |url: &str| {
        let other = open(url);
        // How many requests were answered, this one too.
        let answered = move || {
            let mut rows = other.rows();
            rows.add_number("x", 1.0).and_then(|()| rows.end_row()).unwrap();
            other.predict(&rows).unwrap().number("x", 0).unwrap() as usize
        };
        let (before, away) = (answered(), Arc::new(AtomicBool::new(false)));
        let goes_away = Arc::clone(&away);
        let set = |options: &mut Options| {
            options.set_max_in_flight(2).unwrap();
            options.set_batch_rows(1).unwrap();
            options.set_callbacks_on_caller(true);
            options.set_log(move |_, _| {
                if goes_away.swap(false, SeqCst) {
                    // Those without memory are not answered.
                    let _ = (1..2 * COUNT).find(|asked| answered() == before + COUNT + asked);
                }
            });
        };
        let deployment = open_with(url, set);
        let values = vec![0.25; COUNT];
        let mut rows = deployment.rows();
        step(|| rows.add_columns(COUNT, &[("x", InputColumn::of(&values))]));
        let mut stream = deployment.stream().unwrap();
        step(|| stream.push(&rows));
        away.store(true, SeqCst);
        assert_eq!(take_all(&mut stream, 1), COUNT);
    };
    let made = scenario("log lines that wait", NUMBER, NUMBER, "", run);
    let answered = AtomicUsize::new(0);
    let reply = move |_: &[u8]| {
        let answered = answered.fetch_add(1, SeqCst) + 1;
        format!(r#"{{"rows":[{{"x":{answered}}}]}}"#).into_bytes()
    };
    Scenario { reply: Box::new(reply), ..made }
}

/// Calls that fail, with much to say.
fn errors() -> Vec<Scenario> {
    let long = || "long ".repeat(BYTES / 5);
    let call = |run: fn(&Deployment)| {
        move |url: &str| {
            let deployment = open(url);
            run(&deployment);
        }
    };
    let fails = |name: &str, head: &'static str, body: String, kind: ErrorKind| {
        let run = move |url: &str| {
            let deployment = open_with(url, |options| options.set_retries(0));
            let mut rows = deployment.rows();
            step(|| rows.add_text("x", "?"));
            step(|| rows.end_row());
            refused(kind, || deployment.predict(&rows).map(|_| ()));
        };
        Scenario { reply_head: head, ..scenario(name, TEXT, TEXT, body, run) }
    };
    let escaped = r#"\u00e9\n"#.repeat(BYTES / 8);
    let names = scenario(
        "names that nothing has",
        TEXT,
        TEXT,
        "",
        call(|deployment| {
            let name = "name ".repeat(BYTES / 5);
            let mut rows = deployment.rows();
            refused(ErrorKind::UnknownFeature, || rows.add_text(&*name, ""));
            refused(ErrorKind::File, || rows.add_image_file("x", &name));
            refused(ErrorKind::File, || rows.add_npy_file("x", &name));
        }),
    );
    let labels = r#"{"x": {"x-peltarion": {"type": "categorical", "shape": [1]}, "enum": ["a"]}}"#;
    let labels = scenario(
        "labels that nothing has",
        labels,
        TEXT,
        "",
        call(|deployment| {
            let label = "label ".repeat(BYTES / 6);
            let mut rows = deployment.rows();
            refused(ErrorKind::FeatureValue, || rows.add_category("x", &label));
        }),
    );
    let tokens = scenario("a long token", TEXT, TEXT, "", |url: &str| {
        let token = "token".repeat(12_000);
        refused(ErrorKind::Argument, || Deployment::open(url, &token, &Options::default()));
        let mut options = Options::default();
        options.set_proxy("").unwrap();
        options.set_token_source(move |_| Ok("token".repeat(12_000)));
        refused(ErrorKind::Argument, || Deployment::open(url, "", &options));
    });
    // Each word, at each of its first four places, may be base64 of a part of the token.
    let words: String = (0..1_000).map(|at| format!("{:.>5}", ["YWJj", "ZGVm", "Z2hp"][at % 3])).collect();
    let encoded = scenario(
        "an error object in base64",
        TEXT,
        TEXT,
        format!(r#"{{"errorCode":"{words}","errorMessage":"{words}"}}"#),
        |url: &str| {
            let mut options = Options::default();
            options.set_proxy("").unwrap();
            let deployment = step(|| Deployment::open(url, "xyz", &options));
            let mut rows = deployment.rows();
            step(|| rows.add_text("x", "?"));
            step(|| rows.end_row());
            refused(ErrorKind::Server, || deployment.predict(&rows).map(|_| ()));
        },
    );
    let encoded = Scenario { reply_head: "400 Bad", ..encoded };
    vec![
        Scenario { is_small: true, ..encoded },
        Scenario { is_small: true, ..names },
        Scenario { is_small: true, ..labels },
        Scenario { is_small: true, ..tokens },
        fails(
            "an error object",
            "400 Bad",
            format!(r#"{{"errorCode":"{escaped}","errorMessage":"{escaped}"}}"#),
            ErrorKind::Server,
        ),
        fails(
            "an error object with a good status",
            "200 OK",
            format!(r#"{{"errorCode":"E","errorMessage":"{escaped}"}}"#),
            ErrorKind::Server,
        ),
        fails("an error page", "502 Bad", format!("<html><p>{}", long()), ErrorKind::Http),
        fails(
            "an error in JSON",
            "500 Bad",
            format!("[{}{{\"message\": \"{}\"}}]", "0,".repeat(BYTES), long()),
            ErrorKind::Http,
        ),
        fails(
            "another type than the output's",
            "200 OK",
            format!(r#"{{"rows":[{{"x":[{}0]}}]}}"#, "0,".repeat(BYTES)),
            ErrorKind::ReplyType,
        ),
        fails("a reply that is no JSON", "200 OK", long(), ErrorKind::ReplyMalformed),
    ]
}
