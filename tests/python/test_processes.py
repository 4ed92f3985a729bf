"""Deployments that are copied, and that go to other processes."""

import copy
import multiprocessing
import os
import pickle
import warnings

import joblib
import pytest

import sidekick
from served import SERVER_URL, answering, deployment, feature

NUMBER = {"n": feature("numeric")}
URL = f"{SERVER_URL}/deployment/reciprocal/forward"


def token_of_environment():
    return os.environ["SIDEKICK_TEST_TOKEN"]


def opened(**options):
    return sidekick.Deployment(URL, "reciprocal-token", **options)


def asked(client, number):
    return client.predict(number=number)["reciprocal"]


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda client: pickle.loads(pickle.dumps(client))]
)
def test_a_copy_is_opened_anew(again):
    options = {"batch_rows": 3, "max_in_flight": 2, "headers": {"X-Shop": "7"}, "call_timeout": 9.5}
    with answering(NUMBER, NUMBER, lambda rows: rows) as server:
        client = server.open(**options)
        described = len(server.paths)
        other = again(client)
        assert len(server.paths) == described + 1 and other is not client
        client.close()
        assert other.predict_many([{"n": n} for n in range(4)]) == [{"n": n} for n in range(4)]
        assert sorted(len(rows) for _, rows in server.requests) == [1, 3]
        for headers, _ in server.requests:
            assert (headers["X-Shop"], headers["Authorization"]) == ("7", "Bearer secret-token")
        assert repr(other) == repr(client)


def test_a_subclass_stays_one():
    class Mine(sidekick.Deployment):
        pass

    client = Mine(URL, "reciprocal-token")
    assert type(copy.copy(client)) is Mine


def test_a_closed_deployment_is_not_copied():
    client = opened()
    client.close()
    for again in (copy.copy, pickle.dumps):
        with pytest.raises(ValueError, match="the deployment is closed"):
            again(client)


def test_the_token_of_a_function_is_not_in_the_pickle(monkeypatch):
    assert b"reciprocal-token" in pickle.dumps(opened())
    monkeypatch.setenv("SIDEKICK_TEST_TOKEN", "reciprocal-token")
    made = pickle.dumps(sidekick.Deployment(URL, token_of_environment))
    assert b"reciprocal-token" not in made and b"token_of_environment" in made
    assert asked(pickle.loads(made), 4) == 0.25


def test_a_pickle_has_no_settings_that_are_the_default():
    assert b"keep_alive" not in pickle.dumps(opened()) and b"retries" in pickle.dumps(opened(retries=1))


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
def test_processes_of_a_pool_predict(method):
    client = opened()
    assert asked(client, 2) == 0.5
    with warnings.catch_warnings():
        # Later Pythons warn of a fork beside threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.starmap(asked, [(client, number) for number in (1, 2, 4, 8)]) == [1, 0.5, 0.25, 0.125]
    assert asked(client, 4) == 0.25


def forked(client, results):
    results.put([asked(client, 4), client.predict_many([{"number": n} for n in (1, 2)])[1]["reciprocal"]])


def test_a_forked_child_uses_its_parents_deployment():
    client = opened(batch_rows=1, max_in_flight=2)
    assert asked(client, 2) == 0.5
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        children = [context.Process(target=forked, args=(client, results)) for _ in range(2)]
        for child in children:
            child.start()
    assert [results.get(), results.get()] == [[0.25, 0.5]] * 2
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert asked(client, 4) == 0.25


@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_joblib_predicts(backend):
    client = opened()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = joblib.Parallel(n_jobs=2, backend=backend)(
            joblib.delayed(asked)(client, n) for n in (1, 2, 4)
        )
    assert found == [1, 0.5, 0.25]


def test_results_and_errors_are_pickled():
    with deployment("penguins") as client:
        columns = {spec.name: [] for spec in client.feature_specs_in}
        predicted = client.predict_columns(columns)
        again = pickle.loads(pickle.dumps(predicted))
        assert again["species"].labels == predicted["species"].labels and again.errors == {}
        assert pickle.loads(pickle.dumps(client.feature_specs_in)) == client.feature_specs_in
