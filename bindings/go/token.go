package sidekick

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// tokenFailures are the latest errors of a deployment's token callback. The error of a call that failed by one
// wraps it. The C library has only its text, so it is found by that.
type tokenFailures struct {
	mu     sync.Mutex
	latest []error
}

const (
	// mostTokenFailures bounds the errors that are kept: calls that run at once may fail by different ones.
	mostTokenFailures = 64
	// tokenFailed is what the message of a call says before the text of a token callback's error.
	tokenFailed = "the token callback failed: "
	// longText is how many bytes of an error's text are shown, less those of a character.
	longText = 1024 - 4
)

func (f *tokenFailures) keep(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.latest) == mostTokenFailures {
		f.latest = f.latest[1:]
	}
	f.latest = append(f.latest, err)
}

// explain makes the token callback's error the cause of a call's, if it is.
func (f *tokenFailures) explain(err error) error {
	if err == nil {
		return nil
	}
	var failed *Error
	if !errors.As(err, &failed) || failed.Status != StatusArgument || failed.cause != nil {
		return err
	}
	if _, text, found := strings.Cut(failed.Message, tokenFailed); found {
		failed.cause = f.find(text)
	}
	return err
}

// onOneLine is a text as C shows it: characters that affect the text around them are escaped.
func onOneLine(text string) string {
	var shown strings.Builder
	for _, character := range text {
		switch {
		case strings.ContainsRune("\t\r\n", character):
			shown.WriteString(strings.Trim(strconv.QuoteRune(character), "'"))
		case unicode.IsControl(character) || character >= '\u2028' && character <= '\u202e' ||
			character >= '\u2066' && character <= '\u2069':
			fmt.Fprintf(&shown, "\\u{%x}", character)
		default:
			shown.WriteRune(character)
		}
	}
	return shown.String()
}

// find is the latest error whose text, as C shows it, is this one.
func (f *tokenFailures) find(text string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, err := range slices.Backward(f.latest) {
		// A long text is cut.
		whole := onOneLine(err.Error())
		if whole == text || len(text) > longText && strings.HasPrefix(whole, text) {
			return err
		}
	}
	return nil
}
