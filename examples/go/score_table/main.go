// Score_table predicts every row of a CSV table and writes the table with the predictions.
package main

import (
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
	table, err := readTable(files[0])
	if err != nil {
		return err
	}
	rows := deployment.NewRows()
	defer rows.Close()
	if err := addTable(rows, deployment.Inputs(), table); err != nil {
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
	if err := writeTable(files[1], table); err != nil {
		return err
	}
	fmt.Printf("%d rows scored\n", predictions.Len())
	return nil
}

// addTable adds every line behind the header as a row.
func addTable(rows *sidekick.Rows, inputs []sidekick.Feature, table [][]string) error {
	for _, input := range inputs {
		if !slices.Contains(table[0], input.Name) {
			return fmt.Errorf("the table has no column %q", input.Name)
		}
	}
	for at, line := range table[1:] {
		for _, input := range inputs {
			cell := line[slices.Index(table[0], input.Name)]
			if err := addCell(rows, input, cell); err != nil {
				return fmt.Errorf("line %d: column %q: %w", at+2, input.Name, err)
			}
		}
		rows.End()
	}
	return rows.Err()
}

func addCell(rows *sidekick.Rows, input sidekick.Feature, cell string) error {
	switch input.Type {
	case sidekick.Numeric:
		number, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", cell)
		}
		rows.Number(input.Name, number)
	case sidekick.Text:
		rows.Text(input.Name, cell)
	default:
		rows.Category(input.Name, cell)
	}
	return nil
}

// appendOutput appends the columns of one output to the table.
func appendOutput(table [][]string, predictions *sidekick.Predictions, output sidekick.Feature) error {
	table[0] = append(table[0], "predicted "+output.Name)
	if output.Type == sidekick.Categorical {
		table[0] = append(table[0], "predicted "+output.Name+" probability")
		categories, err := predictions.Categories(output.Name)
		for row := range predictions.Len() {
			best := categories.Best(row)
			table[row+1] = append(table[row+1], best.Label, number(best.Probability))
		}
		return err
	}
	numbers, err := predictions.Numbers(output.Name)
	for row, value := range numbers {
		table[row+1] = append(table[row+1], number(value))
	}
	return err
}

func number(value float64) string {
	return strconv.FormatFloat(value, 'g', 6, 64)
}

func readTable(path string) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	table, err := csv.NewReader(file).ReadAll()
	if err == nil && len(table) == 0 {
		err = fmt.Errorf("%s has no header", path)
	}
	return table, err
}

func writeTable(path string, table [][]string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := csv.NewWriter(file).WriteAll(table); err != nil {
		return err
	}
	return file.Close()
}
