package sidekick

import (
	"fmt"
	"strings"
)

var statusNames = map[Status]string{
	StatusArgument: "Argument", StatusInternal: "Internal", StatusMemory: "Memory", StatusFile: "File",
	StatusStreamFull: "StreamFull",

	StatusUnknownFeature: "UnknownFeature", StatusFeatureType: "FeatureType", StatusFeatureShape: "FeatureShape",
	StatusFeatureValue: "FeatureValue", StatusFeatureTwice: "FeatureTwice", StatusRowIncomplete: "RowIncomplete",
	StatusImage: "Image", StatusNPY: "NPY",

	StatusConnect: "Connect", StatusTLS: "TLS", StatusTimeout: "Timeout", StatusNetwork: "Network",
	StatusCancelled: "Cancelled",

	StatusHTTP: "HTTP", StatusServer: "Server",

	StatusDescribe: "Describe", StatusReplyMalformed: "ReplyMalformed", StatusReplyRows: "ReplyRows",
	StatusReplyOutput: "ReplyOutput", StatusReplyType: "ReplyType", StatusReplyShape: "ReplyShape",
	StatusReplyEncoding: "ReplyEncoding", StatusReplyTooLarge: "ReplyTooLarge",
}

// String is the name of the constant without "Status", as "Timeout".
func (s Status) String() string {
	if name, known := statusNames[s]; known {
		return name
	}
	return fmt.Sprintf("status %d", int32(s))
}

// mostLabels is how many labels of a feature are shown if there are more than that and one.
const mostLabels = 3

// String is the feature on one line: `"size": numeric [1]`, `"x": numeric [any 2], optional`,
// `"sex": categorical [2], one of "female", "male"`.
func (f Feature) String() string {
	text := fmt.Sprintf("%q: %s", f.Name, f.kind()) + labelText(f.Categories)
	if f.Optional {
		text += ", optional"
	}
	return text
}

// kind is the feature's type and its shape, as "image [8 8 1]".
func (f Feature) kind() string { return fmt.Sprintf("%s %s", f.Type, shapeText(f.Shape)) }

// shapeText is a shape as "[any 2]".
func shapeText(shape []int) string {
	sizes := make([]string, len(shape))
	for at, size := range shape {
		sizes[at] = fmt.Sprint(size)
		if size == SizeAny {
			sizes[at] = "any"
		}
	}
	return "[" + strings.Join(sizes, " ") + "]"
}

func labelText(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	end := ""
	if hidden := len(labels) - mostLabels; hidden > 1 {
		labels, end = labels[:mostLabels], fmt.Sprintf(" and %d more", hidden)
	}
	return ", one of " + quotedNames(labels) + end
}

func quotedNames(names []string) string {
	quoted := make([]string, len(names))
	for at, name := range names {
		quoted[at] = fmt.Sprintf("%q", name)
	}
	return strings.Join(quoted, ", ")
}

// String lists the inputs and the outputs, one a line.
func (d *Deployment) String() string {
	return "inputs" + lines(d.inputs.list) + "\noutputs" + lines(d.outputs.list)
}

func lines(features []Feature) string {
	text := ""
	for _, feature := range features {
		text += "\n  " + feature.String()
	}
	return text
}
