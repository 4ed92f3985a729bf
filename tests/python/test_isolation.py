"""Bad rows among good ones."""

import math

import pandas
import pytest

import sidekick
from served import answering, deployment, feature

NUMBER = {"n": feature("numeric")}
ROWS = [{"n": value} for value in range(9)]


def fussy(*bad, status=400):
    """An answer that calls some numbers bad."""

    def answer(rows):
        found = [row["n"] for row in rows if row["n"] in bad]
        return (status, f'{{"errorCode": "BadData", "errorMessage": "not {found[0]}"}}') if found else rows

    return answer


def predictions(client):
    return [client.predict_many(ROWS), list(client.predict_lazy(ROWS))]


@pytest.mark.parametrize("options", [{}, {"batch_rows": 2}, {"batch_rows": 2, "max_in_flight": 3}])
@pytest.mark.parametrize("bad", [(0,), (3, 4, 8), range(9)])
def test_a_bad_row_has_its_error_in_its_place(bad, options):
    with answering(NUMBER, NUMBER, fussy(*bad)) as server:
        for results in predictions(server.open(isolate_bad_rows=True, **options)):
            assert len(results) == 9
            for row, result in enumerate(results):
                if row not in bad:
                    assert result == {"n": row}
                    continue
                assert isinstance(result, sidekick.ServerError)
                assert (result.rows, result.status, result.errorCode) == (range(row, row + 1), 400, "BadData")
                assert str(result).startswith(f"row {row}: ") and str(result).endswith(f"not {row}")


def test_status_500_counts_as_a_bad_row_if_asked_for():
    with answering(NUMBER, NUMBER, fussy(3, status=500)) as server:
        results = server.open(isolate_bad_rows=True, isolate_status_500=True).predict_many(ROWS)
        assert [row for row, result in enumerate(results) if isinstance(result, sidekick.ServerError)] == [3]
        with pytest.raises(sidekick.ServerError):
            server.open(isolate_bad_rows=True).predict_many(ROWS)


def test_a_single_row_raises_its_error():
    with answering(NUMBER, NUMBER, fussy(1)) as server:
        client = server.open(isolate_bad_rows=True)
        assert client.predict(n=2) == {"n": 2}
        with pytest.raises(sidekick.ServerError, match="not 1"):
            client.predict(n=1)


def test_every_kind_of_output_keeps_its_rows(row):
    bad = {**row, "number": 1e300}
    with deployment("echo", isolate_bad_rows=True) as client:
        first, failed, last = client.predict_many([row, bad, {**row, "number": 2.5}])
        assert isinstance(failed, sidekick.RequestError) and failed.rows == range(1, 2)
        assert (first["number"], last["number"]) == (1.5, 2.5)
        for result in (first, last):
            assert result["array"].shape == (2, 3) and result["picture"].size == (4, 4) and len(result["category"]) == 3
        assert all(isinstance(result, sidekick.RequestError) for result in client.predict_many([bad, bad]))


def test_a_table_has_missing_values_for_bad_rows():
    frame = pandas.DataFrame({"n": [1.0, 2.0, 3.0]}, index=["a", "b", "b"])
    with answering(NUMBER, NUMBER, fussy(2)) as server:
        scored = server.open(isolate_bad_rows=True).predict_frame(frame)
        assert list(scored.index) == ["a", "b", "b"] and scored["n"].dtype == float
        assert scored["n"].iloc[[0, 2]].tolist() == [1, 3] and math.isnan(scored["n"].iloc[1])


@pytest.mark.parametrize("status", [401, 404, 500])
def test_other_failures_fail_the_call(status):
    with answering(NUMBER, NUMBER, fussy(1, status=status)) as server:
        for predict in (server.open(isolate_bad_rows=True).predict_many,
                        server.open(isolate_bad_rows=False).predict_many):
            with pytest.raises(sidekick.ServerError):
                predict(ROWS)


def test_without_the_option_the_call_fails():
    with answering(NUMBER, NUMBER, fussy(1)) as server:
        with pytest.raises(sidekick.ServerError) as raised:
            server.open().predict_many(ROWS)
        assert raised.value.rows == range(9) and len(server.requests) == 1
