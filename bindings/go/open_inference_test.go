package sidekick_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// openModel opens a model of the local server by the Open Inference Protocol.
func openModel(t *testing.T, id string, options ...sidekick.Option) *sidekick.Deployment {
	t.Helper()
	url := os.Getenv("SIDEKICK_SERVER_URL") + "/v2/models/" + id
	model, err := sidekick.Open(context.Background(), url, id+"-token", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { model.Close() })
	if model.Protocol() != sidekick.ProtocolOpenInference {
		t.Errorf("the protocol is %v", model.Protocol())
	}
	return model
}

func TestModelOfTheOpenInferenceProtocolIsADeployment(t *testing.T) {
	model := openModel(t, "reciprocal")
	rows := model.NewRows()
	for _, number := range []float64{1, 2, 4} {
		rows.Number("number", number).End()
	}
	numbers := must[[]float64](t)(predict(t, model, rows).Numbers("reciprocal"))
	if len(numbers) != 3 || numbers[2] != 0.25 {
		t.Errorf("got %v", numbers)
	}
	_, err := sidekick.Open(context.Background(), os.Getenv("SIDEKICK_SERVER_URL")+"/v2", "")
	if err == nil || !strings.Contains(err.Error(), "names no model of its server") {
		t.Errorf("got %v", err)
	}
}

func TestTensorsAreSentAsChosen(t *testing.T) {
	for _, wire := range []sidekick.Wire{sidekick.WireAuto, sidekick.WireBinary, sidekick.WireJSON} {
		model := openModel(t, "reciprocal", sidekick.WithWire(wire))
		found := predict(t, model, model.NewRows().Number("number", 4).End())
		if numbers := must[[]float64](t)(found.Numbers("reciprocal")); numbers[0] != 0.25 {
			t.Errorf("got %v", numbers)
		}
		if limit := model.BatchLimit(); limit != 0 {
			t.Errorf("the limit is %d", limit)
		}
	}
	if limit := openModel(t, "fixed").BatchLimit(); limit != 1 {
		t.Errorf("the limit is %d", limit)
	}
}

func TestElementsKeepTheTypeOfTheirTensor(t *testing.T) {
	model := openModel(t, "simple")
	values := make([]int32, 16)
	for place := range values {
		values[place] = 2147483000
	}
	ones := slices.Repeat([]int32{1}, 16)
	rows := model.NewRows()
	rows.Array("INPUT0", sidekick.ArrayOf(values)).Array("INPUT1", sidekick.ArrayOf(ones)).End()
	predictions := predict(t, model, rows)
	sums := must[[]int32](t)(sidekick.Elements[int32](predictions, "OUTPUT0"))
	if len(sums) != 16 || sums[15] != 2147483001 {
		t.Errorf("got %v", sums)
	}
	_, err := sidekick.Elements[float32](predictions, "OUTPUT0")
	if failure := (*sidekick.Error)(nil); !errors.As(err, &failure) || failure.Status != sidekick.StatusFeatureType {
		t.Errorf("got %v", err)
	}
	echo := open(t, "reciprocal")
	again := predict(t, echo, echo.NewRows().Number("number", 8).End())
	if numbers := must[[]float64](t)(sidekick.Elements[float64](again, "reciprocal")); numbers[0] != 0.125 {
		t.Errorf("got %v", numbers)
	}
	half := openModel(t, "reciprocal")
	found := predict(t, half, half.NewRows().Number("number", 8).End())
	if numbers := must[[]float32](t)(sidekick.Elements[float32](found, "reciprocal")); numbers[0] != 0.125 {
		t.Errorf("got %v", numbers)
	}
}

// serveDoubles answers as a model whose output is an array of three FP64.
func serveDoubles(answer http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodPost {
		fmt.Fprint(answer, `{"outputs":[{"name":"y","datatype":"FP64","shape":[1,3],"data":[0.1,1e300,-2]}]}`)
		return
	}
	tensor := func(name string) string { return `[{"name":"` + name + `","datatype":"FP64","shape":[-1,3]}]` }
	fmt.Fprintf(answer, `{"inputs":%s,"outputs":%s}`, tensor("x"), tensor("y"))
}

