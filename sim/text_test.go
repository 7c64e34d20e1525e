package sim

import "abkd/sim/wire"

// The forms of what a run is told that tests write as text.

func inspectText(r *Run, text string) error {
	c, err := wire.ParseCommand("inspect " + text)
	if err != nil {
		return err
	}
	return r.Inspect(c.(wire.Inspect).Subject)
}

func changeText(r *Run, text string) error {
	e, err := wire.ParseEdit(text)
	if err != nil {
		return err
	}
	return r.Change(e)
}

func planText(r *Run, text string) error {
	plan, err := wire.ParsePlan(text)
	if err != nil {
		return err
	}
	return r.Plan(plan)
}

func showText(r *Run, list string) error {
	c, err := wire.ParseCommand("show " + list)
	if err != nil {
		return err
	}
	r.Show(c.(wire.Show).What)
	return nil
}
