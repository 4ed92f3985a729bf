// Package tests runs the examples and the guide's program beside the server, and checks what they say.
package tests

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// data is the folder of the sample data.
var data = filepath.Join(os.Getenv("SIDEKICK_ROOT"), "examples/data")

func deploymentURL(id string) string {
	return os.Getenv("SIDEKICK_SERVER_URL") + "/deployment/" + id + "/forward"
}

// result is what a program said and how it ended.
type result struct {
	output, errors string
	status         int
}

func run(t *testing.T, environment []string, input, program string, arguments ...string) result {
	t.Helper()
	var output, errorOutput bytes.Buffer
	command := exec.Command(program, arguments...)
	command.Env = append(os.Environ(), environment...)
	command.Stdin = strings.NewReader(input)
	command.Stdout, command.Stderr = &output, &errorOutput
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{output.String(), errorOutput.String(), command.ProcessState.ExitCode()}
}

// example runs an example, which has to succeed, on a shipped deployment.
func example(t *testing.T, program, deployment, input string, arguments ...string) string {
	t.Helper()
	arguments = append([]string{"--url", deploymentURL(deployment), "--token", deployment + "-token"}, arguments...)
	got := run(t, nil, input, programPath(program), arguments...)
	if got.status != 0 || got.errors != "" {
		t.Fatalf("%s ended with %d: %s", program, got.status, got.errors)
	}
	return got.output
}

func programPath(program string) string {
	return filepath.Join(os.Getenv("SIDEKICK_EXAMPLES"), program)
}

// heldOut is a figure that a shipped deployment records, and of how many rows.
func heldOut(t *testing.T, deployment, metric string) (float64, int) {
	t.Helper()
	path := filepath.Join(os.Getenv("SIDEKICK_ROOT"), "server/deployments", deployment, "deployment.json")
	var declared struct {
		HeldOut struct {
			Rows    int
			Metrics map[string]float64
		} `json:"held_out"`
	}
	if err := json.Unmarshal(read(t, path), &declared); err != nil {
		t.Fatal(err)
	}
	figure, found := declared.HeldOut.Metrics[metric]
	if !found {
		t.Fatalf("%s records no %q", deployment, metric)
	}
	return figure, declared.HeldOut.Rows
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readCSV(t *testing.T, path string) (header []string, lines [][]string) {
	t.Helper()
	table, err := csv.NewReader(bytes.NewReader(read(t, path))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return table[0], table[1:]
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestClassifyImagesReachesTheRecordedAccuracy(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(data, "digits/*.png"))
	accuracy, count := heldOut(t, "digits", "accuracy")
	lines := strings.Split(strings.TrimSpace(example(t, "classify_images", "digits", "", files...)), "\n")
	expected := fmt.Sprintf("%.0f of %d right", accuracy*float64(count), count)
	if len(lines) != count+1 || lines[count] != expected {
		t.Errorf("%d lines, the last %q instead of %q", len(lines), lines[len(lines)-1], expected)
	}
	words := strings.Split(lines[0], "\t")
	if len(words) != 3 || words[0] != files[0] || len(words[2]) != len("0.1234") {
		t.Errorf("%q", lines[0])
	}
}

func TestTryModelTakesEitherKindOfURL(t *testing.T) {
	model := os.Getenv("SIDEKICK_SERVER_URL") + "/v2/models/penguins"
	for _, url := range []string{deploymentURL("penguins"), model} {
		got := run(t, nil, "", programPath("try_model"), "--url", url, "--token", "penguins-token")
		if got.status != 0 || !strings.Contains(got.output, "predicts\n  species: ") {
			t.Errorf("%q %q", got.output, got.errors)
		}
	}
}

func TestClassifyImagesWithoutLabels(t *testing.T) {
	file := filepath.Join(t.TempDir(), "seven.png")
	if err := os.WriteFile(file, read(t, firstOf(t, "digits/digit-7-*.png")), 0o600); err != nil {
		t.Fatal(err)
	}
	if output := example(t, "classify_images", "digits", "", file); !strings.HasPrefix(output, file+"\t7\t") ||
		strings.Count(output, "\n") != 1 {
		t.Errorf("%q", output)
	}
}

func firstOf(t *testing.T, pattern string) string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(data, pattern))
	if len(files) == 0 {
		t.Fatalf("no file is %s", pattern)
	}
	return files[0]
}