func TestElementsOfAnArrayOfDoublesLoseNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveDoubles))
	defer server.Close()
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m", ""))
	defer model.Close()
	rows := model.NewRows().Array("x", sidekick.ArrayOf([]float64{1, 2, 3})).End()
	found := must[[]float64](t)(sidekick.Elements[float64](predict(t, model, rows), "y"))
	if !slices.Equal(found, []float64{0.1, 1e300, -2}) {
		t.Errorf("got %v", found)
	}
}

func TestProtocolAndVersionOfAModel(t *testing.T) {
	model := openModel(t, "reciprocal", sidekick.WithProtocol(sidekick.ProtocolOpenInference))
	if version := model.ModelVersion(); version != "1" {
		t.Errorf("the version is %q", version)
	}
	if version := open(t, "reciprocal").ModelVersion(); version != "" {
		t.Errorf("the version is %q", version)
	}
	url := os.Getenv("SIDEKICK_SERVER_URL") + "/v2/models/reciprocal"
	asDeployment := sidekick.WithProtocol(sidekick.ProtocolDeploymentAPI)
	_, err := sidekick.Open(context.Background(), url, "reciprocal-token", asDeployment)
	failure(t, err, sidekick.StatusHTTP)
	_, err = sidekick.Open(context.Background(), url, "", sidekick.WithProtocol(9))
	failure(t, err, sidekick.StatusArgument)
}

const labels = `{"outputs": [{"name": "species", "labels": ["Adelie", "Chinstrap", "Gentoo"]}]}`

