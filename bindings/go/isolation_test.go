package sidekick_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// TestStructsThatDoNotFitAreIsolated has misfits alone, together, first and last; the server refuses 0.
func TestStructsThatDoNotFitAreIsolated(t *testing.T) {
	isMisfit := func(row int) bool { return row == 0 || row == 9 || row == 299 || row > 20 && row < 200 }
	isBad := func(row int) bool { return row == 5 || row == 12 || row == 210 }
	inputs := func(yield func(number) bool) {
		for row := range 300 {
			given := number{float64(row + 1)}
			if isMisfit(row) {
				given.Number = math.NaN()
			} else if isBad(row) {
				given.Number = 0
			}
			if !yield(given) {
				return
			}
		}
	}
	for _, requests := range []int{1, 4} {
		deployment := reciprocals(t, 4, requests, sidekick.WithIsolateBadRows(true),
			sidekick.WithIsolateStatus500(true))
		row := 0
		for answer, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment, inputs) {
			switch {
			case isMisfit(row):
				failed := failure(t, err, sidekick.StatusFeatureValue)
				if failed.Row != row || !strings.HasPrefix(failed.Message, fmt.Sprintf("row %d: feature", row)) {
					t.Errorf("row %d: %+v", row, failed)
				}
			case isBad(row):
				if failed := failure(t, err, sidekick.StatusServer); failed.Row != row {
					t.Errorf("row %d: %+v", row, failed)
				}
			case err != nil || float32(answer.Value) != 1/float32(row+1):
				t.Error(row, answer, err)
			}
			row++
		}
		if row != 300 {
			t.Error(row)
		}
	}
}

// TestRequestsThatFailAreCountedWithStructsThatDoNotFit has a server that fails at 0: status 500 is not isolated.
func TestRequestsThatFailAreCountedWithStructsThatDoNotFit(t *testing.T) {
	deployment := reciprocals(t, 3, 2, sidekick.WithIsolateBadRows(true))
	inputs := []number{{math.NaN()}, {1}, {2}, {3}, {4}, {math.NaN()}, {math.NaN()}, {7}, {0}, {9}, {math.Inf(1)}}
	var said []string
	for answer, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment, slices.Values(inputs)) {
		var failed *sidekick.Error
		switch {
		case err == nil:
			said = append(said, fmt.Sprintf("%.0f", 1/answer.Value))
		case errors.As(err, &failed) && failed.RowsCount > 0:
			said = append(said, strings.Split(failed.Message, ",")[0], fmt.Sprint(failed.RowsFirst, failed.RowsCount))
		default:
			said = append(said, strings.Split(failed.Message, ":")[0])
		}
	}
	expected := []string{"row 0", "1", "2", "3", "4", "row 5", "row 6", "rows 7 to 9", "7 3", "row 10"}
	if !slices.Equal(said, expected) {
		t.Errorf("%q", said)
	}
}

// TestHalfARowIsTakenBack has an image that fails when other values of its row were added.
func TestHalfARowIsTakenBack(t *testing.T) {
	deployment := open(t, "echo", sidekick.WithIsolateBadRows(true))
	inputs := []echoRow{echoRowOf(t), echoRowOf(t), echoRowOf(t)}
	inputs[1].Grey = []byte("no image")
	var failures []bool
	for answer, err := range sidekick.PredictSeq[echoAnswer](context.Background(), deployment, slices.Values(inputs)) {
		failures = append(failures, err != nil)
		if err == nil && answer.Number != float64(inputs[0].Number) {
			t.Error(answer)
		}
		if err != nil {
			failure(t, err, sidekick.StatusImage)
		}
	}
	if !slices.Equal(failures, []bool{false, true, false}) {
		t.Error(failures)
	}
}

// TestOtherMistakesEndASequenceThatIsolates has structs that fit no row, and leaves a sequence of misfits.
func TestOtherMistakesEndASequenceThatIsolates(t *testing.T) {
	deployment := reciprocals(t, 4, 2, sidekick.WithIsolateBadRows(true))
	type other struct{ Other int }
	count := 0
	for _, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment,
		slices.Values(make([]other, 3))) {
		failure(t, err, sidekick.StatusUnknownFeature)
		count++
	}
	if count != 1 {
		t.Error(count)
	}
	read := 0
	endless := func(yield func(number) bool) {
		for yield(number{math.NaN()}) {
			read++
		}
	}
	for _, err := range sidekick.PredictSeq[reciprocal](context.Background(), deployment, endless) {
		failure(t, err, sidekick.StatusFeatureValue)
		if count++; count == 100 {
			break
		}
	}
	if read > 100 {
		t.Error(read)
	}
}

