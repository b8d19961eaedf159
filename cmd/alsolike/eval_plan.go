package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/gate"
	"github.com/alsolike/alsolike/eval/plan"
)

func newEvalPlanCommand(e *env) *cobra.Command {
	var (
		opts                   plan.Options
		path                   string
		margin, power, explore string
		asJSON                 bool
	)
	cmd := &cobra.Command{
		Use:   "plan [--pack FILE | --clicks-per-day N]",
		Short: "Say how long to log before a gate can tell",
		Long: `Eval plan says how many days of logging it takes until a gate on clicks can tell a
ranking that is worse from one that is not, by the margin of the gate and the share
of lists that are drawn at random. What counts is the clicks on the drawn lists.

With --pack it takes the clicks of a day, what a click tells and what a drawn list
loses from the site's own log, and shows what drawing at other temperatures would
lose. Without, it takes what simulations gave, and says so.`,
		Example: `  alsolike eval plan --clicks-per-day 400
  alsolike eval plan --pack eval/week.evp --margin 2% --gates 3
  alsolike eval plan --clicks-per-day 400 --impressions-per-day 5000 --explore 10% --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			for _, amount := range []struct {
				flag, text string
				to         *float64
			}{{"margin", margin, &opts.Margin}, {"power", power, &opts.Power}, {"explore", explore, &opts.Explore}} {
				if amount.text == "" {
					continue
				}
				a, err := gate.ParseAmount(amount.text)
				if err != nil {
					return usagef("--%s: %v", amount.flag, err)
				}
				*amount.to = a.Value
			}
			var measured planMeasured
			switch {
			case path != "":
				if measured, err = measurePlan(cmd.Context(), path, &opts); err != nil {
					return err
				}
			case opts.ClicksPerDay == 0:
				return usagef("say how many clicks your links get, with --clicks-per-day, or give a log that is packed, with --pack")
			}
			p, err := plan.New(opts)
			var invalid *data.InvalidError
			if errors.As(err, &invalid) {
				return usagef("%v", invalid)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return e.writeJSON(newPlanReport(p, measured))
			}
			for _, note := range measured.notes {
				fmt.Fprintf(e.stdout, "%s\n\n", note)
			}
			if err := p.WriteText(e.stdout); err != nil || measured.draws == nil {
				return err
			}
			fmt.Fprintln(e.stdout)
			return plan.WriteDraws(e.stdout, measured.draws)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&path, "pack", "", "a `file` that eval pack made, of a log with drawn lists")
	flags.Float64Var(&opts.ClicksPerDay, "clicks-per-day", 0, "clicks on the links in a day")
	flags.Float64Var(&opts.ImpressionsPerDay, "impressions-per-day", 0, "lists shown in a day")
	flags.StringVar(&margin, "margin", "3%", "by how much a ranking may be worse: a `share` of production's clicks")
	flags.StringVar(&power, "power", "80%", "in which `share` of cases a ranking as good as production is to pass")
	flags.IntVar(&opts.Gates, "gates", 1, "how many gates must all pass")
	flags.StringVar(&explore, "explore", "", "`share` of lists drawn at random (default: by the traffic, 2 to 10 %)")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A planReport is what eval plan prints as JSON.
type planReport struct {
	*plan.Plan
	Notes          []string   `json:"notes,omitempty"`
	Draws          []planDraw `json:"draws,omitempty"`
	Recommendation string     `json:"recommendation"`
}

// A planDraw is what drawing at another temperature costs and tells.
type planDraw struct {
	Temperature float64 `json:"temperature"` // times the log's
	Loss        float64 `json:"loss"`
	Low         float64 `json:"low"`
	High        float64 `json:"high"`
	Wait        float64 `json:"wait"` // times as long
}

func newPlanReport(p *plan.Plan, measured planMeasured) planReport {
	r := planReport{Plan: p, Notes: measured.notes, Recommendation: p.Recommendation()}
	for _, d := range measured.draws {
		r.Draws = append(r.Draws, planDraw{d.Temperature, d.Loss.Value, d.Loss.Low, d.Loss.High, d.Wait})
	}
	return r
}
