package sidekick

import (
	"context"
	"reflect"
)

// Predictor predicts structs. A part of a program that takes one, and no [Deployment], can be tested without
// a server: [NewPredictor] makes one of a deployment, and a [PredictorFunc] is a fake.
type Predictor[Out, In any] interface {
	// PredictAll predicts one row for each input, in their order, as the function [PredictAll] does.
	PredictAll(ctx context.Context, inputs []In) ([]Out, error)
	// PredictOne predicts one input, as the function [PredictOne] does.
	PredictOne(ctx context.Context, input In) (Out, error)
}

// NewPredictor makes a predictor of a deployment, which has to stay open. It fails if a field of one of the
// types fits no feature, or if an input that is not optional has no field: so a program learns of it when it
// starts.
func NewPredictor[Out, In any](deployment *Deployment) (Predictor[Out, In], error) {
	if err := deployment.inputs.takes(reflect.TypeFor[In]()); err != nil {
		return nil, err
	}
	if _, err := structDecoderOf(reflect.TypeFor[Out](), deployment.outputs.features); err != nil {
		return nil, err
	}
	return PredictorFunc[Out, In](func(ctx context.Context, inputs []In) ([]Out, error) {
		return PredictAll[Out](ctx, deployment, inputs)
	}), nil
}

// takes is an error if no value of a type is a row.
func (f features) takes(source reflect.Type) error {
	for source.Kind() == reflect.Pointer && !isEndless(source) {
		source = source.Elem()
	}
	if isMap(source) || source.Kind() == reflect.Interface {
		return nil
	}
	if source.Kind() != reflect.Struct {
		return noStruct(source)
	}
	encoder, err := structEncoderOf(source, f)
	if err != nil {
		return err
	}
	return f.areIn(encoder)
}

// areIn is an error if a struct has no field for an input that every row needs.
func (f features) areIn(encoder structEncoder) error {
	given := make([]bool, len(f.list))
	for _, field := range encoder.fields {
		given[field.feature] = true
	}
	var missing []string
	for at, feature := range f.list {
		if !given[at] && !feature.Optional {
			missing = append(missing, feature.Name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return newError(StatusRowIncomplete, "%v has no field for %s", encoder.source, quotedNames(missing))
}

// PredictorFunc is a function as a [Predictor]: in tests, a fake.
type PredictorFunc[Out, In any] func(ctx context.Context, inputs []In) ([]Out, error)

// PredictAll calls the function.
func (f PredictorFunc[Out, In]) PredictAll(ctx context.Context, inputs []In) ([]Out, error) {
	return f(ctx, inputs)
}

// PredictOne calls the function with one input.
func (f PredictorFunc[Out, In]) PredictOne(ctx context.Context, input In) (Out, error) {
	var none Out
	answers, err := f(ctx, []In{input})
	if err != nil {
		return none, err
	}
	if len(answers) != 1 {
		return none, newError(StatusReplyRows, "there are %d predictions for one row", len(answers))
	}
	return answers[0], nil
}