func TestDescriptionIsLaidOverTheMetadata(t *testing.T) {
	file := filepath.Join(t.TempDir(), "description.json")
	if err := os.WriteFile(file, []byte(labels), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, option := range []sidekick.Option{
		sidekick.WithModelDescription(labels), sidekick.WithModelDescriptionFile(file),
	} {
		model := openModel(t, "penguins", option)
		features := sidekick.ArrayOf([]float32{1, 0, 0, 1, 0, 46.1, 13.2, 211, 2007})
		found := must[sidekick.Categories](t)(
			predict(t, model, model.NewRows().Array("features", features).End()).Categories("species"))
		if best := found.Best(0); best.Label != "Gentoo" {
			t.Errorf("got %v", best)
		}
	}
	url := os.Getenv("SIDEKICK_SERVER_URL") + "/v2/models/penguins"
	_, err := sidekick.Open(context.Background(), url, "", sidekick.WithModelDescription(`{"inputs": [{}]}`))
	if failed := failure(t, err, sidekick.StatusArgument); !strings.Contains(failed.Error(), "inputs[0]") {
		t.Error(failed)
	}
	_, err = sidekick.Open(context.Background(), url, "", sidekick.WithModelDescriptionFile("no such file"))
	failure(t, err, sidekick.StatusFile)
}

// passing opens a model of tests/passing_models.py.
func passing(t *testing.T, id, description string) *sidekick.Deployment {
	t.Helper()
	url := os.Getenv("SIDEKICK_MISBEHAVING_URL") + "/v2/models/" + id
	model := must[*sidekick.Deployment](t)(
		sidekick.Open(context.Background(), url, "", sidekick.WithModelDescription(description)))
	t.Cleanup(func() { model.Close() })
	return model
}

const bytesBothWays = `{"inputs": [{"name": "value", "type": "bytes"}],
	"outputs": [{"name": "value_out", "type": "bytes"}]}`

func TestBytesHaveAnyMeaning(t *testing.T) {
	model := passing(t, "bytes", bytesBothWays)
	if input := model.Inputs()[0]; input.Type != sidekick.Bytes || !strings.HasSuffix(input.String(), ": bytes [1]") {
		t.Errorf("the input is %v", input)
	}
	zero := []byte{0, 0xff}
	rows := model.NewRows().Bytes("value", zero).End().Bytes("value", nil).End()
	rows.Columns(sidekick.ColumnOf("value", [][]byte{[]byte("a"), zero}))
	rows.Struct(struct {
		Value []byte `sidekick:"value"`
	}{zero})
	predictions := predict(t, model, rows)
	values := must[[][]byte](t)(predictions.Bytes("value_out"))
	if expected := [][]byte{zero, {}, []byte("a"), zero, zero}; !slices.EqualFunc(values, expected, bytes.Equal) {
		t.Errorf("got %q", values)
	}
	decoded := must[[]struct {
		Value []byte `sidekick:"value_out"`
	}](t)(
		sidekick.Decode[struct {
			Value []byte `sidekick:"value_out"`
		}](predictions))
	if len(decoded) != 5 || !bytes.Equal(decoded[4].Value, zero) {
		t.Errorf("got %q", decoded)
	}
	_, err := predictions.Texts("value_out")
	failure(t, err, sidekick.StatusFeatureType)
	failure(t, model.NewRows().Text("value", "text").Err(), sidekick.StatusFeatureType)
	failure(t, open(t, "echo").NewRows().Bytes("text", zero).Err(), sidekick.StatusFeatureType)
}

func TestInputsCanBeOptional(t *testing.T) {
	model := passing(t, "bytes", `{"inputs": [{"name": "value", "optional": true}]}`)
	if !model.Inputs()[0].Optional || model.Outputs()[0].Optional || open(t, "echo").Inputs()[0].Optional {
		t.Error(model.Inputs(), model.Outputs())
	}
}

// serveIntegers answers as a model that returns an INT64 and a UINT64 beyond what doubles hold.
func serveIntegers(answer http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodPost {
		fmt.Fprint(answer, `{"outputs":[{"name":"i","datatype":"INT64","shape":[1],"data":[9007199254740993]},
			{"name":"u","datatype":"UINT64","shape":[1],"data":[18446744073709551615]},
			{"name":"f","datatype":"FP32","shape":[1],"data":[0.5]}]}`)
		return
	}
	fmt.Fprint(answer, `{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":[
		{"name":"i","datatype":"INT64","shape":[-1]},{"name":"u","datatype":"UINT64","shape":[-1]},
		{"name":"f","datatype":"FP32","shape":[-1]}]}`)
}

func TestIntegersAreExact(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveIntegers))
	defer server.Close()
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m", ""))
	defer model.Close()
	predictions := predict(t, model, model.NewRows().Number("x", 1).End())
	if element := model.Outputs()[1].Element; element != sidekick.ElementUint64 {
		t.Errorf("the elements are %v", element)
	}
	if integers := must[[]int64](t)(predictions.Integers("i")); integers[0] != 9007199254740993 {
		t.Errorf("got %v", integers)
	}
	for output, says := range map[string]string{
		"u": "18446744073709551615 is beyond an int64", "f": "0.5 is not an integer",
	} {
		_, err := predictions.Integers(output)
		failed := failure(t, err, sidekick.StatusFeatureValue)
		if !strings.HasSuffix(failed.Error(), says) || failed.Row != 0 || failed.Feature != output {
			t.Error(failed)
		}
	}
	decoded := must[[]struct {
		I int64 `sidekick:"i"`
	}](t)(
		sidekick.Decode[struct {
			I int64 `sidekick:"i"`
		}](predictions))
	if decoded[0].I != 9007199254740993 {
		t.Errorf("got %v", decoded)
	}
	_, err := sidekick.Decode[struct {
		I int8 `sidekick:"i"`
	}](predictions)
	failure(t, err, sidekick.StatusFeatureValue)
}

// outputTensor is an output of a model, and what it has for one row.
type outputTensor struct{ name, datatype, declared, shape, data string }

// modelOf opens a model of one number that always has the same outputs.
func modelOf(t *testing.T, outputs ...outputTensor) *sidekick.Deployment {
	t.Helper()
	var declared, answered []string
	for _, tensor := range outputs {
		head := fmt.Sprintf(`{"name":%q,"datatype":%q,"shape":`, tensor.name, tensor.datatype)
		declared = append(declared, head+tensor.declared+"}")
		answered = append(answered, head+tensor.shape+`,"data":`+tensor.data+"}")
	}
	metadata := `{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":[` + strings.Join(declared, ",") + "]}"
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodPost {
			fmt.Fprint(answer, `{"outputs":[`+strings.Join(answered, ",")+"]}")
			return
		}
		fmt.Fprint(answer, metadata)
	}))
	t.Cleanup(server.Close)
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m", ""))
	t.Cleanup(func() { model.Close() })
	return model
}

