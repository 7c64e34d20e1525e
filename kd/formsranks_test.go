//go:build !js

package kd

import "testing"

// TestHelpfulRanks: of the task's gradient every rank has the rows of all.
func TestHelpfulRanks(t *testing.T) {
	for _, kind := range []string{"rgcn", "gcnii"} {
		for _, form := range []string{"embedding", "energy"} {
			t.Run("form="+form+"/model="+kind, func(t *testing.T) {
				s := Settings{Alpha: 0.4, Temperature: 2, Beta: 0.7, LR: 0.01, AllNodes: true}
				checkRanks(t, testGraph(t), kind, "abkd "+form+" helpful", s, samplersOf["walk"], 3)
			})
		}
	}
}

// TestFormsRanks: several ranks come to what one process comes to. Not with
// relations: ranks have the rows in another order, and so draw other pairs.
func TestFormsRanks(t *testing.T) {
	for _, form := range Dissimilarities[1:] {
		if form == "relations" {
			continue
		}
		for _, sampler := range []string{"receptive", "walk"} {
			for _, kind := range []string{"rgcn", "gcnii"} {
				t.Run("form="+form+"/sampler="+sampler+"/model="+kind, func(t *testing.T) {
					s := Settings{Alpha: 0.4, Temperature: 2, Beta: 0.7, LR: 0.01, AllNodes: true}
					checkRanks(t, testGraph(t), kind, "abkd "+form, s, samplersOf[sampler], 3)
				})
			}
		}
	}
}
