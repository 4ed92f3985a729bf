package sidekick_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"image"
	"io/fs"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libsidekick.dev/go/sidekick"
)

func TestWrongTokenTellsAll(t *testing.T) {
	_, err := sidekick.Open(context.Background(), deploymentURL("echo"), "secret-token")
	failed := failure(t, fmt.Errorf("wrapped: %w", err), sidekick.StatusServer)
	if failed.HTTPStatus != 401 || failed.ServerCode != "InvalidTokenError" || failed.ServerMessage == "" {
		t.Errorf("%+v", failed)
	}
	if failed.Row != -1 || failed.Feature != "" || failed.Retryable {
		t.Errorf("%+v", failed)
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, failed), "secret") {
		t.Error("the token is in the error")
	}
	if !errors.Is(err, sidekick.ErrServer) || errors.Is(err, sidekick.ErrInput) || errors.Is(err, sidekick.StatusHTTP) {
		t.Error("in the wrong group")
	}
}

func TestDisabledDeployment(t *testing.T) {
	_, err := sidekick.Open(context.Background(), deploymentURL("disabled"), "disabled-token")
	if failed := failure(t, err, sidekick.StatusServer); failed.ServerCode != "DeploymentNotEnabled" ||
		failed.HTTPStatus != 403 {
		t.Errorf("%+v", failed)
	}
}

func TestNobodyListens(t *testing.T) {
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	address := listener.Addr().String()
	listener.Close()
	_, err := sidekick.Open(context.Background(), "http://"+address+"/forward", "token")
	if failed := failure(t, err, sidekick.StatusConnect); !failed.Retryable || !errors.Is(err, sidekick.ErrConnection) {
		t.Errorf("%+v", failed)
	}
}

func TestTimeouts(t *testing.T) {
	late, cancel := context.WithDeadline(context.Background(), time.Now())
	defer cancel()
	_, err := sidekick.Open(late, deploymentURL("echo"), "echo-token")
	if !failure(t, err, sidekick.StatusCancelled).Timeout() {
		t.Error(err)
	}
	if err := error(&sidekick.Error{Status: sidekick.StatusTimeout}); !os.IsTimeout(err) {
		t.Error(err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = sidekick.Open(cancelled, deploymentURL("echo"), "echo-token")
	if failure(t, err, sidekick.StatusCancelled).Timeout() {
		t.Error(err)
	}
}

func TestMissingFileIsTheSystems(t *testing.T) {
	deployment := open(t, "echo")
	for _, add := range []func(rows *sidekick.Rows){
		func(rows *sidekick.Rows) { rows.ImageFile("picture", "missing.png") },
		func(rows *sidekick.Rows) { rows.NPYFile("array", "missing.npy") },
	} {
		rows := deployment.NewRows()
		addEcho(rows, 0)
		add(rows)
		err := rows.Err()
		failed := failure(t, err, sidekick.StatusFile)
		if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || failed.Row != 1 {
			t.Errorf("%+v", failed)
		}
		// The system's text, which Go writes in small letters.
		if !strings.Contains(strings.ToLower(failed.Message), syscall.ENOENT.Error()) {
			t.Error(failed.Message)
		}
	}
	rows := deployment.NewRows()
	rows.ImageFile("picture", ".")
	if !errors.Is(rows.Err(), syscall.EISDIR) || errors.Is(rows.Err(), fs.ErrNotExist) {
		t.Error(rows.Err())
	}
	_, err := sidekick.Open(context.Background(), deploymentURL("echo"), "x", sidekick.WithCAFile("missing.pem"))
	if failure(t, err, sidekick.StatusFile); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestDurationsAreNoNumbers(t *testing.T) {
	deployment := open(t, "reciprocal")
	rows := deployment.NewRows()
	rows.Struct(struct {
		Number time.Duration `sidekick:"number"`
	}{time.Second})
	if failed := failure(t, rows.Err(), sidekick.StatusFeatureType); !strings.Contains(failed.Message, "Seconds()") {
		t.Error(failed)
	}
	rows.Clear()
	rows.Columns(sidekick.ColumnOf("number", []time.Duration{time.Second}))
	failed := failure(t, rows.Err(), sidekick.StatusFeatureType)
	if failed.Feature != "number" || !strings.Contains(failed.Message, "Seconds()") {
		t.Error(failed)
	}
}

func TestMalformedURL(t *testing.T) {
	for url, says := range map[string]string{
		"nowhere":                        "does not start with http:// or https://",
		"http://0.0.0.0:8000/forward":    "127.0.0.1",
		"http://127.0.0.1:18081[]/x":     `"[" at character 23`,
		"http://127.0.0.1/d\u00e9ploy/f": "%C3%A9",
	} {
		_, err := sidekick.Open(context.Background(), url, "token")
		if failed := failure(t, err, sidekick.StatusArgument); !strings.Contains(failed.Error(), says) {
			t.Errorf("%s: %v", url, failed)
		}
	}
}

func TestMalformedToken(t *testing.T) {
	for token, says := range map[string]string{
		"":              "the token is empty",
		"Bearer s3cret": `begins with "Bearer "`,
		"\ufeffs3cret":  "byte order mark at character 1",
		"s3\u00a0cret":  "no-break space at character 3",
		"s3cret\n":      "newline at character 7",
	} {
		_, err := sidekick.Open(context.Background(), "http://127.0.0.1:1/forward", token)
		failed := failure(t, err, sidekick.StatusArgument)
		if text := failed.Error(); !strings.Contains(text, says) || strings.Contains(text, "cret") ||
			failed.Attempts != 0 {
			t.Errorf("%q: %v", token, failed)
		}
	}
}

func TestAddressesOfADeployment(t *testing.T) {
	base := strings.TrimSuffix(deploymentURL("echo"), "/forward")
	for _, end := range []string{"", "/", "/forward/", "/openapi.json"} {
		deployment := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), base+end, "echo-token"))
		if len(deployment.Inputs()) == 0 {
			t.Errorf("%q: no inputs", end)
		}
		deployment.Close()
	}
}

