package sidekick_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"unsafe"

	"libsidekick.dev/go/sidekick"
)

func TestPredictionsCanBeClosed(t *testing.T) {
	deployment := open(t, "echo")
	rows := deployment.NewRows()
	addEcho(rows, 0)
	predictions := predict(t, deployment, rows)
	for range 2 {
		if predictions.Close() != nil {
			t.Error("closing failed")
		}
	}
	_, numbers := predictions.Numbers("number")
	_, arrays := predictions.Arrays("array")
	_, categories := predictions.Categories("category")
	_, texts := predictions.Texts("text")
	_, pictures := predictions.Pictures("picture")
	_, decoded := sidekick.Decode[echoAnswer](predictions)
	for _, err := range []error{numbers, arrays, categories, texts, pictures, decoded} {
		if failure(t, err, sidekick.StatusArgument); !errors.Is(err, sidekick.ErrClosed) {
			t.Error(err)
		}
	}
	if predictions.Len() != 1 || len(predictions.Outputs()) != 7 {
		t.Error(predictions.Len(), predictions.Outputs())
	}
	_, err := predictions.Numbers("x")
	failure(t, err, sidekick.StatusUnknownFeature)
}

// TestClosedPredictionsHandTheirMemoryOn predicts until memory comes back: a pool may drop what it is given,
// and does so when the garbage collector runs.
func TestClosedPredictionsHandTheirMemoryOn(t *testing.T) {
	deployment := open(t, "echo")
	rows := deployment.NewRows()
	for number := range 3 {
		addEcho(rows, number)
	}
	kept := predict(t, deployment, rows)
	start := func(predictions *sidekick.Predictions) *float64 {
		return unsafe.SliceData(must[[]float64](t)(predictions.Numbers("number")))
	}
	for try := 0; ; try++ {
		closed := predict(t, deployment, rows)
		before := start(closed)
		closed.Close()
		next := predict(t, deployment, rows)
		checkEcho(t, next, 3)
		if start(next) == start(kept) {
			t.Fatal("memory was handed on that is still in use")
		}
		if start(next) == before || sidekick.Stressed && try == 10 {
			break
		}
		if try == 100 {
			t.Fatal("memory is never used again")
		}
	}
	checkEcho(t, kept, 3)
}

func TestTheBestCategoryIsTheFirstOfAll(t *testing.T) {
	none, zero := math.NaN(), math.Copysign(0, -1)
	for _, probabilities := range [][]float64{
		{none, 0.2, 0.8}, {0.2, none, 0.8}, {none, none, 0.1}, {none, none, none}, {none, zero, 0}, {zero, 0, none},
		{0, zero, 0}, {0.4, 0.4, 0.2}, {0.1, 0.4, 0.4}, {none, math.Inf(-1), none}, {math.Inf(1), none, 1},
	} {
		categories := sidekick.Categories{Labels: []string{"a", "b", "c"}, Matrix: probabilities}
		if best, top := categories.Best(0), categories.Top(0, 1)[0]; best.Label != top.Label {
			t.Errorf("%v: %v instead of %v", probabilities, best, top)
		}
	}
}

// TestDecodedValuesAreCopies closes and predicts again: what was decoded before stays as it is.
func TestDecodedValuesAreCopies(t *testing.T) {
	deployment := open(t, "echo")
	first := []echoRow{echoRowOf(t)}
	second := []echoRow{echoRowOf(t)}
	second[0].Number, second[0].Category, second[0].Array = 7, "a", []int16{6, 5, 4, 3, 2, 1}
	answers := must[[]echoAnswer](t)(sidekick.PredictAll[echoAnswer](context.Background(), deployment, first))
	for range 10 {
		must[[]echoAnswer](t)(sidekick.PredictAll[echoAnswer](context.Background(), deployment, second))
	}
	expected := []float32{1, 2, 3, 4, 5, 6}
	if answers[0].Number != 0.5 || !reflect.DeepEqual(answers[0].Array, expected) || answers[0].Category["b"] < 0.8 {
		t.Errorf("%+v", answers[0])
	}
}
