package sidekick

import (
	"context"
	"runtime"
	"unsafe"
)

// defaultBatchRows says that the library's own default, 128, holds.
const defaultBatchRows = -1

// Deployment is one deployed model: what it takes and gives, and the connections to its server. Any number of goroutines
// can use it at once.
type Deployment struct {
	handle          *handle
	inputs, outputs features
	tensorJSON      bool
}

// Option is a setting for [Open].
type Option func(*settings)

type settings struct {
	batchRows int
}

// WithBatchRows sets how many rows [Deployment.Predict] sends in one request: at least 1, by default 128.
func WithBatchRows(rows int) Option {
	return func(settings *settings) { settings.batchRows = max(rows, 0) }
}

// Open opens the deployment at a URL, as it is handed to users, with its token: it asks the server what the model takes
// and gives. Close the deployment when it is done with. The token is sent to the deployment's server and to nothing else.
func Open(ctx context.Context, url, token string, options ...Option) (*Deployment, error) {
	settings := settings{batchRows: defaultBatchRows}
	for _, option := range options {
		option(&settings)
	}
	if err := contextError(ctx); err != nil {
		return nil, err
	}
	return await(ctx, func() (*Deployment, error) {
		object, err := openDeployment(url, token, settings.batchRows)
		if err != nil {
			return nil, err
		}
		return newDeployment(object)
	})
}

func newDeployment(object unsafe.Pointer) (*Deployment, error) {
	owner := newHandle("the deployment is closed", object, freeDeployment)
	inputs, err := inputsOf(object)
	if err != nil {
		owner.drop()
		return nil, err
	}
	outputs, err := outputsOf(object)
	if err != nil {
		owner.drop()
		return nil, err
	}
	deployment := &Deployment{owner, newFeatures(inputs), newFeatures(outputs), tensorJSON(object)}
	runtime.AddCleanup(deployment, (*handle).drop, owner)
	return deployment, nil
}

// Inputs are the features the model takes, in the order of its description: copies, which the caller may change.
func (d *Deployment) Inputs() []Feature { return d.inputs.copies() }

// Outputs are the features the model gives, in the order of its description: copies, which the caller may change.
func (d *Deployment) Outputs() []Feature { return d.outputs.copies() }

// TensorJSON tells whether arrays travel as {"shape", "data"}, or else as .npy data URLs.
func (d *Deployment) TensorJSON() bool { return d.tensorJSON }

// NewRows makes empty rows for this deployment. They may outlive it.
func (d *Deployment) NewRows() *Rows {
	defer runtime.KeepAlive(d)
	rows := &Rows{deployment: d.handle, inputs: d.inputs}
	rows.renew()
	return rows
}

// Predict predicts all rows, and gives the predictions in the order of the rows. The rows stay as they are. It returns
// as soon as the context ends, but the request goes on in the background; the rows can then be predicted again, and
// [Rows.Clear] makes them ready for new values.
func (d *Deployment) Predict(ctx context.Context, rows *Rows) (*Predictions, error) {
	defer runtime.KeepAlive(d)
	if err := contextError(ctx); err != nil {
		return nil, err
	}
	deployment, err := d.handle.acquire()
	if err != nil {
		return nil, err
	}
	lent, object, err := rows.lend()
	if err != nil {
		d.handle.release()
		return nil, err
	}
	handle, outputs := d.handle, d.outputs
	return await(ctx, func() (*Predictions, error) {
		defer handle.release()
		defer lent.release()
		count, columns, err := predict(deployment, object, outputs.list)
		if err != nil {
			return nil, err
		}
		return &Predictions{outputs, count, columns}, nil
	})
}

// Reply is a server's answer to [Deployment.PostJSON], as it came.
type Reply struct {
	// HTTPStatus is the HTTP status, such as 200 or 404.
	HTTPStatus int
	// Body is the answer; bytes that are not UTF-8 are replaced.
	Body string
}

// PostJSON posts JSON that the caller made, as it stands, and gives back what the server answers: a status other than 2xx
// is no error here.
func (d *Deployment) PostJSON(ctx context.Context, json []byte) (*Reply, error) {
	defer runtime.KeepAlive(d)
	if err := contextError(ctx); err != nil {
		return nil, err
	}
	deployment, err := d.handle.acquire()
	if err != nil {
		return nil, err
	}
	handle, text := d.handle, string(json)
	return await(ctx, func() (*Reply, error) {
		defer handle.release()
		return postJSON(deployment, text)
	})
}

// Close frees the deployment and its connections as soon as its calls have returned, for which it does not wait. Later
// calls fail with [ErrClosed]. To close it again does nothing. It always returns nil.
func (d *Deployment) Close() error {
	defer runtime.KeepAlive(d)
	d.handle.drop()
	return nil
}

// await runs a call that blocks and waits for it, though no longer than the context lasts. The call has to own all that
// it uses: it may go on when nobody waits any more.
func await[T any](ctx context.Context, call func() (T, error)) (T, error) {
	if ctx.Done() == nil {
		return call()
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := call()
		done <- result{value, err}
	}()
	select {
	case result := <-done:
		return result.value, result.err
	case <-ctx.Done():
		var none T
		return none, contextError(ctx)
	}
}
