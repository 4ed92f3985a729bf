package sidekick_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
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