// large are arrays of integers with more digits than a float32 has.
var large = []outputTensor{
	{"i32", "INT32", "[-1,1,3]", "[1,1,3]", "[16777217,2147483647,-2147483647]"},
	{"u32", "UINT32", "[-1,3]", "[1,3]", "[16777217,4294967295,0]"},
	{"i64", "INT64", "[-1,3]", "[1,3]", "[9007199254740991,-9007199254740991,16777217]"},
	{"u64", "UINT64", "[-1,3]", "[1,3]", "[9007199254740991,18446744073709551615,16777217]"},
	{"free", "INT32", "[-1,-1]", "[1,2]", "[16777217,-16777217]"},
	{"f64", "FP64", "[-1,3]", "[1,3]", "[0.1,1e300,16777217]"},
	{"i8", "INT8", "[-1,3]", "[1,3]", "[-128,0,127]"},
	{"f32", "FP32", "[-1,3]", "[1,3]", "[0.5,16777216,-2]"},
}

func TestArraysOfIntegersAreExactAsFloat64(t *testing.T) {
	type metres float64
	type answer struct {
		I32   []float64    `sidekick:"i32"`
		Rows  [][3]metres  `sidekick:"i32"`
		Fixed [1][]float64 `sidekick:"i32"`
		Small []float32    `sidekick:"i32"`
		U32   [3]float64   `sidekick:"u32"`
		I64   []metres     `sidekick:"i64"`
		U64   *[]float64   `sidekick:"u64"`
		Free  []float64    `sidekick:"free"`
		F64   [3]metres    `sidekick:"f64"`
		I8    []float64    `sidekick:"i8"`
		F32   []float64    `sidekick:"f32"`
	}
	model := modelOf(t, large...)
	predictions := predict(t, model, model.NewRows().Number("x", 1).End())
	found := must[[]answer](t)(sidekick.Decode[answer](predictions))[0]
	expected := answer{
		I32:   []float64{16777217, 2147483647, -2147483647},
		Rows:  [][3]metres{{16777217, 2147483647, -2147483647}},
		Fixed: [1][]float64{{16777217, 2147483647, -2147483647}},
		Small: []float32{16777216, 2147483648, -2147483648},
		U32:   [3]float64{16777217, 4294967295, 0},
		I64:   []metres{9007199254740991, -9007199254740991, 16777217},
		U64:   &[]float64{9007199254740991, 1 << 64, 16777217},
		Free:  []float64{16777217, -16777217},
		F64:   [3]metres{0.1, 1e300, 16777217},
		I8:    []float64{-128, 0, 127},
		F32:   []float64{0.5, 16777216, -2},
	}
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("got %+v", found)
	}
}

// TestEachRowOfIntegersIsExactAsFloat64 has rows that begin within the tensor.
func TestEachRowOfIntegersIsExactAsFloat64(t *testing.T) {
	type answer struct {
		I []float64 `sidekick:"i_out"`
	}
	model := passing(t, "arrays", "{}")
	rows := model.NewRows()
	for row := range 3 {
		integers := sidekick.ArrayOf([]int64{1<<53 - int64(row), -1<<53 + int64(row)})
		rows.Array("i", integers).Array("d", sidekick.ArrayOf([]float64{1, 2})).End()
	}
	for row, found := range must[[]answer](t)(sidekick.Decode[answer](predict(t, model, rows))) {
		if expected := []float64{1<<53 - float64(row), -1<<53 + float64(row)}; !slices.Equal(found.I, expected) {
			t.Errorf("row %d: %v", row, found.I)
		}
	}
}

func TestMapsHaveIntegersOf64Bits(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveIntegers))
	defer server.Close()
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m", ""))
	defer model.Close()
	rows := model.NewRows().Number("x", 1).End()
	found := must[[]map[string]any](t)(sidekick.Decode[map[string]any](predict(t, model, rows)))[0]
	expected := map[string]any{"i": int64(9007199254740993), "u": uint64(math.MaxUint64), "f": 0.5}
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("got %v", found)
	}
}

