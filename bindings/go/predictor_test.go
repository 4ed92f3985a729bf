package sidekick_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

type letter struct {
	Text string `sidekick:"text"`
}

type language struct {
	Language string `sidekick:"language"`
}

// greeter is a part of a program that predicts. It knows the interface alone.
type greeter struct {
	languages sidekick.Predictor[language, letter]
}

func (g greeter) greet(ctx context.Context, text string) (string, error) {
	found, err := g.languages.PredictOne(ctx, letter{text})
	if err != nil {
		return "", err
	}
	return map[string]string{"English": "Hello!", "German": "Hallo!"}[found.Language], nil
}

func ExamplePredictorFunc() {
	// In a test, a function stands in for the deployment: no server, no network.
	away := func(context.Context, []letter) ([]language, error) { return nil, errors.New("the server is away") }
	fake := sidekick.PredictorFunc[language, letter](away)
	_, err := greeter{fake}.greet(context.Background(), "Where is the nearest library?")
	fmt.Println(err)
	// Output: the server is away
}

func ExampleNewPredictor() {
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, deploymentURL("language"), "language-token")
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()
	languages, err := sidekick.NewPredictor[language, letter](deployment)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(greeter{languages}.greet(ctx, "Wo ist die nächste Bibliothek?"))
	// Output: Hallo! <nil>
}

func TestPredictorsCheckTheirTypes(t *testing.T) {
	deployment := open(t, "language")
	_, err := sidekick.NewPredictor[language, struct{ Text float64 }](deployment)
	failure(t, err, sidekick.StatusUnknownFeature)
	_, err = sidekick.NewPredictor[letter, letter](deployment)
	failure(t, err, sidekick.StatusUnknownFeature)
	_, err = sidekick.NewPredictor[language, int](deployment)
	failure(t, err, sidekick.StatusArgument)
	_, err = sidekick.NewPredictor[language, struct{}](deployment)
	if failed := failure(t, err, sidekick.StatusRowIncomplete); !strings.Contains(failed.Message, `no field for "text"`) {
		t.Error(failed)
	}
	for _, err := range []error{
		errorOf(sidekick.NewPredictor[map[string]any, map[string]any](deployment)),
		errorOf(sidekick.NewPredictor[language, *letter](deployment)),
		errorOf(sidekick.NewPredictor[*language, letter](deployment)),
		errorOf(sidekick.NewPredictor[language, any](deployment)),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

func TestAFakeThatAnswersTooLittle(t *testing.T) {
	nothing := func(context.Context, []letter) ([]language, error) { return nil, nil }
	fake := sidekick.PredictorFunc[language, letter](nothing)
	_, err := fake.PredictOne(context.Background(), letter{})
	failure(t, err, sidekick.StatusReplyRows)
	answers := must[[]language](t)(fake.PredictAll(context.Background(), []letter{{}}))
	if len(answers) != 0 {
		t.Error(answers)
	}
}