// reciprocalMap is a row of the deployment, with a key that is no input if the number is odd.
func reciprocalMap(number int) map[string]any {
	row := map[string]any{"number": number}
	if number%2 == 1 {
		row["weight"] = 1
	}
	return row
}

// TestKeysThatAreNoInputsAreIsolated has an error of its row for each bad map, and the answers of the others.
func TestKeysThatAreNoInputsAreIsolated(t *testing.T) {
	deployment, ctx := reciprocals(t, 4, 2, sidekick.WithIsolateBadRows(true)), context.Background()
	inputs := func(yield func(map[string]any) bool) {
		for number := 1; number <= 20 && yield(reciprocalMap(number)); number++ {
		}
	}
	row := 0
	for answer, err := range sidekick.PredictSeq[reciprocal](ctx, deployment, inputs) {
		if row%2 == 1 {
			if err != nil || float32(answer.Value) != 1/float32(row+1) {
				t.Error(row, answer, err)
			}
		} else if failed := failure(t, err, sidekick.StatusUnknownFeature); failed.Row != row ||
			failed.Feature != "weight" || !strings.HasPrefix(failed.Message, fmt.Sprintf("row %d: there is no", row)) {
			t.Errorf("row %d: %+v", row, failed)
		}
		row++
	}
	if row != 20 {
		t.Error(row)
	}
}

// TestNilPointersAreIsolated has nil pointers first, within and last.
func TestNilPointersAreIsolated(t *testing.T) {
	deployment, ctx := reciprocals(t, 4, 2, sidekick.WithIsolateBadRows(true)), context.Background()
	inputs, row := []*number{nil, {2}, {3}, nil, nil, {6}, nil}, 0
	for answer, err := range sidekick.PredictSeq[reciprocal](ctx, deployment, slices.Values(inputs)) {
		if inputs[row] != nil {
			if err != nil || float32(answer.Value) != 1/float32(row+1) {
				t.Error(row, answer, err)
			}
		} else if failed := failure(t, err, sidekick.StatusArgument); failed.Row != row ||
			!strings.HasPrefix(failed.Message, fmt.Sprintf("row %d: the row is nil, of the type **", row)) {
			t.Errorf("row %d: %+v", row, failed)
		}
		row++
	}
	if row != len(inputs) {
		t.Error(row)
	}
}

// TestRowsOfAnUnknownTypeEndASequence has one that is neither a struct nor a map, which is about no row.
func TestRowsOfAnUnknownTypeEndASequence(t *testing.T) {
	deployment, ctx := reciprocals(t, 4, 2, sidekick.WithIsolateBadRows(true)), context.Background()
	var last error
	for _, err := range sidekick.PredictSeq[reciprocal](ctx, deployment, slices.Values([]any{number{2}, 7, number{3}})) {
		last = err
	}
	if failed := failure(t, last, sidekick.StatusArgument); failed.Row != -1 {
		t.Errorf("%+v", failed)
	}
}

func TestABadKeyNamesItsRow(t *testing.T) {
	deployment, ctx := reciprocals(t, 4, 2), context.Background()
	inputs := make([]map[string]any, 12)
	for at := range inputs {
		inputs[at] = reciprocalMap(2)
	}
	inputs[9] = reciprocalMap(3)
	_, err := sidekick.PredictAll[reciprocal](ctx, deployment, inputs)
	ofAll := failure(t, err, sidekick.StatusUnknownFeature)
	for _, found := range sidekick.PredictSeq[reciprocal](ctx, deployment, slices.Values(inputs)) {
		err = found
	}
	ofSequence := failure(t, err, sidekick.StatusUnknownFeature)
	for _, failed := range []*sidekick.Error{ofAll, ofSequence} {
		if failed.Row != 9 || !strings.HasPrefix(failed.Message, `row 9: there is no feature named "weight"`) {
			t.Errorf("%+v", failed)
		}
	}
}

func TestBadRowsAreIsolated(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	whole := file.Bytes()
	broken := slices.Clone(whole)
	damage(broken)

	deployment := open(t, "single-image", sidekick.WithIsolateBadRows(true))
	rows := deployment.NewRows()
	defer rows.Close()
	for row := range 6 {
		picture := whole
		if row == 1 || row == 4 {
			picture = broken
		}
		rows.EncodedImage(deployment.Inputs()[0].Name, picture).End()
	}
	predictions, err := deployment.Predict(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	var failed, sent []int
	for _, failure := range predictions.Failures() {
		failed = append(failed, failure.Row)
		if failure.HTTPStatus != 400 || failure.ServerCode == "" {
			t.Error(failure)
		}
	}
	for row := range predictions.Len() {
		sent = append(sent, predictions.SentRow(row))
	}
	if !slices.Equal(failed, []int{1, 4}) || !slices.Equal(sent, []int{0, 2, 3, 5}) {
		t.Error(failed, sent)
	}
}
