package sidekick

import (
	"image"
	"reflect"
	"slices"
	"unsafe"
)

// File is the path of a file whose contents an input is: an image for an image, a .npy file for an array.
type File string

// structEncoder adds the fields of structs of one type to rows. Any number of rows share it.
type structEncoder struct {
	source reflect.Type
	fields []field
	add    []addField
}

// addField adds the value of a field as an input. Nil pointers add nothing.
type addField func(rows *Rows, input int, value reflect.Value)

// structEncoderOf plans once for each type of a deployment.
func structEncoderOf(source reflect.Type, inputs features) (structEncoder, error) {
	if known, found := inputs.plans.Load(source); found {
		return known.(structEncoder), nil
	}
	encoder, err := newStructEncoder(source, inputs)
	if err == nil {
		inputs.plans.Store(source, encoder)
	}
	return encoder, err
}

func newStructEncoder(source reflect.Type, inputs features) (structEncoder, error) {
	fields, err := fieldsOf(source, inputs)
	if err != nil {
		return structEncoder{}, err
	}
	encoder := structEncoder{source: source, fields: fields}
	for at := range fields {
		declared, feature := source.FieldByIndex(fields[at].index()), inputs.list[fields[at].feature]
		add := addFieldOf(declared.Type, feature)
		if add == nil {
			return structEncoder{}, misfit(declared, feature)
		}
		encoder.add = append(encoder.add, add)
	}
	return encoder, nil
}

func (e *structEncoder) encode(rows *Rows, value reflect.Value) {
	for at := range e.fields {
		field := &e.fields[at]
		if field.path == nil {
			e.add[at](rows, field.feature, value.Field(field.at))
			continue
		}
		// An embedded pointer that is nil has no inputs.
		if promoted, err := value.FieldByIndexErr(field.path); err == nil {
			e.add[at](rows, field.feature, promoted)
		}
	}
}

// addFieldOf returns how a value of a Go type becomes a feature; nil if it does not fit.
func addFieldOf(source reflect.Type, feature Feature) addField {
	switch {
	case isTime(source):
		return nil
	case source == reflect.TypeFor[any]():
		return addAny
	case source.Kind() == reflect.Pointer && !isImage(source) && !isReader(source):
		return addPointedOf(source, feature)
	case feature.IsArray():
		return addArrayOf(source, feature.Shape)
	case feature.Type == Image:
		return addImageOf(source)
	case feature.Type == Bytes:
		return addBytesOf(source)
	case feature.Type == Numeric && (source.Kind() == reflect.Float32 || source.Kind() == reflect.Float64):
		return func(rows *Rows, input int, value reflect.Value) { rows.number(input, value.Float()) }
	case feature.Type == Text && source.Kind() == reflect.String:
		return func(rows *Rows, input int, value reflect.Value) { rows.text(kindText, input, value.String()) }
	case feature.Type == Text:
		return nil
	case feature.Type != Numeric && source.Kind() == reflect.String:
		return func(rows *Rows, input int, value reflect.Value) { rows.text(kindCategory, input, value.String()) }
	case feature.Type == Binary && source.Kind() == reflect.Bool:
		return func(rows *Rows, input int, value reflect.Value) { rows.binary(input, value.Bool()) }
	case isKind(source, reflect.Int, reflect.Int64):
		return func(rows *Rows, input int, value reflect.Value) { rows.integer(input, value.Int()) }
	case isKind(source, reflect.Uint, reflect.Uint64):
		return addUnsigned
	}
	return nil
}

// isKind reports whether a type's kind is one of a run of kinds.
func isKind(source reflect.Type, first, last reflect.Kind) bool {
	return first <= source.Kind() && source.Kind() <= last
}

func addUnsigned(rows *Rows, input int, value reflect.Value) {
	rows.word(kindUnsigned, input, value.Uint())
}

// addPointedOf adds what a pointer leads to, or nothing for nil. A pointer to an interface may lead to itself.
func addPointedOf(source reflect.Type, feature Feature) addField {
	if isEndless(source) || source.Elem().Kind() == reflect.Interface {
		return nil
	}
	add := addFieldOf(source.Elem(), feature)
	if add == nil {
		return nil
	}
	return func(rows *Rows, input int, value reflect.Value) {
		if !value.IsNil() {
			add(rows, input, value.Elem())
		}
	}
}

func addArrayOf(source reflect.Type, shape []int) addField {
	switch {
	case source == reflect.TypeFor[File]():
		return func(rows *Rows, input int, value reflect.Value) { rows.npyFile(input, value.String()) }
	case source == reflect.TypeFor[Array]():
		return func(rows *Rows, input int, value reflect.Value) { rows.array(input, value.Interface().(Array)) }
	case isReader(source):
		return addReader((*Rows).npy)
	case source.Kind() != reflect.Slice || dtypes[source.Elem().Kind()] == 0 || slices.Contains(shape, SizeAny):
		return addNestedOf(source, shape)
	case isTime(source.Elem()):
		return nil
	}
	return func(rows *Rows, input int, value reflect.Value) {
		if count := elementCount(shape); value.Len() != count {
			rows.mistake(rows.inputError(StatusFeatureShape, input, "an array of shape %v has %d elements, got %d",
				shape, count, value.Len()))
			return
		}
		rows.array(input, arrayOf(value, shape))
	}
}

func addBytesOf(source reflect.Type) addField {
	if isReader(source) {
		return addReader(func(rows *Rows, input int, value []byte) *Rows {
			return rows.text(kindBytes, input, string(value))
		})
	}
	if source.Kind() == reflect.Array && source.Elem().Kind() == reflect.Uint8 {
		return func(rows *Rows, input int, value reflect.Value) {
			copied := make([]byte, value.Len())
			reflect.Copy(reflect.ValueOf(copied), value)
			rows.text(kindBytes, input, string(copied))
		}
	}
	if source.Kind() != reflect.Slice || source.Elem().Kind() != reflect.Uint8 {
		return nil
	}
	return func(rows *Rows, input int, value reflect.Value) {
		bytes := value.Bytes()
		rows.text(kindBytes, input, unsafe.String(unsafe.SliceData(bytes), len(bytes)))
	}
}

func addImageOf(source reflect.Type) addField {
	switch {
	case source == reflect.TypeFor[File]():
		return func(rows *Rows, input int, value reflect.Value) { rows.imageFile(input, value.String()) }
	case source == reflect.TypeFor[[]byte]():
		return func(rows *Rows, input int, value reflect.Value) { rows.encodedImage(input, value.Bytes()) }
	case isImage(source):
		return addImageValue
	case isReader(source):
		return addReader((*Rows).encodedImage)
	}
	return nil
}

func isImage(source reflect.Type) bool { return source.Implements(reflect.TypeFor[image.Image]()) }

func addImageValue(rows *Rows, input int, value reflect.Value) {
	if value.Kind() == reflect.Pointer && value.IsNil() {
		return
	}
	if value.Kind() == reflect.Interface && value.IsNil() {
		rows.image(input, nil, 0)
		return
	}
	rows.image(input, value.Interface().(image.Image), 0)
}
