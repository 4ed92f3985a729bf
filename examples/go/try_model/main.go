// Try_model prints what a model takes and returns, and what it predicts for zeros and empty texts.
package main

import (
	"context"
	"fmt"
	"image"
	"slices"

	"libsidekick.dev/go/examples/internal/cli"
	"libsidekick.dev/go/sidekick"
)

func main() {
	cli.Program{
		Name: "try_model",
		About: "Tries a model with zeros and empty texts. Takes the URL of a deployment, or of a model on a server of the " +
			"Open Inference Protocol (--url http://HOST:8000/v2/models/NAME --token \"\").",
		Run: try,
	}.Main()
}

func try(ctx context.Context, deployment *sidekick.Deployment, _ []string) error {
	fmt.Println("takes")
	rows := deployment.NewRows()
	defer rows.Close()
	for _, input := range deployment.Inputs() {
		fmt.Printf("  %s: %s %v\n", input.Name, input.Type, input.Shape)
		addBlank(rows, input)
	}
	fmt.Println("returns")
	for _, output := range deployment.Outputs() {
		fmt.Printf("  %s: %s %v\n", output.Name, output.Type, output.Shape)
	}
	predictions, err := deployment.Predict(ctx, rows.End())
	if err != nil {
		return err
	}
	fmt.Println("predicts")
	for _, output := range deployment.Outputs() {
		value, err := first(predictions, output)
		if err != nil {
			return err
		}
		fmt.Printf("  %s: %v\n", output.Name, value)
	}
	return nil
}

func addBlank(rows *sidekick.Rows, input sidekick.Feature) {
	switch input.Type {
	case sidekick.Text:
		rows.Text(input.Name, "")
	case sidekick.Bytes:
		rows.Bytes(input.Name, nil)
	case sidekick.Binary:
		rows.Binary(input.Name, false)
	case sidekick.Categorical:
		rows.Category(input.Name, input.Categories[0])
	case sidekick.Image:
		shape := oneSize(input.Shape)
		rows.Image(input.Name, image.NewGray(image.Rect(0, 0, shape[1], shape[0])))
	default:
		addZeros(rows, input)
	}
}

// addZeros adds a number, or an array of the input's shape.
func addZeros(rows *sidekick.Rows, input sidekick.Feature) {
	if !input.IsArray() {
		rows.Number(input.Name, 0)
		return
	}
	count, shape := 1, oneSize(input.Shape)
	for _, size := range shape {
		count *= size
	}
	rows.Array(input.Name, sidekick.ArrayOf(make([]uint8, count), shape...))
}

// oneSize is a shape with 1 for each size that is free.
func oneSize(shape []int) []int {
	sizes := slices.Clone(shape)
	for place, size := range sizes {
		if size == sidekick.SizeAny {
			sizes[place] = 1
		}
	}
	return sizes
}

// first is the value of an output for the first row.
func first(predictions *sidekick.Predictions, output sidekick.Feature) (any, error) {
	switch output.Type {
	case sidekick.Text:
		return firstOf(predictions.Texts(output.Name))
	case sidekick.Categorical:
		categories, err := predictions.Categories(output.Name)
		if err != nil {
			return nil, err
		}
		return categories.Best(0).Label, nil
	case sidekick.Image, sidekick.Bytes:
		return output.Type, nil
	}
	if output.IsArray() {
		return firstOf(predictions.Arrays(output.Name))
	}
	return firstOf(predictions.Numbers(output.Name))
}

func firstOf[T any](values []T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return values[0], nil
}