func TestScoreTableReachesTheRecordedFigures(t *testing.T) {
	input, output := filepath.Join(data, "penguins.csv"), filepath.Join(t.TempDir(), "scored.csv")
	if said := example(t, "score_table", "penguins", "", input, output); said != "67 rows scored\n" {
		t.Errorf("%q", said)
	}
	before, linesBefore := readCSV(t, input)
	header, lines := readCSV(t, output)
	added := []string{"predicted species", "predicted species probability", "predicted body mass (g)"}
	if !slices.Equal(header, append(before, added...)) || len(lines) != len(linesBefore) {
		t.Fatal(header, len(lines))
	}
	column := func(name string) int { return slices.Index(header, name) }
	right, off := 0.0, 0.0
	for at, line := range lines {
		if !slices.Equal(line[:len(before)], linesBefore[at]) {
			t.Errorf("line %d was changed: %q", at, line)
		}
		if line[column("species")] == line[column("predicted species")] {
			right++
		}
		off += math.Abs(number(t, line[column("body mass (g)")]) - number(t, line[column("predicted body mass (g)")]))
	}
	accuracy, count := heldOut(t, "penguins", "species accuracy")
	if got := right / float64(len(lines)); len(lines) != count || math.Abs(got-accuracy) > 1e-4 {
		t.Errorf("accuracy %v of %d instead of %v of %d", got, len(lines), accuracy, count)
	}
	figure, _ := heldOut(t, "penguins", "body mass mean absolute error (g)")
	if got := off / float64(len(lines)); math.Abs(got-figure) > 0.1 {
		t.Errorf("the mass is off by %v instead of %v", got, figure)
	}
}

func TestScoreTableSuitsOtherTabularDeployments(t *testing.T) {
	input, output := filepath.Join(data, "sentences.csv"), filepath.Join(t.TempDir(), "scored.csv")
	example(t, "score_table", "language", "", input, output)
	header, lines := readCSV(t, output)
	if !slices.Equal(header, []string{"text", "language", "predicted language", "predicted language probability"}) {
		t.Error(header)
	}
	if len(lines) != 40 {
		t.Error(len(lines))
	}
}

