package sidekick

import (
	"context"
	"fmt"
	"image"
	"math"
	"reflect"
	"slices"
)

// PredictAll predicts one row for each struct, as [Rows.Struct] adds it, and gives the outputs as structs of
// the type Out, as [Decode] makes them, in the order of the inputs. With [WithIsolateBadRows] it still fails if
// one row is bad: [PredictSeq] of [slices.Values] gives the answers of the others.
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

// PredictOne predicts one struct, or one map[string]any, as [PredictAll] does with many.
func PredictOne[Out, In any](ctx context.Context, deployment *Deployment, input In) (Out, error) {
	answers, err := PredictAll[Out](ctx, deployment, []In{input})
	if err != nil {
		var none Out
		return none, err
	}
	return answers[0], nil
}

// Decode gives the predictions as structs of the type Out, one a row. Each exported field is an output: the
// one its tag `sidekick:"..."` names, or else the one of the field's own name; the tag "-" leaves a field
// out. What fits where:
//
//   - a numeric output of shape [1], and the probability of a binary output: floats, and signed integers for
//     numbers that are whole. One that is beyond the field's type fails with [StatusFeatureValue]
//   - a categorical output: string (the most probable label), [CategoryProbability] (the same with its
//     probability), []CategoryProbability (all, the most probable first), map[string]float64
//   - a text output: string
//   - an output of the type Bytes: []byte, a copy
//   - an image output: [image.Image], []byte (the bytes of the image's file), [Picture]
//   - an array: slices and fixed arrays of float32 and float64, also nested as the output's shape is (with or
//     without sizes that are 1), and of the type that the model's tensor has: copies. Each float is the nearest
//     one to the element
//   - any output: a pointer to one of these, to a new value
//
// The fields of an embedded struct without a tag count as those of the struct; a nil pointer to one is set.
//
// With map[string]any for Out, each row is a map of all outputs: float64 (int64 for an INT64, uint64
// for a UINT64), [CategoryProbability], string, []byte, [Picture] and, for arrays, []float32 (of an INT32, a
// UINT32, an INT64, a UINT64 or an FP64 a slice of that type). Out can also be a pointer to a struct.
func Decode[Out any](predictions *Predictions) ([]Out, error) {
	decoder, err := structDecoderOf(reflect.TypeFor[Out](), predictions.outputs.features)
	if err != nil {
		return nil, err
	}
	columns, err := predictions.open()
	if err != nil {
		return nil, err
	}
	decoded := make([]Out, predictions.rows)
	for row := range decoded {
		if err := decoder.decode(columns, row, reflect.ValueOf(&decoded[row]).Elem()); err != nil {
			return nil, err
		}
	}
	return decoded, nil
}

// structDecoder sets the fields of structs of one type to the outputs of a row.
type structDecoder struct {
	outputs []Feature
	fields  []field
	set     []setField
	// isMap is set for a map, which has all outputs and no fields.
	isMap bool
	// isPointer is set for a pointer to a struct or to a map.
	isPointer bool
}

// structDecoderOf plans once for each type of a deployment.
func structDecoderOf(target reflect.Type, outputs features) (structDecoder, error) {
	if known, found := outputs.plans.Load(target); found {
		return known.(structDecoder), nil
	}
	decoder, err := newStructDecoder(target, outputs)
	if err == nil {
		outputs.plans.Store(target, decoder)
	}
	return decoder, err
}

func newStructDecoder(target reflect.Type, outputs features) (structDecoder, error) {
	if isMap(target) {
		return structDecoder{outputs: outputs.list, isMap: true}, nil
	}
	if target.Kind() == reflect.Pointer && target.Elem().Kind() != reflect.Pointer {
		decoder, err := newStructDecoder(target.Elem(), outputs)
		decoder.isPointer = true
		return decoder, err
	}
	if target.Kind() != reflect.Struct {
		return structDecoder{}, noStruct(target)
	}
	fields, err := fieldsOf(target, outputs)
	if err != nil {
		return structDecoder{}, err
	}
	decoder := structDecoder{outputs: outputs.list, fields: fields}
	for at := range fields {
		declared, feature := target.FieldByIndex(fields[at].index()), outputs.list[fields[at].feature]
		if err := canBeMade(target, fields[at].path); err != nil {
			return structDecoder{}, err
		}
		set := setFieldOf(declared.Type, feature)
		if set == nil {
			return structDecoder{}, misfit(declared, feature)
		}
		decoder.set = append(decoder.set, set)
	}
	return decoder, nil
}

// canBeMade is an error if a path leads through a pointer that package reflect cannot set.
func canBeMade(target reflect.Type, path []int) error {
	for end := 1; end < len(path); end++ {
		embedded := target.FieldByIndex(path[:end])
		if embedded.Type.Kind() == reflect.Pointer && !embedded.IsExported() {
			return newError(StatusArgument, "the embedded pointer %s of %v is not exported, and cannot be set",
				embedded.Name, target)
		}
	}
	return nil
}

// of is the field of a struct, and makes the embedded structs on the way to it.
func (f *field) of(target reflect.Value) reflect.Value {
	if f.path == nil {
		return target.Field(f.at)
	}
	for _, at := range f.path {
		if target.Kind() == reflect.Pointer {
			if target.IsNil() {
				target.Set(reflect.New(target.Type().Elem()))
			}
			target = target.Elem()
		}
		target = target.Field(at)
	}
	return target
}

func (d *structDecoder) decode(columns []column, row int, target reflect.Value) error {
	if d.isPointer {
		target.Set(reflect.New(target.Type().Elem()))
		target = target.Elem()
	}
	if d.isMap {
		decodeMap(d.outputs, columns, row, target)
	}
	for at := range d.fields {
		field := &d.fields[at]
		if err := d.set[at](field.of(target), &columns[field.feature], row); err != nil {
			return d.failure(field, row, err)
		}
	}
	return nil
}

// failure is the error of a field that could not be set.
func (d *structDecoder) failure(field *field, row int, err error) error {
	feature := d.outputs[field.feature]
	if feature.Type == Image {
		return newInputError(StatusImage, row, feature.Name, "the image cannot be decoded: %v", err)
	}
	return newInputError(StatusFeatureValue, row, feature.Name, "%v", err)
}

// setField sets a field to the value of a row; it fails for an image that is broken, for a number that is no
// integer of the field's type, and for one that is beyond a float32.
type setField func(field reflect.Value, column *column, row int) error

// setFieldOf returns how a feature becomes a value of a Go type; nil if it does not fit.
func setFieldOf(target reflect.Type, feature Feature) setField {
	switch {
	case target.Kind() == reflect.Pointer:
		return setPointedOf(target, feature)
	case feature.IsArray():
		return setArrayOf(target, feature)
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
		return setFloat
	}
	return nil
}

// setPointedOf sets a pointer to a new value.
func setPointedOf(target reflect.Type, feature Feature) setField {
	if isEndless(target) {
		return nil
	}
	set := setFieldOf(target.Elem(), feature)
	if set == nil {
		return nil
	}
	return func(field reflect.Value, column *column, row int) error {
		made := reflect.New(target.Elem())
		err := set(made.Elem(), column, row)
		field.Set(made)
		return err
	}
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

func setFloat(field reflect.Value, column *column, row int) error {
	number := column.numbers[row]
	if field.Kind() == reflect.Float32 && math.IsInf(float64(float32(number)), 0) && !math.IsInf(number, 0) {
		return fmt.Errorf("%v is beyond %v", number, field.Type())
	}
	field.SetFloat(number)
	return nil
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
