package sidekick

import (
	"fmt"
	"slices"
	"sync"
)

// FeatureType is one of the five types of the Deployment API, or bytes.
type FeatureType int32

const (
	// Numeric is a number if the shape is [1], else an array of 32-bit floats.
	Numeric FeatureType = 1
	// Categorical is one of several categories; as an output, a probability for each.
	Categorical FeatureType = 2
	// Binary is one of two classes; as an output, the probability of the second.
	Binary FeatureType = 3
	// Text is text of any length.
	Text FeatureType = 4
	// Image is an image; the shape is [height, width, channels].
	Image FeatureType = 5
	// Bytes are bytes of any meaning, as the model description says.
	Bytes FeatureType = 6
)

// String is the type's name.
func (t FeatureType) String() string {
	names := map[FeatureType]string{
		Numeric: "numeric", Categorical: "categorical", Binary: "binary", Text: "text", Image: "image",
		Bytes: "bytes",
	}
	if name, known := names[t]; known {
		return name
	}
	return fmt.Sprintf("type %d", int32(t))
}

// ElementType is the type of a feature's elements: that of the model's tensor, which [Elements] reads.
type ElementType int32

// The types of elements; the zero value is that of categories, texts, images and bytes, which have none.
const (
	// ElementFloat32 is a float32.
	ElementFloat32 ElementType = 1
	// ElementFloat64 is a float64.
	ElementFloat64 ElementType = 2
	// ElementInt8 is an int8.
	ElementInt8 ElementType = 3
	// ElementInt16 is an int16.
	ElementInt16 ElementType = 4
	// ElementInt32 is an int32.
	ElementInt32 ElementType = 5
	// ElementInt64 is an int64.
	ElementInt64 ElementType = 6
	// ElementUint8 is a uint8.
	ElementUint8 ElementType = 7
	// ElementUint16 is a uint16.
	ElementUint16 ElementType = 8
	// ElementUint32 is a uint32.
	ElementUint32 ElementType = 9
	// ElementUint64 is a uint64.
	ElementUint64 ElementType = 10
	// ElementFloat16 is a 16-bit float of IEEE 754, read as its bits in a uint16.
	ElementFloat16 ElementType = 11
	// ElementBfloat16 is the upper half of a float32, read as its bits in a uint16.
	ElementBfloat16 ElementType = 12
	// ElementBool is read as 0 or 1 in a uint8.
	ElementBool ElementType = 13
)

// SizeAny is a size in the shape of a feature that may be another in each row.
const SizeAny = -1

// Feature is one input or output of a deployed model.
type Feature struct {
	// Name is free text.
	Name string
	// Type is what values it has.
	Type FeatureType
	// Shape is that of one row: [1] is a single number, an image is [height, width, channels]. A size can be
	// [SizeAny].
	Shape []int
	// Categories are those the deployment lists; none if it lists none. Integer categories are their
	// digits.
	Categories []string
	// Element is the type of its elements.
	Element ElementType
	// Optional is whether a row may leave it out, as inputs of the Open Inference Protocol can be.
	Optional bool
}

// IsArray reports whether its values are arrays: numeric, of any shape but [1].
func (f Feature) IsArray() bool {
	return f.Type == Numeric && !slices.Equal(f.Shape, []int{1})
}

// isFree reports whether a size of its shape may be another in each row.
func (f Feature) isFree() bool { return slices.Contains(f.Shape, SizeAny) }

// features are the inputs or the outputs of a deployment, found by name or by index.
type features struct {
	list  []Feature
	index map[string]int
	// plans are a structEncoder or a structDecoder for each type of Go that was used.
	plans *sync.Map
	// known ends messages about names that are not there: how many features there are, and which.
	known string
}

func newFeatures(list []Feature, known string) features {
	index := make(map[string]int, len(list))
	for at, feature := range list {
		index[feature.Name] = at
	}
	return features{list, index, new(sync.Map), known}
}

// find is the index of a name, or an error that lists the names there are.
func (f features) find(name string) (int, error) {
	if at, found := f.index[name]; found {
		return at, nil
	}
	err := newError(StatusUnknownFeature, "%s", f.lacks(name))
	err.Feature = name
	return 0, err
}

func (f features) lacks(name string) string {
	return fmt.Sprintf("there is no feature named %q%s", name, f.known)
}

func (f features) names() []string {
	names := make([]string, len(f.list))
	for at, feature := range f.list {
		names[at] = feature.Name
	}
	return names
}

// copies are features that the caller may change.
func (f features) copies() []Feature {
	copies := slices.Clone(f.list)
	for at := range copies {
		copies[at].Shape = slices.Clone(copies[at].Shape)
		copies[at].Categories = slices.Clone(copies[at].Categories)
	}
	return copies
}