func TestMistakesNameRowAndFeature(t *testing.T) {
	deployment := open(t, "echo")
	for name, mistake := range map[string]struct {
		add     func(rows *sidekick.Rows)
		status  sidekick.Status
		feature string
	}{
		"twice": {
			func(rows *sidekick.Rows) { rows.Number("number", 1).Number("number", 2) },
			sidekick.StatusFeatureTwice, "number",
		},
		"type": {
			func(rows *sidekick.Rows) { rows.Text("number", "1") }, sidekick.StatusFeatureType, "number",
		},
		"category": {
			func(rows *sidekick.Rows) { rows.Category("category", "d") }, sidekick.StatusFeatureValue, "category",
		},
		"integer category": {
			func(rows *sidekick.Rows) { rows.Integer("category", 7) }, sidekick.StatusFeatureValue, "category",
		},
		"not finite": {
			func(rows *sidekick.Rows) { rows.Number("number", math.Inf(1)) }, sidekick.StatusFeatureValue, "number",
		},
		"not UTF-8": {
			func(rows *sidekick.Rows) { rows.Text("text", "\xff") }, sidekick.StatusArgument, "text",
		},
		"shape": {
			func(rows *sidekick.Rows) { rows.Array("array", sidekick.ArrayOf([]int{1, 2}, 2, 1)) },
			sidekick.StatusFeatureShape, "array",
		},
		"no elements": {
			func(rows *sidekick.Rows) { rows.Array("array", sidekick.Array{}) }, sidekick.StatusArgument, "array",
		},
		"no picture": {
			func(rows *sidekick.Rows) { rows.Image("picture", nil) }, sidekick.StatusImage, "picture",
		},
		"empty picture": {
			func(rows *sidekick.Rows) { rows.Image("picture", image.NewGray(image.Rectangle{})) },
			sidekick.StatusArgument, "picture",
		},
		"broken picture": {
			func(rows *sidekick.Rows) { rows.EncodedImage("picture", []byte("x")) }, sidekick.StatusImage, "picture",
		},
		"npy": {func(rows *sidekick.Rows) { rows.NPY("array", nil) }, sidekick.StatusNPY, "array"},
		"quality": {
			func(rows *sidekick.Rows) { rows.JPEG("picture", colours(), 0) }, sidekick.StatusArgument, "picture",
		},
		"durations": {
			func(rows *sidekick.Rows) { rows.Array("array", sidekick.ArrayOf(make([]time.Duration, 6), 2, 3)) },
			sidekick.StatusFeatureType, "array",
		},
		"file":   {func(rows *sidekick.Rows) { rows.NPYFile("array", "missing.npy") }, sidekick.StatusFile, "array"},
		"no row": {func(rows *sidekick.Rows) { rows.End() }, sidekick.StatusRowIncomplete, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rows := deployment.NewRows()
			addEcho(rows, 0)
			mistake.add(rows)
			addEcho(rows, 1)
			failed := failure(t, rows.Err(), mistake.status)
			if failed.Feature != mistake.feature || mistake.feature != "" && failed.Row != 1 {
				t.Errorf("%+v", failed)
			}
			_, err := deployment.Predict(context.Background(), rows)
			failure(t, err, mistake.status)
			rows.Clear()
			addEcho(rows, 0)
			checkEcho(t, predict(t, deployment, rows), 1)
		})
	}
}

