package sidekick_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"libsidekick.dev/go/sidekick"
)

// openModel opens a model of the local server by the Open Inference Protocol.
func openModel(t *testing.T, id string) *sidekick.Deployment {
	t.Helper()
	url := os.Getenv("SIDEKICK_SERVER_URL") + "/v2/models/" + id
	model, err := sidekick.Open(context.Background(), url, id+"-token")
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