// serveArrays answers as a model of arrays of each type that has more digits than a float32, and of others.
func serveArrays(answer http.ResponseWriter, request *http.Request) {
	outputs := []string{}
	for _, output := range []struct{ datatype, data string }{
		{"INT32", "2147483647,-16777217"}, {"UINT32", "4294967295,16777217"},
		{"INT64", "9007199254740993,-1"}, {"UINT64", "18446744073709551615,1"}, {"FP64", "0.1,1e300"},
		{"FP32", "0.1,2"}, {"INT16", "-32768,2"},
	} {
		rows, data := "-1", ""
		if request.Method == http.MethodPost {
			rows, data = "2", fmt.Sprintf(`,"data":[0,0,%s]`, output.data)
		}
		outputs = append(outputs, fmt.Sprintf(`{"name":"%s","datatype":"%[1]s","shape":[%s,2]%s}`,
			output.datatype, rows, data))
	}
	fmt.Fprintf(answer, `{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":[%s]}`,
		strings.Join(outputs, ","))
}

func TestMapsHaveArraysOfTheTypeThatHoldsThem(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveArrays))
	defer server.Close()
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m", ""))
	defer model.Close()
	predictions := predict(t, model, model.NewRows().Number("x", 1).End().Number("x", 2).End())
	found := must[[]map[string]any](t)(sidekick.Decode[map[string]any](predictions))
	expected := map[string]any{
		"INT32": []int32{math.MaxInt32, -1<<24 - 1}, "UINT32": []uint32{math.MaxUint32, 1<<24 + 1},
		"INT64": []int64{1<<53 + 1, -1}, "UINT64": []uint64{math.MaxUint64, 1}, "FP64": []float64{0.1, 1e300},
		"FP32": []float32{0.1, 2}, "INT16": []float32{-32768, 2},
	}
	if !reflect.DeepEqual(found[1], expected) {
		t.Errorf("got %v", found[1])
	}
	// They are copies.
	found[0]["INT64"].([]int64)[0] = 7
	if elements := must[[]int64](t)(sidekick.Elements[int64](predictions, "INT64")); elements[0] != 0 {
		t.Error(elements)
	}
}

// TestMapsHaveArraysOfFreeShapes has rows of different sizes.
func TestMapsHaveArraysOfFreeShapes(t *testing.T) {
	model := passing(t, "free", "{}")
	rows := model.NewRows()
	for _, size := range []int{1, 0, 2} {
		rows.Array("x", sidekick.ArrayOf(make([]float32, 2*size), size, 2)).Integer("tag", 1).End()
	}
	found := must[[]map[string]any](t)(sidekick.Decode[map[string]any](predict(t, model, rows)))
	for row, expected := range [][]float32{{0, 0}, {}, {0, 0, 0, 0}} {
		if array := found[row]["x_out"]; !reflect.DeepEqual(array, expected) {
			t.Errorf("row %d: %v", row, array)
		}
	}
}

func TestNumbersBeyondAFloat32AreRefused(t *testing.T) {
	type small struct {
		Value float32 `sidekick:"f_out"`
	}
	type pointed struct {
		Value *float32 `sidekick:"f_out"`
	}
	model := passing(t, "numbers", "{}")
	predictionsOf := func(value float64) *sidekick.Predictions {
		rows := model.NewRows()
		for _, value := range []float64{1, value} {
			rows.Number("f", value).Integer("i", 1).End()
		}
		return predict(t, model, rows)
	}
	for _, value := range []float64{1e300, -1e300, 3.5e38} {
		predictions := predictionsOf(value)
		_, err := sidekick.Decode[small](predictions)
		_, pointedErr := sidekick.Decode[pointed](predictions)
		for _, err := range []error{err, pointedErr} {
			failed := failure(t, err, sidekick.StatusFeatureValue)
			if failed.Row != 1 || failed.Feature != "f_out" ||
				!strings.HasSuffix(failed.Message, fmt.Sprintf("%v is beyond float32", value)) {
				t.Errorf("%+v", failed)
			}
		}
		if numbers := must[[]float64](t)(predictions.Numbers("f_out")); numbers[1] != value {
			t.Error(numbers)
		}
	}
	for _, value := range []float64{math.MaxFloat32, 3.4028235e38, -math.MaxFloat32, 1e-300, 0.1} {
		found := must[[]small](t)(sidekick.Decode[small](predictionsOf(value)))
		if found[1].Value != float32(value) {
			t.Error(value, found)
		}
	}
}

