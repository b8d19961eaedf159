package pack

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func TestPackInts(t *testing.T) {
	check := func(column []int32, least, wantBytes int) {
		t.Helper()
		b := packInts(column, least)
		got, err := unpackInts[int32](b, len(column), least)
		if err != nil || !slices.Equal(got, column) {
			t.Errorf("%v: got %v, %v", column, got, err)
		}
		if len(b) != wantBytes {
			t.Errorf("%v: got %d bytes, want %d", column, len(b), wantBytes)
		}
	}
	check(nil, 0, 2)
	check([]int32{7, 7, 7}, 0, 2) // all is in the base
	check([]int32{7, 7, 7}, 8, 5)
	check([]int32{0, 1, 1, 0, 1, 0, 0, 1, 1}, 0, 4) // a bit each
	check([]int32{5, 8}, 0, 3)
	check([]int32{-1, 14}, 0, 3)
	check([]int32{0, 255}, 0, 4)
	check([]int32{0, 256}, 0, 6)
	check([]int32{0, 1 << 16}, 0, 8)
	check([]int32{math.MinInt32, math.MaxInt32}, 0, 14)
}

func TestPackIntsKeeps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low, high := rapid.Int32().Draw(t, "low"), rapid.Int32().Draw(t, "high")
		column := rapid.SliceOf(rapid.Int32Range(min(low, high), max(low, high))).Draw(t, "column")
		least := rapid.SampledFrom([]int{0, 8}).Draw(t, "least")
		got, err := unpackInts[int32](packInts(column, least), len(column), least)
		if err != nil || !slices.Equal(got, column) {
			t.Fatalf("got %v, %v", got, err)
		}
	})
}

func TestUnpackIntsRefuses(t *testing.T) {
	check := func(name string, b []byte, n, least int) {
		t.Helper()
		if got, err := unpackInts[uint8](b, n, least); err == nil {
			t.Errorf("%s: got %v", name, got)
		}
	}
	check("nothing", nil, 0, 0)
	check("no width", []byte{0}, 0, 0)
	check("width", []byte{0, 3, 0}, 1, 0)
	check("too narrow", []byte{0, 0}, 1<<30, 8)
	check("short", []byte{0, 8, 1}, 2, 0)
	check("long", []byte{0, 8, 1, 1}, 1, 0)
	check("base below", []byte{1, 8, 1}, 1, 0)
	check("base above", []byte{0x80, 4, 0}, 1, 0)
	check("value above", []byte{2, 8, 255}, 1, 0)
	check("bits above", []byte{0xfe, 3, 1, 1}, 1, 0)
}

func TestPackFloatsKeeps(t *testing.T) {
	check := func(want []float64, wantBytes int) {
		t.Helper()
		b := packFloats(want)
		got, err := unpackFloats(b)
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); err != nil || diff != "" || len(b) != wantBytes {
			t.Errorf("%d bytes, want %d; %v\n%s", len(b), wantBytes, err, diff)
		}
	}
	check(nil, 1)
	check([]float64{0.5, -2, math.NaN()}, 13)
	check([]float64{0.1, math.NaN(), 0.5}, 25)
	check([]float64{math.Inf(-1), math.MaxFloat64}, 17)
}
