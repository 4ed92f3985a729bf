package sidekick

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"runtime"
	"testing"
)

// openPenguins opens a deployment of two categories and four numbers.
func openPenguins(t testing.TB) *Deployment {
	t.Helper()
	url := os.Getenv("SIDEKICK_SERVER_URL") + "/deployment/penguins/forward"
	deployment, err := Open(context.Background(), url, "penguins-token")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { deployment.Close() })
	return deployment
}

// addPenguins adds rows of six values; after is called after each value.
func addPenguins(rows *Rows, count int, after func()) {
	for range count {
		rows.Category("island", "Dream")
		after()
		rows.Category("sex", "female")
		after()
		rows.Number("bill length (mm)", 39.5)
		after()
		rows.Number("bill depth (mm)", 17.4)
		after()
		rows.Number("flipper length (mm)", 186)
		after()
		rows.Number("year", 2007)
		after()
		rows.End()
		after()
	}
}

// handOver makes the call that otherwise waits for more values.
func handOver(rows *Rows) func() {
	return func() { rows.Err() }
}

func nothing() {}

// callsIntoC counts the calls into C that something makes: the fewest of some runs, for what earlier tests
// forgot may be freed meanwhile. No clock disturbs it.
func callsIntoC(something func()) int64 {
	fewest := int64(math.MaxInt64)
	for range 5 {
		before := runtime.NumCgoCall()
		something()
		fewest = min(fewest, runtime.NumCgoCall()-before)
	}
	return fewest
}

func TestABatchCrossesIntoCOnce(t *testing.T) {
	rows := openPenguins(t).NewRows()
	const small, large = 20, 10_000
	for _, test := range []struct {
		rows        int
		after       func()
		least, most int64
	}{
		{small, nothing, 1, 1},
		{large, nothing, 2, large*200/fullPack + 1},
		{small, handOver(rows), 7 * small, 7 * small},
	} {
		calls := callsIntoC(func() {
			rows.Clear()
			addPenguins(rows, test.rows, test.after)
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		})
		calls-- // Clear's
		t.Logf("%d rows of 6 values: %d calls into C, %.4f a row", test.rows, calls, float64(calls)/float64(test.rows))
		if calls < test.least || calls > test.most {
			t.Errorf("%d calls into C for %d rows, not %d to %d", calls, test.rows, test.least, test.most)
		}
	}
}

// TestPredictionsCrossIntoCOnceAColumn counts the calls of a prediction: they do not grow with the rows.
func TestPredictionsCrossIntoCOnceAColumn(t *testing.T) {
	deployment := openPenguins(t)
	for _, count := range []int{1, 1000} {
		rows := deployment.NewRows()
		addPenguins(rows, count, nothing)
		calls := callsIntoC(func() {
			predictions, err := deployment.Predict(context.Background(), rows)
			if err != nil || predictions.Len() != count {
				t.Fatal(err)
			}
		})
		// The prediction, the counts of rows and of failures, two columns, and the end.
		if calls != 6 {
			t.Errorf("%d calls into C for %d rows", calls, count)
		}
	}
}

// BenchmarkRows hands values over many at a time, as always, and one by one, in packs of one: that counts the
// calls right, and costs somewhat more than a plain call into C for each value would.
func BenchmarkRows(b *testing.B) {
	rows := openPenguins(b).NewRows()
	for _, benchmark := range []struct {
		name  string
		after func()
	}{{"packed", nothing}, {"per-value", handOver(rows)}} {
		b.Run(benchmark.name, func(b *testing.B) {
			before, count := runtime.NumCgoCall(), 0
			for b.Loop() {
				rows.Clear()
				addPenguins(rows, 1000, benchmark.after)
				count += 1000
			}
			if err := rows.Err(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(count), "ns/row")
			b.ReportMetric(float64(runtime.NumCgoCall()-before)/float64(count), "cgocalls/row")
		})
	}
}

func BenchmarkStructs(b *testing.B) {
	type penguin struct {
		Island  string  `sidekick:"island"`
		Sex     string  `sidekick:"sex"`
		Length  float64 `sidekick:"bill length (mm)"`
		Depth   float64 `sidekick:"bill depth (mm)"`
		Flipper float64 `sidekick:"flipper length (mm)"`
		Year    int     `sidekick:"year"`
	}
	rows := openPenguins(b).NewRows()
	example := penguin{"Dream", "female", 39.5, 17.4, 186, 2007}
	before, count := runtime.NumCgoCall(), 0
	for b.Loop() {
		rows.Clear()
		for range 1000 {
			rows.Struct(&example)
		}
		count += 1000
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(count), "ns/row")
	b.ReportMetric(float64(runtime.NumCgoCall()-before)/float64(count), "cgocalls/row")
}

// unpack reads one record the way the C library does.
func unpack(records []byte) (kind, index uint32, payload, rest []byte, err error) {
	if len(records) < 16 {
		return 0, 0, nil, nil, fmt.Errorf("a record is cut off: %d bytes", len(records))
	}
	kind = binary.NativeEndian.Uint32(records)
	index = binary.NativeEndian.Uint32(records[4:])
	length := int(binary.NativeEndian.Uint64(records[8:]))
	padded := (length + 7) / 8 * 8
	if len(records) < 16+padded {
		return 0, 0, nil, nil, fmt.Errorf("a payload is cut off: %d bytes of %d", len(records)-16, padded)
	}
	return kind, index, records[16 : 16+length], records[16+padded:], nil
}

func FuzzPack(f *testing.F) {
	f.Add("", uint64(0), uint16(0))
	f.Add("1234567", uint64(1), uint16(7))
	f.Add("12345678", ^uint64(0), uint16(8))
	f.Add("snowman ☃ \x00", uint64(42), uint16(65535))
	f.Fuzz(func(t *testing.T, text string, word uint64, index uint16) {
		var packed pack
		packed.text(kindText, int(index), text)
		packed.word(kindInteger, int(index)+1, word)
		packed.endRow()
		kind, at, payload, rest, err := unpack(packed)
		if err != nil || kind != kindText || at != uint32(index) || string(payload) != text {
			t.Fatal(kind, at, payload, err)
		}
		kind, at, payload, rest, err = unpack(rest)
		if err != nil || kind != kindInteger || at != uint32(index)+1 || binary.NativeEndian.Uint64(payload) != word {
			t.Fatal(kind, at, payload, err)
		}
		kind, at, payload, rest, err = unpack(rest)
		if err != nil || kind != kindEndRow || at != 0 || len(payload) != 0 || len(rest) != 0 {
			t.Fatal(kind, at, payload, rest, err)
		}
	})
}
