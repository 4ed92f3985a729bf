// Count_languages counts the lines of standard input by their language: any number of lines, in bounded
// memory.
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
	Language string `sidekick:"language"`
}

func main() {
	cli.Program{
		Name:  "count_languages",
		About: "Counts the lines of standard input by their language: LANGUAGE and LINES.",
		Run:   count,
	}.Main()
}

func count(ctx context.Context, deployment *sidekick.Deployment, _ []string) error {
	input := bufio.NewScanner(os.Stdin)
	lines := func(yield func(line) bool) {
		for input.Scan() && yield(line{input.Text()}) {
		}
	}
	counts := map[string]int{}
	var met []string
	for guess, err := range sidekick.PredictSeq[guess](ctx, deployment, lines) {
		if err != nil {
			return err
		}
		if counts[guess.Language] == 0 {
			met = append(met, guess.Language)
		}
		counts[guess.Language]++
	}
	if err := input.Err(); err != nil {
		return err
	}
	for _, language := range met {
		fmt.Printf("%s\t%d\n", language, counts[language])
	}
	return nil
}
