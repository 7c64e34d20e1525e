package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"sync"

	"abkd/assets/messages"
	"abkd/assets/packs"
	"abkd/gnn/mat"
	"abkd/sim/course/play"
)

// outcomesFile holds what "make lessons" computes.
const outcomesFile = "assets/lessons/outcomes.json"

// writeOutcomes runs all lessons on ten seeds each.
func writeOutcomes(first *messages.Catalogue) error {
	if !slices.Contains(mat.Backends(), "avx2") {
		return errors.New("lessons are run on the AVX2 kernels, which this machine cannot: use one that has them")
	}
	all, err := lessonsIn(first.Tag, first.Tag)
	if err != nil {
		return err
	}
	kit, err := play.NewKit(packs.DebianMini)
	if err != nil {
		return err
	}
	outcomes, errs := make([]play.Outcome, len(all)), make([]error, len(all))
	var running sync.WaitGroup
	free := make(chan bool, runtime.GOMAXPROCS(0))
	for i := range all {
		running.Go(func() {
			free <- true
			defer func() { <-free }()
			log.Printf("lesson %s", all[i].ID)
			outcomes[i], errs[i] = kit.Outcome(&all[i], play.Seeds)
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	kept := map[string]play.Outcome{}
	for i, l := range all {
		kept[l.ID] = outcomes[i]
	}
	text, err := json.MarshalIndent(kept, "", "\t")
	if err != nil {
		return fmt.Errorf("%s: %w", outcomesFile, err)
	}
	return os.WriteFile(outcomesFile, append(text, '\n'), 0o644)
}
