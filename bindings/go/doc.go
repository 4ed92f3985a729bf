// Package sidekick asks deployed models for predictions.
//
// Open a deployment from its URL and token, add values to rows, predict, and read typed results:
//
//	deployment, err := sidekick.Open(ctx, url, token)
//	rows := deployment.NewRows()
//	rows.Text("Sound", "Miaow").Number("Size", 0.43).End()
//	predictions, err := deployment.Predict(ctx, rows)
//	species, err := predictions.Categories("Species")
//	fmt.Println(species.Best(0).Label)
//
// or let structs do it, whose fields are the inputs and the outputs:
//
//	type Animal struct {
//		Sound string `sidekick:"Sound"`
//		Size  float64
//	}
//	type Answer struct {
//		Species map[string]float64
//	}
//	answers, err := sidekick.PredictAll[Answer](ctx, deployment, animals)
//
// # Linking
//
// The package is a layer over the C library libsidekick, which pkg-config has to find under the name sidekick. It links
// the shared library; with the build tag sidekick_static it links the static one.
//
// # Errors
//
// Every error of the library is an [*Error], which tells all that is known of it. [errors.Is] takes a [Status] for one
// sort of error, and [ErrInput], [ErrConnection], [ErrServer] or [ErrReply] for a group of them.
//
// # Contexts
//
// A call returns as soon as its context ends, with an [*Error] that wraps the context's error. The library cannot yet
// stop a request that is under way: it goes on in the background until the server answers or the library's own time limit
// of 120 seconds of silence passes, its result is dropped, and what it uses is kept alive until then.
//
// # Goroutines and memory
//
// A [Deployment] and [Predictions] are shared freely between goroutines. [Rows] are filled by one goroutine at a time;
// any number may predict them while none changes them. Close deployments and rows when they are done with: that frees
// the C library's memory and the connections at once. What is forgotten is freed by the garbage collector, which does
// not see how much memory it is. Everything else is ordinary Go memory, and outlives the deployment.
package sidekick