func TestUnknownInputsAreNamed(t *testing.T) {
	rows := open(t, "echo").NewRows().Number("Number", 1).Image("x", nil).Text("y", "\xff")
	failed := failure(t, rows.Err(), sidekick.StatusUnknownFeature)
	if !strings.Contains(failed.Message, `"Number"`) || !strings.Contains(failed.Message, `"number", "category"`) {
		t.Error(failed)
	}
	if !errors.Is(failed, sidekick.ErrInput) {
		t.Error("in no group")
	}
}

// serveToken answers as a model of many inputs, one of whose names holds the token of the request.
func serveToken(answer http.ResponseWriter, request *http.Request) {
	tensor := func(name string) string { return `{"name":"` + name + `","datatype":"FP32","shape":[-1]}` }
	if request.Method == http.MethodPost {
		fmt.Fprint(answer, `{"outputs":[{"name":"y","datatype":"FP32","shape":[1],"data":[1]},
			{"name":"my s3cret-token","datatype":"FP32","shape":[1],"data":[1]}]}`)
		return
	}
	inputs := []string{tensor("my s3cret-token")}
	for at := range 25 {
		inputs = append(inputs, tensor(fmt.Sprintf("x%d", at)))
	}
	fmt.Fprintf(answer, `{"inputs":[%s],"outputs":[%s,%s]}`, strings.Join(inputs, ","), tensor("y"),
		tensor("my s3cret-token"))
}

func TestListsOfNamesAreShortAndShowNoToken(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(serveToken))
	defer server.Close()
	model := must[*sidekick.Deployment](t)(sidekick.Open(context.Background(), server.URL+"/v2/models/m",
		"s3cret-token"))
	defer model.Close()
	type none struct{ Nope float64 }
	rows := model.NewRows().Number("my s3cret-token", 1)
	for at := range 25 {
		rows.Number(fmt.Sprintf("x%d", at), 1)
	}
	predictions := predict(t, model, rows.End())
	_, unread := predictions.Numbers("nope")
	_, undecoded := sidekick.Decode[none](predictions)
	for text, err := range map[string]error{
		`named "nope"; the deployment has 26: `:  model.NewRows().Number("nope", 1).Err(),
		`named "nopes"; the deployment has 26: `: model.NewRows().Map(map[string]any{"nopes": 1}).Err(),
		`named "Nope"; the deployment has 26: `:  model.NewRows().Struct(none{}).Err(),
		`named "nope"; the deployment has 2: `:   unread,
		`named "Nope"; the deployment has 2: `:   undecoded,
	} {
		failed := failure(t, err, sidekick.StatusUnknownFeature)
		if !strings.Contains(failed.Message, text) || strings.Contains(failed.Message, `"x24"`) {
			t.Error(failed)
		}
	}
}

