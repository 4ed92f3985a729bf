package sidekick

import (
	"reflect"
	"slices"
)

// field is a field of a struct that stands for a feature.
type field struct {
	// at is its place in the struct, feature the index of the input or output.
	at, feature int
	// path leads to a field of an embedded struct; nil for a field of the struct itself.
	path []int
}

// index is the path to the field, as package reflect takes it.
func (f *field) index() []int {
	if f.path != nil {
		return f.path
	}
	return []int{f.at}
}

// fieldsOf finds the features that a struct's exported fields stand for, with those of embedded structs.
func fieldsOf(source reflect.Type, features features) ([]field, error) {
	var fields []field
	for _, declared := range promotedFields(source) {
		name, given := declared.Tag.Lookup("sidekick")
		if name == "-" || !given && !declared.IsExported() {
			continue
		}
		if !declared.IsExported() {
			return nil, newError(StatusArgument,
				"the field %s of %v has a tag, but is not exported: begin its name with a capital letter",
				declared.Name, source)
		}
		if !given {
			name = declared.Name
		}
		feature, found := features.index[name]
		if !found {
			return nil, newError(StatusUnknownFeature,
				"the field %s of %v: %s; a tag `sidekick:\"...\"` names one, and `sidekick:\"-\"` leaves the field out",
				declared.Name, source, features.lacks(name))
		}
		fields = append(fields, fieldAt(declared.Index, feature))
	}
	return fields, nil
}

func fieldAt(index []int, feature int) field {
	if len(index) == 1 {
		return field{at: index[0], feature: feature}
	}
	return field{feature: feature, path: index}
}

// promotedFields are the fields of a struct, in their order, with those of embedded structs in the place of
// these. A field hides those of the same name that are embedded deeper.
func promotedFields(source reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	names, known := map[string]bool{}, map[reflect.Type]bool{}
	for level := []reflect.StructField{{Type: source}}; len(level) > 0; {
		first := len(fields)
		for _, embedding := range level {
			known[structOf(embedding.Type)] = true
		}
		fields, level = addLevel(fields, level, names, known)
		for _, field := range fields[first:] {
			names[field.Name] = true
		}
	}
	slices.SortFunc(fields, func(one, other reflect.StructField) int {
		return slices.Compare(one.Index, other.Index)
	})
	return fields
}

// addLevel adds the fields of structs that are embedded equally deep, and returns those embedded in them that
// are not known.
func addLevel(fields, level []reflect.StructField, hidden map[string]bool,
	known map[reflect.Type]bool) (found, next []reflect.StructField) {
	for _, embedding := range level {
		source := structOf(embedding.Type)
		for at := range source.NumField() {
			field := source.Field(at)
			field.Index = append(slices.Clone(embedding.Index), at)
			_, tagged := field.Tag.Lookup("sidekick")
			switch {
			case field.Anonymous && !tagged && structOf(field.Type).Kind() == reflect.Struct:
				if !known[structOf(field.Type)] {
					next = append(next, field)
				}
			case !hidden[field.Name]:
				fields = append(fields, field)
			}
		}
	}
	return fields, next
}

// structOf is the type that an embedded pointer leads to, or the type itself.
func structOf(embedded reflect.Type) reflect.Type {
	if embedded.Kind() == reflect.Pointer {
		return embedded.Elem()
	}
	return embedded
}

// isEndless reports whether a pointer leads to more pointers than any program has, such as type P *P.
func isEndless(pointer reflect.Type) bool {
	for range mostLevels {
		if pointer.Kind() != reflect.Pointer {
			return false
		}
		pointer = pointer.Elem()
	}
	return true
}

// noStruct is the error for a type that fits neither a row nor its outputs.
func noStruct(given reflect.Type) error {
	return newError(StatusArgument, "%v is neither a struct nor a map[string]any", given)
}

// misfit is the error for a field of a type that does not fit its feature.
func misfit(field reflect.StructField, feature Feature) error {
	err := newError(StatusFeatureType, "feature %q: is %s, and the field %s of type %v does not fit it",
		feature.Name, feature.kind(), field.Name, field.Type)
	if isTime(field.Type) {
		err.Message += ": " + errTime
	}
	err.Feature = feature.Name
	return err
}