// serveNotFinite answers as a model that returns infinity, and NaN, as bytes.
func serveNotFinite(answer http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodPost {
		fmt.Fprint(answer, `{"inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":[
			{"name":"inf","datatype":"FP64","shape":[-1]},{"name":"nan","datatype":"FP64","shape":[-1]}]}`)
		return
	}
	head := `{"outputs":[
		{"name":"inf","datatype":"FP64","shape":[1],"parameters":{"binary_data_size":8}},
		{"name":"nan","datatype":"FP64","shape":[1],"parameters":{"binary_data_size":8}}]}`
	answer.Header().Set("Inference-Header-Content-Length", fmt.Sprint(len(head)))
	body := binary.LittleEndian.AppendUint64([]byte(head), math.Float64bits(math.Inf(-1)))
	answer.Write(binary.LittleEndian.AppendUint64(body, math.Float64bits(math.NaN())))
}

func TestNumbersThatAreNotFiniteStayWhatTheyAre(t *testing.T) {
	type answer struct {
		Inf float32 `sidekick:"inf"`
		NaN float32 `sidekick:"nan"`
	}
	server := httptest.NewServer(http.HandlerFunc(serveNotFinite))
	defer server.Close()
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m", "",
		sidekick.WithWire(sidekick.WireBinary)))
	defer model.Close()
	rows := model.NewRows().Number("x", 1).End()
	found := must[[]answer](t)(sidekick.Decode[answer](predict(t, model, rows)))[0]
	if !math.IsInf(float64(found.Inf), -1) || !math.IsNaN(float64(found.NaN)) {
		t.Error(found)
	}
}

// serveBrittle answers as a model that fails at a negative number, as engines do: with status 500.
func serveBrittle(answer http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	_, list, _ := strings.Cut(string(body), `"data":[`)
	list, _, posted := strings.Cut(list, "]")
	if !posted {
		tensor := func(name string) string { return `[{"name":"` + name + `","datatype":"FP32","shape":[-1]}]` }
		fmt.Fprintf(answer, `{"inputs":%s,"outputs":%s}`, tensor("x"), tensor("y"))
		return
	}
	if strings.Contains(list, "-") {
		answer.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(answer, `{"error":"it is negative"}`)
		return
	}
	rows := strings.Count(list, ",") + 1
	fmt.Fprintf(answer, `{"outputs":[{"name":"y","datatype":"FP32","shape":[%d],"data":[%s]}]}`, rows, list)
}

func TestStatus500CountsAsABadRowIfAskedFor(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveBrittle))
	defer server.Close()
	for _, isolates := range []bool{true, false} {
		settings := []sidekick.Option{sidekick.WithIsolateBadRows(true), sidekick.WithIsolateStatus500(isolates)}
		model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m",
			"", settings...))
		rows := model.NewRows().Number("x", 1).End().Number("x", -2).End().Number("x", 3).End()
		found, err := model.Predict(context.Background(), rows)
		if !isolates {
			failure(t, err, sidekick.StatusServer)
		} else if err != nil || found.Len() != 2 || len(found.Failures()) != 1 || found.Failures()[0].Row != 1 {
			t.Errorf("%v %v", found, err)
		}
		model.Close()
	}
}

func TestImagesBecomeTensors(t *testing.T) {
	model := passing(t, "images", `{"inputs": [{"name": "rgb", "type": "image"}, {"name": "chw", "optional": true},
		{"name": "file", "optional": true}], "outputs": [{"name": "rgb_out"}]}`)
	if input := model.Inputs()[0]; !strings.HasSuffix(input.String(), ": image [2 3 3]") {
		t.Error(input)
	}
	picture := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	for at := range picture.Pix {
		picture.Pix[at] = 255
	}
	found := must[[]uint8](t)(sidekick.Elements[uint8](
		predict(t, model, model.NewRows().Image("rgb", picture).End()), "rgb_out"))
	if len(found) != 18 || found[17] != 255 {
		t.Error(found)
	}
}

