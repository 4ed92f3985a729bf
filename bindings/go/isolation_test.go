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
