package fit

import (
	"fmt"
	"math"
	"strings"

	"abkd/gnn"
	"abkd/internal/show"
	"abkd/sim"
	"abkd/sim/remark"
	"abkd/sim/setup"
	"abkd/sim/study"
)

// Remarks are what to change next time: a clause for each thing about the
// course of r that its numbers alone do not show. Settings are called as name
// says.
func (r *Report) Remarks(run *sim.Run, classes int, name setup.Naming) (all []string) {
	if r.BestEpoch == r.Epochs && r.Epochs > 1 && !r.Interrupted && r.Valid < 1 {
		all = append(all, fmt.Sprintf("best epoch %d is the last: validation accuracy was still rising; more %s may help", r.BestEpoch, name("epochs")))
	}
	all = append(all, r.below(run, name)...)
	all = append(all, unlabelled(run, name)...)
	all = append(all, r.lostLoss(run, classes, name)...)
	if r.Distillation != nil {
		all = append(all, r.quiet(run, name)...)
	}
	if dead, of := run.DeadUnits(); remark.ManyDead(dead, of) {
		all = append(all, fmt.Sprintf("%s of the hidden layers %s 0 for every node: lower %s or %s, or another %s",
			show.Count(dead, of, "unit"), show.Plural(dead, "is", "are"), name("lr"), name("dropout"), name("seed")))
	}
	return all
}

// below says that the model is below one that needs no training.
func (r *Report) below(run *sim.Run, name setup.Naming) []string {
	model, _ := run.Best()
	k, own := gnn.KindOf(model.Config().Kind)
	if own && k.Untrained {
		return nil
	}
	who, part, at := "the model", "test", func(b Baseline) show.Number { return b.Test }
	if r.Distillation != nil {
		who = "the student"
	}
	reached := r.Test
	if r.TestNodes == 0 {
		reached, part, at = r.Valid, "validation", func(b Baseline) show.Number { return b.Valid }
	}
	var above []string
	for _, b := range r.Baselines {
		if at(b) > reached { // what is not known is not above
			title, _ := gnn.KindOf(b.Model)
			above = append(above, fmt.Sprintf("%s (%s %s) has %s", strings.ToLower(title.Title), name("model"), b.Model, show.Percent(at(b))))
		}
	}
	if len(above) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s is BELOW what needs no training: of the %s nodes it has %s right, %s; try %s", who, part, show.Percent(reached), strings.Join(above, " and "), study.BelowAdvice(model.Graph(), name))}
}

// unlabelled says how many batches had no training node.
func unlabelled(run *sim.Run, name setup.Naming) []string {
	k, n := run.Unlabelled()
	if k == 0 {
		return nil
	}
	e := run.Plan()
	what := "were skipped"
	switch {
	case e.Nodes == "all" && e.Distils():
		what = "have no cross-entropy"
	case k == n:
		what = "were skipped: nothing was trained, the weights are those of the beginning"
	}
	return []string{fmt.Sprintf("%s of %s batches had no training node and %s: more %s, or %s neighbor, which begins at training nodes", show.Grouped(int64(k)), show.Grouped(int64(n)), what, name("roots"), name("sampler"))}
}

// lostLoss says that a loss is far above that of a guess.
func (r *Report) lostLoss(run *sim.Run, classes int, name setup.Naming) []string {
	guess := remark.Guess(classes)
	for _, l := range []struct {
		name, advice string
		value        show.Number
	}{{"cross-entropy", "lower " + name("lr"), r.Last.CE}, {"KD loss", "lower " + name("alpha") + " or " + name("lr"), r.Last.KD}, {"cross-entropy on the training nodes", "lower " + name("lr"), r.Loss}} {
		if !remark.Hopeless(float64(l.value), classes) {
			continue
		}
		advice := l.advice
		if large := run.LargeFeatures(); large != "" {
			advice = large
		}
		return []string{fmt.Sprintf("the %s ends at %s, a guess has %s: %s", l.name, show.Figures(float64(l.value), 3), show.Figures(guess, 3), advice)}
	}
	return nil
}

// quiet says that the criterion's alignment teaches nothing any more: that it has
// collapsed, or else that it is silent for another reason.
func (r *Report) quiet(run *sim.Run, name setup.Naming) []string {
	if all := r.collapse(run, name); all != nil {
		return all
	}
	_, d := run.Learner()
	last := d.Alignment()
	largest, is := remark.Silent(last.A.Data, last.D.Data)
	if !is {
		return nil
	}
	return []string{fmt.Sprintf("the alignment is silent: the largest product of attention and distance is %s, so it teaches nothing any more", show.Figures(float64(largest), 2))}
}

// collapsed is to which share of the first epoch's the loss of an alignment
// falls that has met its teacher without the student.
const collapsed = 0.05

// collapse says that a criterion with an attention teaches nothing any more.
func (r *Report) collapse(run *sim.Run, name setup.Naming) []string {
	h := run.History()
	e := run.Plan()
	settled := e.Dissimilarity != "embedding" || e.Granularity == "per-node" && e.Frozen && e.NoSubspace // then a small loss is the student's doing
	if r.A == nil || len(h) < 2 || settled {
		return nil
	}
	last := h[len(h)-1].Aux
	first := h[0].Aux
	if !(math.Abs(float64(last)) <= collapsed*math.Abs(float64(first))) {
		return nil
	}
	advice := "give " + name("granularity") + " per-node " + name("frozen") + " " + name("no-subspace")
	if e.Alpha == 0 {
		advice += ", or " + name("alpha") + " for KD beside it"
	}
	since := len(h)
	for since > 1 && math.Abs(float64(h[since-2].Aux)) <= collapsed*math.Abs(float64(first)) {
		since--
	}
	return []string{fmt.Sprintf("the alignment has collapsed: since epoch %d the criterion's loss is %s or less, in the first it was %s, so it teaches next to nothing: %s",
		since, show.Figures(float64(collapsed*first), 2), show.Figures(float64(first), 2), advice)}
}
