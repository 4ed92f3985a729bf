// Score_table predicts every row of a CSV table and writes the table with the predictions.
package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"

	"libsidekick.dev/go/examples/internal/cli"
	"libsidekick.dev/go/sidekick"
)

func main() {
	cli.Program{
		Name:      "score_table",
		Arguments: "INPUT.csv OUTPUT.csv",
		About:     "Predicts every row of a table. Its columns are named as the inputs; others are carried over.",
		Least:     2,
		Most:      2,
		Run:       score,
	}.Main()
}

func score(ctx context.Context, deployment *sidekick.Deployment, files []string) error {
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	// Spreadsheets begin a table with a byte order mark.
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	table, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(table) == 0 {
		return fmt.Errorf("%s is no table with a header: %v", files[0], err)
	}
	rows := deployment.NewRows()
	defer rows.Close()
	if err := addTable(rows, deployment.Inputs(), table[0], table[1:]); err != nil {
		return err
	}
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {
		return err
	}
	for _, output := range deployment.Outputs() {
		if err := appendOutput(table, predictions, output); err != nil {
			return err
		}
	}
	var scored bytes.Buffer
	csv.NewWriter(&scored).WriteAll(table)
	if err := os.WriteFile(files[1], scored.Bytes(), 0o666); err != nil {
		return err
	}
	fmt.Printf("%d rows scored\n", predictions.Len())
	return nil
}

func addTable(rows *sidekick.Rows, inputs []sidekick.Feature, header []string, lines [][]string) error {
	for at, line := range lines {
		for _, input := range inputs {
			column := slices.Index(header, input.Name)
			if column < 0 {
				return fmt.Errorf("the table has no column %q", input.Name)
			}
			if err := addCell(rows, input, line[column]); err != nil {
				return fmt.Errorf("row %d: column %q: %w", at, input.Name, err)
			}
		}
		rows.End()
	}
	return rows.Err()
}

func addCell(rows *sidekick.Rows, input sidekick.Feature, cell string) error {
	switch input.Type {
	case sidekick.Text:
		rows.Text(input.Name, cell)
	case sidekick.Categorical, sidekick.Binary:
		rows.Category(input.Name, cell)
	default:
		value, err := strconv.ParseFloat(cell, 64)
		rows.Number(input.Name, value)
		return err
	}
	return nil
}

// appendOutput appends one output to the table: a column, or two for a category and its probability.
func appendOutput(table [][]string, predictions *sidekick.Predictions, output sidekick.Feature) error {
	table[0] = append(table[0], "predicted "+output.Name)
	if output.Type != sidekick.Categorical {
		numbers, err := predictions.Numbers(output.Name)
		for row, value := range numbers {
			table[row+1] = append(table[row+1], strconv.FormatFloat(value, 'g', 6, 64))
		}
		return err
	}
	table[0] = append(table[0], "predicted "+output.Name+" probability")
	categories, err := predictions.Categories(output.Name)
	if err != nil {
		return err
	}
	for row := range predictions.Len() {
		best := categories.Best(row)
		table[row+1] = append(table[row+1], best.Label, strconv.FormatFloat(best.Probability, 'f', 4, 64))
	}
	return nil
}
