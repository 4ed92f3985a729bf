// Classify_images prints the most probable class of each image.
package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"regexp"

	"libsidekick.dev/go/examples/internal/cli"
	"libsidekick.dev/go/sidekick"
)

// labelled matches a file name with the class of the image: digit-7-0042.png shows a 7.
var labelled = regexp.MustCompile(`^[^-]+-([^-]+)-\d+\.`)

func main() {
	cli.Program{
		Name:      "classify_images",
		Arguments: "FILE...",
		About:     "Prints the most probable class of each image: FILE, CLASS and PROBABILITY.",
		Least:     1,
		Most:      math.MaxInt,
		Run:       classify,
	}.Main()
}

func classify(ctx context.Context, deployment *sidekick.Deployment, files []string) error {
	rows := deployment.NewRows()
	defer rows.Close()
	for _, file := range files {
		rows.ImageFile(deployment.Inputs()[0].Name, file).End()
	}
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {
		return err
	}
	classes, err := predictions.Categories(deployment.Outputs()[0].Name)
	if err != nil {
		return err
	}
	right, known := 0, 0
	for row, file := range files {
		best := classes.Best(row)
		fmt.Printf("%s\t%s\t%.4f\n", file, best.Label, best.Probability)
		if label := labelled.FindStringSubmatch(filepath.Base(file)); label != nil {
			known++
			if label[1] == best.Label {
				right++
			}
		}
	}
	if known > 0 {
		fmt.Printf("%d of %d right\n", right, known)
	}
	return nil
}
