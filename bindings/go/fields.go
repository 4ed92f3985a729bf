package sidekick

import "reflect"

// field is a field of a struct that stands for a feature.
type field struct {
	// at is its place in the struct, feature the index of the input or output.
	at, feature int
}

// fieldsOf finds the features that a struct's exported fields stand for.
func fieldsOf(source reflect.Type, features features) ([]field, error) {
	var fields []field
	for at := range source.NumField() {
		name, given := source.Field(at).Tag.Lookup("sidekick")
		if !source.Field(at).IsExported() || name == "-" {
			continue
		}
		if !given {
			name = source.Field(at).Name
		}
		feature, err := features.find(name)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field{at, feature})
	}
	return fields, nil
}

// misfit is the error for a field of a type that does not fit its feature.
func misfit(field reflect.StructField, feature Feature) error {
	err := newError(StatusFeatureType, "feature %q: is %v, and the field %s of type %v does not fit it",
		feature.Name, feature, field.Name, field.Type)
	if isTime(field.Type) {
		err.Message += ": " + errTime
	}
	err.Feature = feature.Name
	return err
}
