package estimate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Project must be the derivative of Σ direction·ln θ by every count, the weights
// of the pairs held fixed.
func TestProjectAgainstFiniteDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	const slots, strata = 4, 12
	c := Counts{Slots: slots}
	for range strata * slots {
		n := float64(rng.IntN(40))
		c.Shown = append(c.Shown, n)
		c.Clicked = append(c.Clicked, math.Floor(n*rng.Float64()))
	}
	curve, err := FitCurve(c)
	if err != nil {
		t.Fatal(err)
	}
	direction := []float64{0.3, 1, -2, 0.7}
	value := func() float64 {
		a, b := curve.sums()
		sum := 0.0
		for p := range a {
			for i, d := range direction {
				sum += d * curve.solve.At(i, p) * math.Log(a[p]/b[p])
			}
		}
		return sum
	}
	slope := func(x *float64) float64 {
		const h = 1e-4
		kept := *x
		*x = kept + h
		up := value()
		*x = kept - h
		down := value()
		*x = kept
		return (up - down) / (2 * h)
	}
	shown, clicked := curve.Project(direction)
	for cell := range shown {
		if c.Shown[cell] == 0 {
			if shown[cell] != 0 || clicked[cell] != 0 {
				t.Errorf("cell %d was never shown, but has influence %v, %v", cell, shown[cell], clicked[cell])
			}
			continue
		}
		if got, want := shown[cell], slope(&c.Shown[cell]); math.Abs(got-want) > 1e-7*math.Max(1, math.Abs(want)) {
			t.Errorf("cell %d by shown: got %v, want %v", cell, got, want)
		}
		if got, want := clicked[cell], slope(&c.Clicked[cell]); math.Abs(got-want) > 1e-7*math.Max(1, math.Abs(want)) {
			t.Errorf("cell %d by clicked: got %v, want %v", cell, got, want)
		}
	}
}
