// Denoise sends an array from a .npy file and saves the array that comes back as an image.
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"

	"libsidekick.dev/go/examples/internal/cli"
	"libsidekick.dev/go/sidekick"
)

func main() {
	cli.Program{
		Name:      "denoise",
		Arguments: "INPUT.npy OUTPUT.pgm|OUTPUT.png",
		About:     "Takes the noise out of an array of 0 to 1 and saves it as a grey image.",
		Least:     2,
		Most:      2,
		Run:       denoise,
	}.Main()
}

func denoise(ctx context.Context, deployment *sidekick.Deployment, files []string) error {
	input, output := deployment.Inputs()[0], deployment.Outputs()[0]
	rows := deployment.NewRows().NPYFile(input.Name, files[0]).End()
	defer rows.Close()
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {
		return err
	}
	arrays, err := predictions.Arrays(output.Name)
	if err != nil {
		return err
	}
	picture, err := grey(arrays[0], output.Shape)
	if err != nil {
		return err
	}
	return save(files[1], picture)
}

// grey makes an image of an array of shape [height, width] or [height, width, 1].
func grey(values []float32, shape []int) (*image.Gray, error) {
	if len(shape) < 2 || shape[0]*shape[1] != len(values) {
		return nil, fmt.Errorf("an array of shape %v is not a grey image", shape)
	}
	picture := image.NewGray(image.Rect(0, 0, shape[1], shape[0]))
	for at, value := range values {
		picture.Pix[at] = uint8(min(max(value, 0), 1)*255 + 0.5)
	}
	return picture, nil
}

// save writes a PNG or, for any other extension, a PGM file.
func save(path string, picture *image.Gray) error {
	var file bytes.Buffer
	if filepath.Ext(path) == ".png" {
		if err := png.Encode(&file, picture); err != nil {
			return err
		}
	} else {
		size := picture.Bounds().Size()
		fmt.Fprintf(&file, "P5\n%d %d\n255\n%s", size.X, size.Y, picture.Pix)
	}
	return os.WriteFile(path, file.Bytes(), 0o666)
}
