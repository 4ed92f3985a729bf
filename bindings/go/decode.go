package sidekick

import (
	"context"
	"fmt"
	"image"
	"reflect"
	"slices"
)

// PredictAll predicts one row for each struct, as [Rows.Struct] adds it, and gives the outputs as structs of
// the type Out, as [Decode] makes them, in the order of the inputs.
func PredictAll[Out, In any](ctx context.Context, deployment *Deployment, inputs []In) ([]Out, error) {
	rows := deployment.NewRows()
	defer rows.Close()
	for at := range inputs {
		rows.Struct(&inputs[at])
	}
	predictions, err := deployment.Predict(ctx, rows)
	if err != nil {
		return nil, err
	}
	defer predictions.Close()
	if len(predictions.failures) > 0 {
		return nil, predictions.failures[0]
	}
	return Decode[Out](predictions)
}

// Decode gives the predictions as structs of the type Out, one a row. Each exported field is an output: the
// one its tag `sidekick:"..."` names, or else the one of the field's own name; the tag "-" leaves a field
// out. What fits where:
//
//   - a numeric output of shape [1], and the probability of a binary output: floats, and signed integers for
//     numbers that are whole
//   - a categorical output: string (the most probable label), [CategoryProbability] (the same with its
//     probability), []CategoryProbability (all, the most probable first), map[string]float64
//   - a text output: string
//   - an output of the type Bytes: []byte, a copy
//   - an image output: [image.Image], []byte (the bytes of the image's file), [Picture]
//   - an array: []float32, a copy
func Decode[Out any](predictions *Predictions) ([]Out, error) {
	decoder, err := newStructDecoder[Out](predictions.outputs.features)
	if err != nil {
		return nil, err
	}
	columns, err := predictions.open()
	if err != nil {
		return nil, err
	}
	decoded := make([]Out, predictions.rows)
	for row := range decoded {
		if err := decoder.decode(columns, row, &decoded[row]); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}

// structDecoder sets the fields of structs of the type Out to the outputs of a row.
type structDecoder[Out any] struct {
	outputs features
	fields  []field
	set     []setField
}

func newStructDecoder[Out any](outputs features) (structDecoder[Out], error) {
	target := reflect.TypeFor[Out]()
	if target.Kind() != reflect.Struct {
		return structDecoder[Out]{}, newError(StatusArgument, "%v is no struct", target)
	}
	fields, err := fieldsOf(target, outputs)
	if err != nil {
		return structDecoder[Out]{}, err
	}
	decoder := structDecoder[Out]{outputs: outputs, fields: fields}
	for _, field := range fields {
		set := setFieldOf(target.Field(field.at).Type, outputs.list[field.feature])
		if set == nil {
			return structDecoder[Out]{}, misfit(target.Field(field.at), outputs.list[field.feature])
		}
		decoder.set = append(decoder.set, set)
	}
	return decoder, nil
}

func (d structDecoder[Out]) decode(columns []column, row int, decoded *Out) error {
	target := reflect.ValueOf(decoded).Elem()
	for at, field := range d.fields {
		if err := d.set[at](target.Field(field.at), &columns[field.feature], row); err != nil {
			feature := d.outputs.list[field.feature]
			if feature.Type == Image {
				return newInputError(StatusImage, row, feature.Name, "the image cannot be decoded: %v", err)
			}
			return newInputError(StatusFeatureValue, row, feature.Name, "%v", err)
		}
	}
	return nil
}

// setField sets a field to the value of a row; it fails for an image that is broken, and for a number that is
// no integer of the field's type.
type setField func(field reflect.Value, column *column, row int) error

// setFieldOf returns how a feature becomes a value of a Go type; nil if it does not fit.
func setFieldOf(target reflect.Type, feature Feature) setField {
	switch {
	case feature.IsArray() && target == reflect.TypeFor[[]float32]():
		return setTo(func(column *column, row int) []float32 { return slices.Clone(column.array(row)) })
	case feature.IsArray():
		return nil
	case feature.Type == Categorical:
		return setCategoryOf(target)
	case feature.Type == Text && target.Kind() == reflect.String:
		return func(field reflect.Value, column *column, row int) error {
			field.SetString(column.texts[row])
			return nil
		}
	case feature.Type == Bytes && target == reflect.TypeFor[[]byte]():
		return setTo(func(column *column, row int) []byte { return slices.Clone(column.bytes[row]) })
	case feature.Type == Bytes:
		return nil
	case feature.Type == Image:
		return setPictureOf(target)
	case feature.Type != Text && isKind(target, reflect.Int, reflect.Int64):
		return setInteger
	case feature.Type != Text && (target.Kind() == reflect.Float32 || target.Kind() == reflect.Float64):
		return func(field reflect.Value, column *column, row int) error {
			field.SetFloat(column.numbers[row])
			return nil
		}
	}
	return nil
}

func setInteger(field reflect.Value, column *column, row int) error {
	integer, err := column.integer(row)
	if err == nil && field.OverflowInt(integer) {
		err = fmt.Errorf("%d is beyond %v", integer, field.Type())
	}
	if err == nil {
		field.SetInt(integer)
	}
	return err
}

func setCategoryOf(target reflect.Type) setField {
	switch {
	case target.Kind() == reflect.String:
		return func(field reflect.Value, column *column, row int) error {
			field.SetString(column.categories().Best(row).Label)
			return nil
		}
	case target == reflect.TypeFor[CategoryProbability]():
		return setTo(func(column *column, row int) CategoryProbability { return column.categories().Best(row) })
	case target == reflect.TypeFor[[]CategoryProbability]():
		return setTo(func(column *column, row int) []CategoryProbability {
			return column.categories().Top(row, len(column.labels))
		})
	case target == reflect.TypeFor[map[string]float64]():
		return setTo(func(column *column, row int) map[string]float64 { return column.categories().Map(row) })
	}
	return nil
}

func setPictureOf(target reflect.Type) setField {
	switch target {
	case reflect.TypeFor[[]byte]():
		return setTo(func(column *column, row int) []byte { return slices.Clone(column.pictures[row].Bytes) })
	case reflect.TypeFor[Picture]():
		return setTo(func(column *column, row int) Picture { return column.pictures[row] })
	case reflect.TypeFor[image.Image]():
		return func(field reflect.Value, column *column, row int) error {
			picture, err := column.pictures[row].Decode()
			if err == nil {
				field.Set(reflect.ValueOf(picture))
			}
			return err
		}
	}
	return nil
}

// setTo sets a field of exactly the type T.
func setTo[T any](value func(column *column, row int) T) setField {
	return func(field reflect.Value, column *column, row int) error {
		*field.Addr().Interface().(*T) = value(column, row)
		return nil
	}
}
