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
// [PredictOne] does so with one, and both take a map[string]any as well. A table that lies column by column
// becomes rows in one call, [Rows.Columns]. A [Predictor] is an interface for which tests have a fake.
//
// # Linking
//
// The package is a layer over the C library libsidekick. As it is installed with that library, pkg-config has to
// find the library under the name sidekick; the shared one is linked, or with the build tag sidekick_static the
// static one. The archive libsidekick-go has static libraries beside the package, and needs neither.
//
// # Streams
//
// [PredictSeq] predicts structs that an iterator gives, of any number and in bounded memory, and is an
// iterator itself:
//
//	for answer, err := range sidekick.PredictSeq[Answer](ctx, deployment, animals) {
//	}
//
// [Deployment.PredictSeq] does so with rows. Under both is a [Stream], to which rows are pushed while
// predictions are taken.
//
// # Errors
//
// Every error of the library is an [*Error], which has all that is known of it. [errors.Is] takes a
// [Status] for one sort of error, and [ErrInput], [ErrConnection], [ErrServer] or [ErrReply] for a group of
// them.
//
// # Contexts
//
// A context that ends cancels the request in flight: its connection is closed, and the call returns within
// moments with an [*Error] of [StatusCancelled] that wraps the context's error. Nothing goes on in the
// background, and the deployment and the rows can be used again at once. A stream ends with the context that
// it was made with. One thing cannot be cut short: the system's look-up of a host name.
//
// # Settings
//
// [Open] takes an [Option] for each setting: time limits, retries, requests at once, TLS, proxies, headers,
// compression, limits, and callbacks for tokens and for a log. [WithLogger] takes a logger of log/slog.
//
// # Goroutines and memory
//
// A [Deployment] and [Predictions] are shared freely between goroutines. [Rows] are filled by one goroutine
// at a time; any number may predict them while none changes them. A [Stream] is used by one goroutine at a
// time. Close deployments, rows and streams when they are done with: that frees the C library's memory, the
// connections and the threads at once. What is forgotten is freed by the garbage collector, which does not
// see how much memory it is. Everything else is ordinary Go memory, and outlives the deployment.
//
// # Speed
//
// Use the same rows again ([Rows.Clear]), and close predictions that were read ([Predictions.Close]): a loop
// that does both makes no garbage to speak of. With results of megabytes, lock the loop's goroutine to its
// thread ([runtime.LockOSThread]): the C library's allocator keeps memory by thread, and a goroutine that
// moves leaves it behind.
package sidekick
