package sidekick_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"slices"
	"testing"

	"libsidekick.dev/go/sidekick"
)

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
