package sidekick_test

import (
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

func TestFeaturesAsText(t *testing.T) {
	for expected, feature := range map[string]sidekick.Feature{
		`"a\nb": numeric [any 2], optional`: {
			Name: "a\nb", Type: sidekick.Numeric, Shape: []int{sidekick.SizeAny, 2}, Optional: true,
		},
		`"x": categorical [4], one of "a", "b", "c", "d"`: {
			Name: "x", Type: sidekick.Categorical, Shape: []int{4}, Categories: []string{"a", "b", "c", "d"},
		},
		`"x": categorical [5], one of "a", "b", "c" and 2 more`: {
			Name: "x", Type: sidekick.Categorical, Shape: []int{5}, Categories: []string{"a", "b", "c", "d", "e"},
		},
	} {
		if text := feature.String(); text != expected {
			t.Errorf("%s instead of %s", text, expected)
		}
	}
}

func TestFieldsThatFitNoFeatureAreNamed(t *testing.T) {
	type line struct {
		Number int
		Text   string `sidekick:"text"`
	}
	rows := open(t, "language").NewRows().Struct(line{})
	failed := failure(t, rows.Err(), sidekick.StatusUnknownFeature)
	for _, says := range []string{
		"the field Number of sidekick_test.line", `the deployment has 1: "text"`, "sidekick:\"-\"",
	} {
		if !strings.Contains(failed.Message, says) {
			t.Errorf("%q is not in %q", says, failed.Message)
		}
	}
}

func TestRowsThatAreNoStructsAreNamed(t *testing.T) {
	deployment := open(t, "language")
	for says, row := range map[string]any{
		"string is neither a struct": "text", "int is neither a struct": new(int), "the row is nil": nil,
		"of the type *sidekick_test.letter": (*letter)(nil),
	} {
		failed := failure(t, deployment.NewRows().Struct(row).Err(), sidekick.StatusArgument)
		if !strings.Contains(failed.Message, says) {
			t.Errorf("%q is not in %q", says, failed.Message)
		}
	}
}
