package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWithoutCgoTheCompilerSaysWhatIsMissing reads the first error, which is the one that people see.
func TestWithoutCgoTheCompilerSaysWhatIsMissing(t *testing.T) {
	build := exec.Command("go", "build", ".")
	build.Dir = filepath.Join(os.Getenv("SIDEKICK_ROOT"), "bindings/go")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := build.CombinedOutput()
	lines := strings.Split(string(output), "\n")
	if err == nil || len(lines) < 2 || !strings.Contains(lines[1], "set_CGO_ENABLED_to_1_and_install_a_C_compiler") {
		t.Errorf("%v\n%s", err, output)
	}
}
