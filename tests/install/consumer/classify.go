// The same program in Go.
package main

import (
	"context"
	"fmt"
	"os"

	"libsidekick.dev/go/sidekick"
)

func main() {
	deployment, err := sidekick.Open(context.Background(), os.Args[1], "digits-token")
	if err != nil {
		panic(err)
	}
	defer deployment.Close()
	predictions,
		err := deployment.Predict(context.Background(), deployment.NewRows().ImageFile("image", os.Args[2]).End())
	if err != nil {
		panic(err)
	}
	digits, err := predictions.Categories("digit")
	if err != nil {
		panic(err)
	}
	fmt.Println(digits.Best(0).Label)
}