func TestTheFirstMistakeIsKept(t *testing.T) {
	rows := open(t, "echo").NewRows().Text("number", "1").Number("x", 1)
	failure(t, rows.Err(), sidekick.StatusFeatureType)
}

func TestRowsHaveToBeWholeAndTheDeployments(t *testing.T) {
	deployment := open(t, "batch-size")
	_, err := deployment.Predict(context.Background(), deployment.NewRows().Number("number", 1))
	failure(t, err, sidekick.StatusRowIncomplete)
	_, err = deployment.Predict(context.Background(), open(t, "batch-size").NewRows())
	failure(t, err, sidekick.StatusArgument)
}

func TestReadersOfAnotherType(t *testing.T) {
	deployment := open(t, "echo")
	predictions := predict(t, deployment, deployment.NewRows())
	_, err := predictions.Numbers("text")
	if failed := failure(t, err, sidekick.StatusFeatureType); failed.Feature != "text" {
		t.Errorf("%+v", failed)
	}
	_, err = predictions.Arrays("number")
	failure(t, err, sidekick.StatusFeatureType)
	_, err = predictions.Texts("none")
	failure(t, err, sidekick.StatusUnknownFeature)
}

func TestAReplyThatIsNotWhatWasDeclared(t *testing.T) {
	deployment := open(t, "reciprocal")
	_, err := deployment.Predict(context.Background(),
		deployment.NewRows().Number("number", 1).End().Number("number", 0).End())
	var failed *sidekick.Error
	if !errors.As(err, &failed) || failed.HTTPStatus == 0 {
		t.Errorf("%+v", err)
	}
}

func TestABrokenPicture(t *testing.T) {
	_, err := sidekick.Picture{MediaType: "image/png", Bytes: []byte("x")}.Decode()
	failure(t, err, sidekick.StatusImage)
}

// TestStatusesAreTheHeaders compares the constants with the C header's.
func TestStatusesAreTheHeaders(t *testing.T) {
	header := string(must[[]byte](t)(os.ReadFile(os.Getenv("SIDEKICK_INCLUDE_DIR") + "/sidekick.h")))
	expected := map[string]string{}
	for _, found := range regexp.MustCompile(`#define SIDEKICK_ERROR_(\w+) (\d+)`).FindAllStringSubmatch(header, -1) {
		expected["status"+strings.ToLower(strings.ReplaceAll(found[1], "_", ""))] = found[2]
	}
	source := must[*ast.File](t)(parser.ParseFile(token.NewFileSet(), "error.go", nil, 0))
	found := map[string]string{}
	ast.Inspect(source, func(node ast.Node) bool {
		if constant, is := node.(*ast.ValueSpec); is && len(constant.Values) == 1 {
			if value, is := constant.Values[0].(*ast.BasicLit); is {
				found[strings.ToLower(constant.Names[0].Name)] = value.Value
			}
		}
		return true
	})
	for name, number := range found {
		status := sidekick.Status(must[int](t)(strconv.Atoi(number)))
		text, message := "status"+strings.ToLower(status.String()), "sidekick: "+status.String()
		if text != name || status.Error() != message {
			t.Errorf("%s is %q", name, status)
		}
	}
	if text := sidekick.Status(99).Error(); text != "sidekick: status 99" {
		t.Error(text)
	}
	if len(expected) < 20 || fmt.Sprint(found) != fmt.Sprint(expected) {
		t.Errorf("%v\n%v", found, expected)
	}
}