func TestScoreTableTakesAByteOrderMark(t *testing.T) {
	input, output := filepath.Join(t.TempDir(), "table.csv"), filepath.Join(t.TempDir(), "scored.csv")
	if err := os.WriteFile(input, []byte("\ufefftext\nThe old house by the river.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	example(t, "score_table", "language", "", input, output)
	if header, lines := readCSV(t, output); header[0] != "text" || len(lines) != 1 {
		t.Error(header, lines)
	}
}

func TestScoreTableNamesWhatIsWrong(t *testing.T) {
	const head = "island,sex,bill length (mm),bill depth (mm),flipper length (mm),year\n"
	input := filepath.Join(t.TempDir(), "table.csv")
	for table, expected := range map[string]string{
		"text\nx\n":                      `score_table: the table has no column "island"` + "\n",
		head + "Dream,male,x,1,1,2007\n": `score_table: row 0: column "bill length (mm)": `,
		head + "Paris,male,1,1,1,2007\n": `score_table: sidekick: row 0: feature "island": "Paris" is none`,
	} {
		if err := os.WriteFile(input, []byte(table), 0o600); err != nil {
			t.Fatal(err)
		}
		got := run(t, nil, "", programPath("score_table"),
			"--url", deploymentURL("penguins"), "--token", "penguins-token", input, input+".out")
		if got.status != 1 || !strings.HasPrefix(got.errors, expected) || strings.Count(got.errors, "\n") != 1 {
			t.Errorf("%+v instead of %q", got, expected)
		}
	}
}

// TestDenoiseTakesNoiseOut compares with the clean digits, which stand in clean.npy in the order of the
// files' names.
func TestDenoiseTakesNoiseOut(t *testing.T) {
	digits, _ := filepath.Glob(filepath.Join(data, "digits/*.png"))
	noisy, _ := filepath.Glob(filepath.Join(data, "noisy/*.npy"))
	clean := floats(t, filepath.Join(data, "clean.npy"))
	output := filepath.Join(t.TempDir(), "out.pgm")
	before, after := 0.0, 0.0
	for _, file := range noisy {
		example(t, "denoise", "denoise", "", file, output)
		pixels, isPGM := bytes.CutPrefix(read(t, output), []byte("P5\n8 8\n255\n"))
		if !isPGM || len(pixels) != 64 {
			t.Fatalf("%q", pixels)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "noisy-"), ".npy")
		place := slices.IndexFunc(digits,
			func(digit string) bool { return filepath.Base(digit) == "digit-"+name+".png" })
		for at, value := range floats(t, file) {
			truth := clean[place*64+at]
			before += math.Pow(float64(value-truth), 2)
			after += math.Pow(float64(pixels[at])/255-float64(truth), 2)
		}
	}
	if count := float64(len(noisy) * 64); count != 20*64 || before/count < 0.04 || after*2 > before {
		t.Errorf("%v values: mean squared error %v before, %v after", count, before/count, after/count)
	}
}

// floats are the 32-bit floats of a .npy file of version 1.
func floats(t *testing.T, path string) []float32 {
	t.Helper()
	file := read(t, path)
	body := file[10+int(file[8])+int(file[9])<<8:]
	values := make([]float32, len(body)/4)
	for at := range values {
		bits := uint32(body[4*at]) | uint32(body[4*at+1])<<8 | uint32(body[4*at+2])<<16 | uint32(body[4*at+3])<<24
		values[at] = math.Float32frombits(bits)
	}
	return values
}

func TestDenoiseWritesPNGToo(t *testing.T) {
	folder := t.TempDir()
	input := firstOf(t, "noisy/*.npy")
	example(t, "denoise", "denoise", "", input, filepath.Join(folder, "out.pgm"))
	example(t, "denoise", "denoise", "", input, filepath.Join(folder, "out.png"))
	picture, format, err := image.Decode(bytes.NewReader(read(t, filepath.Join(folder, "out.png"))))
	if err != nil || format != "png" {
		t.Fatal(format, err)
	}
	pgm := read(t, filepath.Join(folder, "out.pgm"))
	if !bytes.Equal(picture.(*image.Gray).Pix, pgm[len(pgm)-64:]) {
		t.Error("the two pictures differ")
	}
}

func TestDetectLanguageReachesTheRecordedAccuracy(t *testing.T) {
	_, lines := readCSV(t, filepath.Join(data, "sentences.csv"))
	var sentences strings.Builder
	for _, line := range lines {
		fmt.Fprintln(&sentences, line[0])
	}
	said := strings.Split(strings.TrimSpace(example(t, "detect_language", "language", sentences.String())), "\n")
	if len(said) != len(lines) {
		t.Fatalf("%d lines instead of %d", len(said), len(lines))
	}
	right := 0.0
	for at, line := range said {
		words := strings.SplitN(line, "\t", 3)
		if words[2] != lines[at][0] || number(t, words[1]) > 1 {
			t.Errorf("%q", line)
		}
		if words[0] == lines[at][1] {
			right++
		}
	}
	accuracy, _ := heldOut(t, "language", "sentence accuracy (sentences.csv)")
	if got := right / float64(len(lines)); math.Abs(got-accuracy) > 1e-4 {
		t.Errorf("accuracy %v instead of %v", got, accuracy)
	}
}

func TestCountLanguagesCountsWhatDetectLanguageFinds(t *testing.T) {
	_, lines := readCSV(t, filepath.Join(data, "sentences.csv"))
	var sentences strings.Builder
	for range 30 { // more than one batch
		for _, line := range lines {
			fmt.Fprintln(&sentences, line[0])
		}
	}
	counts := map[string]int{}
	var met []string
	for _, line := range strings.Split(strings.TrimSpace(example(t, "detect_language", "language",
		sentences.String())), "\n") {
		language, _, _ := strings.Cut(line, "\t")
		if counts[language]++; counts[language] == 1 {
			met = append(met, language)
		}
	}
	var expected strings.Builder
	for _, language := range met {
		fmt.Fprintf(&expected, "%s\t%d\n", language, counts[language])
	}
	if said := example(t, "count_languages", "language", sentences.String()); said != expected.String() ||
		len(met) < 3 {
		t.Errorf("%q instead of %q", said, expected.String())
	}
	if said := example(t, "count_languages", "language", ""); said != "" {
		t.Errorf("%q", said)
	}
}

func TestTheTokenComesFromThreePlaces(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("language-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := []string{"--url", deploymentURL("language")}
	for name, given := range map[string]struct{ environment, arguments []string }{
		"argument":    {nil, []string{"--token", "language-token"}},
		"file":        {nil, []string{"--token-file", file}},
		"environment": {[]string{"SIDEKICK_TOKEN=language-token"}, nil},
	} {
		got := run(t, given.environment, "Good morning everybody\n", programPath("detect_language"),
			append(url, given.arguments...)...)
		if got.status != 0 || !strings.HasPrefix(got.output, "English\t") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWrongUseAndFailures(t *testing.T) {
	programs := map[string]string{
		"classify_images": "digits", "score_table": "penguins", "denoise": "denoise", "detect_language": "language",
		"count_languages": "language",
	}
	for program, deployment := range programs {
		t.Run(program, func(t *testing.T) {
			usage := "usage: " + program + " --url URL"
			got := run(t, nil, "", programPath(program))
			if got.status != 2 || !strings.HasPrefix(got.errors, usage) || strings.Count(got.errors, "\n") != 1 {
				t.Errorf("without arguments: %+v", got)
			}
			if got := run(t, nil, "", programPath(program), "--nonsense"); got.status != 2 ||
				!strings.HasPrefix(got.errors, usage) {
				t.Errorf("with nonsense: %+v", got)
			}
			if got := run(t, nil, "", programPath(program), "--help"); got.status != 0 ||
				!strings.HasPrefix(got.output, usage) {
				t.Errorf("help: %+v", got)
			}
			arguments := []string{"--url", deploymentURL(deployment), "--token", "secret"}
			if deployment != "language" {
				arguments = append(arguments, "a")
			}
			if program == "score_table" || program == "denoise" {
				arguments = append(arguments, "b")
			}
			got = run(t, nil, "", programPath(program), arguments...)
			if got.status != 1 || !strings.Contains(got.errors, "InvalidTokenError") ||
				strings.Contains(got.errors, "secret") || strings.Count(got.errors, "\n") != 1 {
				t.Errorf("with a wrong token: %+v", got)
			}
		})
	}
}