func TestEachRowHasItsOwnShape(t *testing.T) {
	model := passing(t, "free", "{}")
	if shape := model.Inputs()[0].Shape; !slices.Equal(shape, []int{sidekick.SizeAny, 2}) {
		t.Error(shape)
	}
	values := []float32{1, 2, 3, 4, 5, 6, 7, 8}
	rows := model.NewRows().Array("x", sidekick.ArrayOf(values, 4, 2)).Integer("tag", 1).End()
	rows.Array("x", sidekick.ArrayOf(values[:2], 1, 2)).Integer("tag", 2).End()
	rows.Columns(sidekick.ColumnOf("x", values).Shaped(2, 2), sidekick.ColumnOf("tag", []int64{3, 4}))
	predictions := predict(t, model, rows)
	shapes := must[[][]int](t)(predictions.Shapes("x_out"))
	if expected := [][]int{{4, 2}, {1, 2}, {2, 2}, {2, 2}}; !reflect.DeepEqual(shapes, expected) {
		t.Errorf("got %v", shapes)
	}
	arrays := must[[][]float32](t)(predictions.Arrays("x_out"))
	if !slices.Equal(arrays[1], values[:2]) || !slices.Equal(arrays[3], values[4:]) || len(arrays[0]) != 8 {
		t.Errorf("got %v", arrays)
	}
	echo := open(t, "echo")
	if shape := echo.Outputs()[6].Shape; !slices.Equal(shape, []int{2, 3}) {
		t.Error(shape)
	}
	one := model.NewRows().Columns(sidekick.ColumnOf("x", values), sidekick.ColumnOf("tag", []int64{3}))
	if shapes := must[[][]int](t)(predict(t, model, one).Shapes("x_out")); !slices.Equal(shapes[0], []int{4, 2}) {
		t.Error(shapes)
	}
	failure(t, model.NewRows().Columns(sidekick.ColumnOf("x", values)).Err(), sidekick.StatusFeatureShape)
}

// TestShapesOfColumnsAreThoseOfTheirInputs has shapes of fewer sizes, of more, and of others.
func TestShapesOfColumnsAreThoseOfTheirInputs(t *testing.T) {
	free, values := passing(t, "free", "{}"), []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	for text, column := range map[string]sidekick.Column{
		"[2]":     sidekick.ColumnOf("x", values[:8]).Shaped(2),
		"[]":      sidekick.ColumnOf("x", values[:4]).Shaped(),
		"[3 2 1]": sidekick.ColumnOf("x", values).Shaped(3, 2, 1),
		"[2 3]":   sidekick.ColumnOf("x", values).Shaped(2, 3),
		"[-1 2]":  sidekick.ColumnOf("x", values[:4]).Shaped(sidekick.SizeAny, 2),
		"[-2 2]":  sidekick.ColumnOf("x", values[:4]).Shaped(-2, 2),
	} {
		rows := free.NewRows().Columns(column, sidekick.ColumnOf("tag", []int64{3, 4}))
		failed := failure(t, rows.Err(), sidekick.StatusFeatureShape)
		if expected := `feature "x": expected arrays of shape [any 2], got ` + text; failed.Message != expected {
			t.Errorf("%q instead of %q", failed.Message, expected)
		}
	}
	fixed := open(t, "denoise")
	noisy := sidekick.ColumnOf("noisy", make([]float32, 64))
	failed := failure(t, fixed.NewRows().Columns(noisy.Shaped(64)).Err(), sidekick.StatusFeatureShape)
	if failed.Feature != "noisy" || !strings.HasSuffix(failed.Message, "expected arrays of shape [8 8 1], got [64]") {
		t.Errorf("%+v", failed)
	}
	if err := fixed.NewRows().Columns(noisy.Shaped(8, 8, 1)).Err(); err != nil {
		t.Error(err)
	}
}

// TestOnlyNumbersHaveAShape gives a shape to columns of all types.
func TestOnlyNumbersHaveAShape(t *testing.T) {
	deployment := open(t, "echo")
	columns := echoColumns(t, 0, 1)
	columns[0] = columns[0].Shaped(2, 3)
	columns[1] = columns[1].Shaped(1)
	for at := 2; at < len(columns); at++ {
		columns[at] = columns[at].Shaped(2)
	}
	checkEcho(t, predict(t, deployment, deployment.NewRows().Columns(columns...)), 2)
}
