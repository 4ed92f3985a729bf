// Detect_language prints the language of each line of standard input.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"libsidekick.dev/go/examples/internal/cli"
	"libsidekick.dev/go/sidekick"
)

// line is what the deployment takes, guess what it gives: the fields are its inputs and outputs.
type line struct {
	Text string `sidekick:"text"`
}

type guess struct {
	Language sidekick.CategoryProbability `sidekick:"language"`
}

func main() {
	cli.Program{
		Name:  "detect_language",
		About: "Tells the language of each line of standard input: LANGUAGE, PROBABILITY and LINE.",
		Run:   detect,
	}.Main()
}

func detect(ctx context.Context, deployment *sidekick.Deployment, _ []string) error {
	var lines []line
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		lines = append(lines, line{input.Text()})
	}
	if err := input.Err(); err != nil {
		return err
	}
	guesses, err := sidekick.PredictAll[guess](ctx, deployment, lines)
	if err != nil {
		return err
	}
	for at, guess := range guesses {
		fmt.Printf("%s\t%.4f\t%s\n", guess.Language.Label, guess.Language.Probability, lines[at].Text)
	}
	return nil
}
