package sidekick

import (
	"context"
	"fmt"
	"runtime"
	"time"
	"unsafe"
)

// Protocol is a protocol that a deployment speaks. Later versions may add some.
type Protocol int32

const (
	// ProtocolAuto is the one that the URL means, for [WithProtocol].
	ProtocolAuto Protocol = 0
	// ProtocolDeploymentAPI is the Deployment API: JSON rows.
	ProtocolDeploymentAPI Protocol = 1
	// ProtocolOpenInference is the Open Inference Protocol of Triton, KServe, MLServer and others: tensors.
	ProtocolOpenInference Protocol = 2
)

// String is the protocol's name.
func (p Protocol) String() string {
	switch p {
	case ProtocolAuto:
		return "auto"
	case ProtocolDeploymentAPI:
		return "Deployment API"
	case ProtocolOpenInference:
		return "Open Inference Protocol"
	}
	return fmt.Sprintf("protocol %d", int32(p))
}

// Deployment is one deployed model: what it takes and gives, and the connections to its server. Any number of
// goroutines can use it at once.
type Deployment struct {
	handle   *handle
	inputs   features
	outputs  *outputs
	protocol Protocol
	version  string
	// batchLimit is the most rows that the model takes in one request, or 0.
	batchLimit int
	yielder    yielder
	// batchRows is how many rows go in one request.
	batchRows int
	// isolates is whether bad rows fail alone.
	isolates bool
	tokens   *tokenFailures
}

// Open opens the deployment at a URL with its token: it asks the server what the model takes and gives. Close
// the deployment when it is done with. A URL whose path ends in /deployment/ID, also with /forward,
// /openapi.json or a slash after it, is that deployment's; any other is the one that predictions are posted
// to. The token, visible ASCII without "Bearer " before it, is sent to the deployment's server and to nothing
// else.
func Open(ctx context.Context, url, token string, options ...Option) (*Deployment, error) {
	start := time.Now()
	object, settings, err := openDeployment(ctx, url, token, options)
	if err != nil {
		return nil, err
	}
	deployment, err := newDeployment(object, settings)
	if err != nil {
		return nil, err
	}
	deployment.logOpened(ctx, settings.logger, url, time.Since(start))
	return deployment, nil
}

func newDeployment(object unsafe.Pointer, settings *settings) (*Deployment, error) {
	owner := newHandle("the deployment is closed", object, freeDeployment)
	inputs, err := inputsOf(object)
	if err != nil {
		owner.drop()
		return nil, err
	}
	found, err := outputsOf(object)
	if err != nil {
		owner.drop()
		return nil, err
	}
	deployment := &Deployment{
		handle:     owner,
		inputs:     inputs,
		outputs:    &outputs{features: found},
		protocol:   protocolOf(object),
		version:    modelVersionOf(object),
		batchLimit: batchLimitOf(object),
		batchRows:  settings.batchRows,
		isolates:   settings.isolates,
		tokens:     settings.tokens,
	}
	runtime.AddCleanup(deployment, (*handle).drop, owner)
	return deployment, nil
}

// Inputs are the features the model takes, in the order of its description: copies, which the caller may
// change.
func (d *Deployment) Inputs() []Feature { return d.inputs.copies() }

// Outputs are the features the model gives, in the order of its description: copies, which the caller may
// change.
func (d *Deployment) Outputs() []Feature { return d.outputs.copies() }

// BatchLimit is the most rows that the model takes in one request; 0 if it does not say. Rows are split
// accordingly.
func (d *Deployment) BatchLimit() int { return d.batchLimit }

// Protocol is the protocol the deployment speaks.
func (d *Deployment) Protocol() Protocol { return d.protocol }

// ModelVersion is the version of the model: the one in the URL, or the only one that the server lists; "" if
// neither is known, and for the Deployment API.
func (d *Deployment) ModelVersion() string { return d.version }

// NewRows makes empty rows for this deployment. They may outlive it.
func (d *Deployment) NewRows() *Rows {
	defer runtime.KeepAlive(d)
	rows := &Rows{inputs: d.inputs, names: d.inputs.names()}
	rows.handle, rows.err = d.rowsHandle()
	runtime.AddCleanup(rows, (*handle).drop, rows.handle)
	return rows
}

// rowsHandle owns new rows. Where the deployment is closed it is the deployment's, so that all that is done
// with it fails.
func (d *Deployment) rowsHandle() (*handle, error) {
	deployment, err := d.handle.acquire()
	if err != nil {
		return d.handle, err
	}
	defer d.handle.release()
	object, err := newRows(deployment)
	return newHandle("the rows are closed", object, freeRows), err
}

// Predict predicts all rows, and gives the predictions in the order of the rows. The rows stay as they are.
func (d *Deployment) Predict(ctx context.Context, rows *Rows) (*Predictions, error) {
	defer runtime.KeepAlive(d)
	if err := contextError(ctx); err != nil {
		return nil, err
	}
	deployment, err := d.handle.acquire()
	if err != nil {
		return nil, err
	}
	defer d.handle.release()
	lent, object, err := rows.lend()
	if err != nil {
		return nil, err
	}
	defer lent.release()
	d.yielder.yield()
	predictions, err := predict(ctx, deployment, object, d.outputs)
	return predictions, d.tokens.explain(err)
}

// Reply is a server's answer to [Deployment.PostJSON], as it came.
type Reply struct {
	// HTTPStatus is the HTTP status, such as 200 or 404.
	HTTPStatus int
	// Body is the answer; bytes that are not UTF-8 are replaced.
	Body string
}

// PostJSON posts JSON that the caller made, as it stands, and gives back what the server answers: a status
// other than 2xx is no error here.
func (d *Deployment) PostJSON(ctx context.Context, json []byte) (*Reply, error) {
	defer runtime.KeepAlive(d)
	if err := contextError(ctx); err != nil {
		return nil, err
	}
	deployment, err := d.handle.acquire()
	if err != nil {
		return nil, err
	}
	defer d.handle.release()
	reply, err := postJSON(ctx, deployment, json)
	return reply, d.tokens.explain(err)
}

// Close frees the deployment and its connections as soon as its calls have returned and its streams are
// closed, for which it does not wait. Later calls fail with [ErrClosed]. To close it again does nothing. It
// always returns nil.
func (d *Deployment) Close() error {
	defer runtime.KeepAlive(d)
	d.handle.drop()
	return nil
}
