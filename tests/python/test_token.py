"""Tokens that a function gives."""

import gc
import signal
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

import sidekick
from served import answering, feature
from sidekick import _callbacks, _library

NUMBER = {"n": feature("numeric")}


def given(server):
    """The tokens that came with predictions."""
    return [headers["Authorization"] for headers, _ in server.requests]


def test_a_function_is_asked_before_each_request():
    tokens = iter(["describe", "first", "second"])
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(token=lambda: next(tokens))
        client.predict(n=1)
        client.predict(n=1)
    assert given(server) == ["Bearer first", "Bearer second"]


def test_a_token_that_expired_is_asked_for_once_more():
    tokens = iter(["describe", "old", "new"])

    def answer(rows):
        return rows if given(server)[-1] == "Bearer new" else (401, "")

    with answering(NUMBER, NUMBER, answer) as server:
        assert server.open(token=lambda: next(tokens)).predict(n=1) == {"n": 1.0}
    assert given(server) == ["Bearer old", "Bearer new"]


def test_a_function_is_asked_by_the_threads_of_the_call():
    asked = []

    def token():
        asked.append(threading.get_ident())
        return "t"

    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(token=token, batch_rows=1, max_in_flight=4)
        results = client.predict_many({"n": value} for value in range(40))
    assert [result["n"] for result in results] == list(range(40))
    assert len(asked) == 41


@pytest.mark.parametrize("rows", [1, 2])
def test_what_the_function_raises_the_call_raises(rows):
    answers = ["describe", "good"]

    def token():
        return answers.pop(0) if answers else {}["vault"]

    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(token=token, batch_rows=1)
        assert client.predict(n=1) == {"n": 1.0}
        with pytest.raises(KeyError, match="vault"):
            client.predict_many([{"n": 1}] * rows)
        # It goes on to work.
        answers.append("good")
        assert client.predict(n=1) == {"n": 1.0}


class Unreadable(Exception):
    def __str__(self):
        raise self.args[0]


@pytest.mark.parametrize(
    "failure",
    [
        LookupError(),
        LookupError("two\nlines\t\x07\x9b\u2028\u202e\u2066 and a \0"),
        LookupError("x" * 5000),
        LookupError("\n" * 1000),
        LookupError("ä☀" * 1000),
        LookupError("\ud800"),
        Unreadable(ValueError("no text")),
        Unreadable(SystemExit()),
        KeyboardInterrupt(),
    ],
    ids=range(9),
)
def test_whatever_the_function_raises_the_call_raises(failure):
    def token():
        raise failure

    with pytest.raises(type(failure)) as raised:
        sidekick.Deployment("http://127.0.0.1:1/x", token)
    assert raised.value is failure


def failing_in_time(name, both):
    """An exception whose text is there when two threads have asked for one."""

    class Failure(Exception):
        waits = True

        def __str__(self):
            if self.waits:
                self.waits = False
                both.wait(60)
            return name

    return Failure()


@pytest.mark.parametrize("rows", [1, 2])
def test_each_thread_raises_what_was_raised_for_its_call(rows):
    both, mine = threading.Barrier(2), threading.local()

    def token():
        if hasattr(mine, "failure"):
            raise mine.failure
        return "secret-token"

    def ask(name):
        mine.failure = failing_in_time(name, both)
        with pytest.raises(type(mine.failure)) as raised:
            client.predict_many([{"n": 1}] * rows)
        return raised.value is mine.failure

    with answering(NUMBER, NUMBER, lambda rows: rows) as server, ThreadPoolExecutor(2) as pool:
        client = server.open(token=token, batch_rows=1)
        # The text of one begins with that of the other.
        assert list(pool.map(ask, ["the vault", "the vault is closed"])) == [True, True]


def test_a_failure_of_a_call_that_was_interrupted_is_not_raised_later():
    given = ["secret-token"]

    def token():
        if given:
            return given[-1]
        given.append("secret-token")
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        # The call is over by then, and waits for this.
        time.sleep(0.1)
        raise LookupError("too late")

    with answering(NUMBER, NUMBER, lambda rows: (500, "")) as server:
        client = server.open(token=token, batch_rows=1)
        given.clear()
        with pytest.raises(KeyboardInterrupt):
            client.predict_many([{"n": 1}, {"n": 2}])
        for _ in range(2):
            with pytest.raises(sidekick.HTTPError):
                client.predict(n=1)


# What runs for a token that is given, and for one that is not.
PLACES = {
    "give": (_callbacks.TokenSource._give, True),
    "set": (_library.call, True),
    "keep": (_callbacks.TokenSource._keep, False),
    "text": (_callbacks._shown, False),
}
# Others call some of these, too.
ASKING = {_callbacks.TokenSource._give.__code__, _callbacks.TokenSource._keep.__code__}


@contextmanager
def interrupted_at(place):
    """Ctrl-C when a function begins that the token's callback calls, or the callback itself; on any thread."""
    arrived = []

    def interrupt(frame, event, _):
        begins = event == "call" and frame.f_code is place.__code__
        codes = {frame.f_code, frame.f_back and frame.f_back.f_code}
        if begins and not arrived and not ASKING.isdisjoint(codes):
            arrived.append(True)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.setprofile(interrupt)
    sys.setprofile(interrupt)
    try:
        yield arrived
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


