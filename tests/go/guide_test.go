package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheGuidesProgramsRun builds and runs the programs of docs/go.md, each as a module of its own, and
// compares what they print with what the guide says.
func TestTheGuidesProgramsRun(t *testing.T) {
	model := os.Getenv("SIDEKICK_SERVER_URL") + "/v2/models/penguins"
	for heading, given := range map[string]struct{ url, token, input string }{
		"First program":                         {deploymentURL("penguins"), "penguins-token", ""},
		"Models of the Open Inference Protocol": {model, "penguins-token", ""},
		"Streaming": {
			deploymentURL("language"), "language-token",
			"Where is the nearest library?\nWo ist die nächste Bibliothek?\n",
		},
	} {
		t.Run(heading, func(t *testing.T) { runGuide(t, heading, given.url, given.token, given.input) })
	}
}

// runGuide runs the program below a heading.
func runGuide(t *testing.T, heading, url, token, input string) {
	root := os.Getenv("SIDEKICK_ROOT")
	_, guide, _ := strings.Cut(string(read(t, filepath.Join(root, "docs/go.md"))), "\n## "+heading+"\n")
	blocks := regexp.MustCompile("(?s)```go\n(package main.*?)```.*?```text\n(.*?)```").FindStringSubmatch(guide)
	if blocks == nil {
		t.Fatal("the guide has no program with its output")
	}
	folder := filepath.Join(os.Getenv("SIDEKICK_SCRATCH"), "guide", heading)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	module := "module first\n\ngo 1.24\n\nrequire libsidekick.dev/go/sidekick v0.2.0\n\n" +
		"replace libsidekick.dev/go/sidekick => " + filepath.Join(root, "bindings/go") + "\n"
	for name, text := range map[string]string{"go.mod": module, "main.go": blocks[1]} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-o", "first", ".")
	build.Dir = folder
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	environment := []string{"SIDEKICK_URL=" + url, "SIDEKICK_TOKEN=" + token}
	got := run(t, environment, input, filepath.Join(folder, "first"))
	if got.status != 0 || got.output != blocks[2] {
		t.Errorf("%+v instead of %q", got, blocks[2])
	}
}

// TestEverythingExportedIsDocumented reads the declarations of the package.
func TestEverythingExportedIsDocumented(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(os.Getenv("SIDEKICK_ROOT"), "bindings/go/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range source.Decls {
			for name, documented := range exported(declaration) {
				checked++
				if !documented {
					t.Errorf("%s: %s has no documentation", filepath.Base(file), name)
				}
			}
		}
	}
	if checked < 80 {
		t.Errorf("only %d identifiers were found", checked)
	}
}

// exported tells of the exported identifiers of a declaration whether they are documented.
func exported(declaration ast.Decl) map[string]bool {
	found := map[string]bool{}
	note := func(name *ast.Ident, documented bool) {
		if name.IsExported() {
			found[name.Name] = documented
		}
	}
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		note(declaration.Name, declaration.Doc != nil)
	case *ast.GenDecl:
		for _, spec := range declaration.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				note(spec.Name, spec.Doc != nil || declaration.Doc != nil)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					note(name, spec.Doc != nil || !declaration.Lparen.IsValid() && declaration.Doc != nil)
				}
			}
		}
	}
	return found
}
