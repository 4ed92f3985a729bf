package sidekick_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"libsidekick.dev/go/sidekick"
)

func Example() {
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, deploymentURL("language"), "language-token")
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()

	rows := deployment.NewRows()
	rows.Text("text", "Where is the nearest library?").End()
	rows.Text("text", "Wo ist die nächste Bibliothek?").End()
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {
		log.Fatal(err)
	}
	languages, err := predictions.Categories("language")
	if err != nil {
		log.Fatal(err)
	}
	for row := range predictions.Len() {
		fmt.Println(languages.Best(row).Label)
	}
	// Output:
	// English
	// German
}

func ExamplePredictAll() {
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, deploymentURL("penguins"), "penguins-token")
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()

	type penguin struct {
		Island  string  `sidekick:"island"`
		Sex     string  `sidekick:"sex"`
		Length  float64 `sidekick:"bill length (mm)"`
		Depth   float64 `sidekick:"bill depth (mm)"`
		Flipper float64 `sidekick:"flipper length (mm)"`
		Year    int     `sidekick:"year"`
	}
	type answer struct {
		Species string  `sidekick:"species"`
		Mass    float64 `sidekick:"body mass (g)"`
	}
	answers, err := sidekick.PredictAll[answer](ctx, deployment, []penguin{
		{"Torgersen", "male", 34.6, 21.1, 198, 2007},
		{"Biscoe", "female", 46.1, 13.2, 211, 2007},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, answer := range answers {
		fmt.Printf("%s of about %.0f kg\n", answer.Species, answer.Mass/1000)
	}
	// Output:
	// Adelie of about 4 kg
	// Gentoo of about 5 kg
}

func ExamplePredictSeq() {
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, deploymentURL("language"), "language-token", sidekick.WithMaxInFlight(4))
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()

	type line struct {
		Text string `sidekick:"text"`
	}
	type answer struct {
		Language string `sidekick:"language"`
	}
	lines := func(yield func(line) bool) {
		input := bufio.NewScanner(strings.NewReader("Where is the nearest library?\nWo ist die nächste Bibliothek?\n"))
		for input.Scan() && yield(line{input.Text()}) {
		}
	}
	for answer, err := range sidekick.PredictSeq[answer](ctx, deployment, lines) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(answer.Language)
	}
	// Output:
	// English
	// German
}

func ExampleArrayOf() {
	ctx := context.Background()
	deployment, err := sidekick.Open(ctx, deploymentURL("denoise"), "denoise-token")
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()

	rows := deployment.NewRows()
	rows.Array("noisy", sidekick.ArrayOf(make([]float64, 64), 8, 8, 1)).End()
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {
		log.Fatal(err)
	}
	arrays, err := predictions.Arrays("clean")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(arrays[0]))
	// Output: 64
}

func ExampleError() {
	_, err := sidekick.Open(context.Background(), deploymentURL("language"), "wrong")
	var failed *sidekick.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.HTTPStatus, failed.ServerCode)
	}
	fmt.Println(errors.Is(err, sidekick.ErrServer))
	// Output:
	// 401 InvalidTokenError
	// true
}

func ExampleRows_Err() {
	deployment, err := sidekick.Open(context.Background(), deploymentURL("language"), "language-token")
	if err != nil {
		log.Fatal(err)
	}
	defer deployment.Close()
	rows := deployment.NewRows().Number("text", 7).End()
	fmt.Println(rows.Err())
	// Output: sidekick: row 0: feature "text": is text [1], got a number
}