@pytest.mark.parametrize("place, known", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("columns", [False, True])
def test_ctrl_c_while_a_token_is_asked_for_ends_the_call(place, known, columns):
    given = ["secret-token"]
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(token=lambda: given[0])
        if not known:
            given.clear()
        with pytest.raises(KeyboardInterrupt), interrupted_at(place) as arrived:
            client.predict_columns({"n": [1]}) if columns else client.predict(n=1)
        assert arrived
        given[:] = ["secret-token"]
        assert client.predict(n=1) == {"n": 1.0}


@pytest.mark.parametrize("kind", [KeyboardInterrupt, LookupError, TimeoutError])
def test_a_handler_that_raises_while_a_batch_is_pushed_and_a_token_asked_for_ends_the_run(kind):
    def fail(*_):
        raise kind

    def rows():
        for number in range(3):
            yield {"n": number}
            # A thread of the library waits then for the token of the batch before.
            time.sleep(0.2)

    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        options = {"batch_rows": 1, "max_in_flight": 2, "callbacks_on_caller": True}
        client = server.open(token=lambda: "secret-token", **options)
        before = signal.signal(signal.SIGINT, fail)
        try:
            with pytest.raises(kind), interrupted_at(_callbacks.TokenSource._give) as arrived:
                list(client.predict_lazy(rows(), errors="return"))
        finally:
            signal.signal(signal.SIGINT, before)
        assert arrived
        assert list(client.predict_lazy(rows())) == [{"n": 0.0}, {"n": 1.0}, {"n": 2.0}]


def test_few_failures_are_kept():
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(token=lambda: "secret-token")
        source = client._token_source
        for number in range(1000):
            source._keep(LookupError(str(number)))
        with pytest.raises(LookupError, match="^999$"):
            source.raise_failure(ValueError("row 1: the token callback failed: LookupError: 999"))
        assert len(source._failures) < 100


def test_the_log_hears_why_there_is_no_token(caplog):
    def token():
        raise LookupError("the vault is closed ☹")

    with pytest.raises(LookupError):
        sidekick.Deployment("http://127.0.0.1:1/x", token, log=True)
    assert "the token callback failed: LookupError: the vault is closed ☹" in caplog.text


@pytest.mark.parametrize("on_caller", [True, False])
def test_the_function_runs_on_this_thread_if_wanted(on_caller):
    threads = set()

    def token():
        threads.add(threading.current_thread())
        return "secret-token"

    def predict():
        client = server.open(token=token, batch_rows=1, max_in_flight=4, callbacks_on_caller=on_caller)
        results.extend(client.predict_many([{"n": 1}] * 20))
        results.extend(client.predict_lazy([{"n": 1}] * 20))

    results = []
    # On the main thread, calls that Ctrl-C can end run on another one.
    caller = threading.Thread(target=predict)
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        caller.start()
        caller.join()
    assert results == [{"n": 1.0}] * 40
    assert (threads == {caller}) == on_caller


def test_a_token_has_to_be_text():
    with pytest.raises(TypeError, match="token: expected a str or bytes from the function, got None"):
        sidekick.Deployment("http://127.0.0.1:1/x", lambda: None)
    for token in (None, 7, ["t"]):
        with pytest.raises(TypeError, match="token: expected a str or bytes or a function, got (None|an int|a list)"):
            sidekick.Deployment("http://127.0.0.1:1/x", token)


@pytest.mark.parametrize("token", [b"secret-token", lambda: b"secret-token"])
def test_bytes_are_decoded(token):
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        assert server.open(token=token).predict(n=1) == {"n": 1.0}
    assert given(server) == ["Bearer secret-token"]


@pytest.mark.parametrize(
    "token, said",
    [
        ("", "the token is empty"),
        (b"", "the token is empty"),
        ("Bearer s3cret", 'the token begins with "Bearer ", which the library adds itself; leave it out'),
        ("\ufeffs3cret", "a byte order mark at character 1"),
        ("s3\u00a0cret", "a no-break space at character 3"),
        ("s3cret\n", "a newline at character 7"),
        ("s3cret\ud800", "is not UTF-8"),
        (b"s3cret\xff", "is not UTF-8"),
    ],
)
@pytest.mark.parametrize("given_by", [lambda token: token, lambda token: lambda: token])
def test_what_is_not_a_token_is_refused_before_anything_is_sent(token, said, given_by):
    with pytest.raises(ValueError) as refused:
        sidekick.Deployment("http://127.0.0.1:1/x", given_by(token))
    assert said in str(refused.value) and "cret" not in str(refused.value)
    assert not isinstance(refused.value, UnicodeError)


def test_a_function_is_let_go_with_its_deployment():
    class Source:
        def __call__(self):
            return "t"

    source = Source()
    seen = weakref.ref(source)
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(token=source)
        del source
        gc.collect()
        assert client.predict(n=1) == {"n": 1.0}
        del client
        gc.collect()
    assert seen() is None
