// Gen computes what the page ships ready-made: the table of controls, the
// default teacher's weights, the first frame to look at while the programs
// load, and the snapshots with which the page's code is tested.
//
//	src/generated/schema.json            setup.Shown
//	src/generated/presets.json           setup.Presets
//	src/generated/setup.ts               the types of these two, and the pace of a session
//	src/generated/wire.ts                sim/wire, as the page speaks it
//	src/generated/lesson.ts              sim/lesson
//	src/generated/course.ts              sim/course
//	src/generated/values.json            values of lessons in everything.bin
//	src/generated/session.ts             what errors of sim.Serve are about
//	src/generated/stored.ts              learning curves of the opening experiment over seeds
//	src/generated/studies.json           what the scenes of many runs open with
//	src/generated/courses.json           what the scene of the collapse opens with
//	src/generated/data.ts, study.ts      limits of graphs, weights and statistics of comparisons
//	src/generated/snapshot.bin           the last snapshot of the first experiment on a made graph
//	src/generated/params.ts              how models name their parameters
//	src/generated/messages.ts, en.json   assets/messages: arguments, languages, and what is said in English
//	src/generated/worded.json            each message in each language, for numbers that take other forms
//	src/generated/texts.json             a text of each command, edit and subject
//	src/generated/params.json            the names of some models' parameters
//	src/generated/checks.json            how settings are read, and comparisons of seeds
//	src/generated/everything.bin, .json  a snapshot without an empty field in both forms
//	src/generated/last.bin               the same for a page that has all but its last epoch
//	public/generated/teacher.safetensors the default teacher, trained here from its seed
//	public/generated/messages-*.json     what is said in other languages
//	public/generated/core-*.json         what the core says, in all
//	public/generated/lessons-*.json      assets/lessons, by language
//	public/generated/answers.json        what the runs of the lessons came to
//	public/generated/poster-*.svg        the first frame of the opening experiment, in each language and theme, for wide and for narrow screens
//
// Nothing in these files is written by hand: the same source gives the same
// bytes.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abkd/assets/messages"
	"abkd/assets/packs"
	"abkd/gnn"
	"abkd/sim"
	"abkd/sim/lesson"
	"abkd/sim/setup"
	"abkd/sim/wire"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	web := flag.String("web", "site/web", "folder of the page's source")
	languages := flag.String("messages", "", "folder of languages to take in place of assets/messages")
	pseudo := flag.Bool("pseudo", false, "add languages that nobody speaks, for tests")
	seeds := flag.Bool("seeds", false, "compute the curves in "+storedFile+" anew, and nothing else")
	studies := flag.String("studies", "", "file that lists the runs of studies: compute "+studiesFile+" anew, and nothing else")
	course := flag.Bool("lessons", false, "run the lessons, write "+outcomesFile+" anew, and nothing else")
	flag.Parse()
	all, err := catalogues(*languages, *pseudo)
	if err == nil && *seeds {
		err = writeStored()
	} else if err == nil && *studies != "" {
		err = writeStudies(*studies)
	} else if err == nil && *course {
		err = writeOutcomes(all[0])
	} else if err == nil {
		err = generate(*web, all)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func generate(web string, languages []*messages.Catalogue) error {
	source, public := filepath.Join(web, "src", "generated"), filepath.Join(web, "public", "generated")
	for _, dir := range []string{source, public} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := clean(public, "messages-*.json", "core-*.json", "poster-*.svg", "lessons-*.json"); err != nil {
		return err
	}
	if err := writeMessages(source, public, languages); err != nil {
		return err
	}
	if err := writeLessons(public, languages); err != nil {
		return err
	}
	if err := writeAnswers(public, languages[0].Tag); err != nil {
		return err
	}
	teacher, err := trainTeacher()
	if err != nil {
		return err
	}
	snap, err := lastFrame(teacher)
	if err != nil {
		return err
	}
	first, err := firstFrame(teacher)
	if err != nil {
		return err
	}
	if err := writePosters(public, first, languages); err != nil {
		return err
	}
	schema, err := json.MarshalIndent(setup.Shown(), "", "\t")
	if err != nil {
		return err
	}
	presets, err := json.MarshalIndent(setup.Presets(), "", "\t")
	if err != nil {
		return err
	}
	texts, err := formTexts()
	if err != nil {
		return err
	}
	params, err := paramTexts()
	if err != nil {
		return err
	}
	checked, err := checks()
	if err != nil {
		return err
	}
	sample, err := everything()
	if err != nil {
		return err
	}
	values, err := lessonValues(sample)
	if err != nil {
		return err
	}
	scripts, err := allScripts()
	if err != nil {
		return err
	}
	stored, err := readStudies()
	if err != nil {
		return err
	}
	studies, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	went, err := courses(teacher)
	if err != nil {
		return err
	}
	courses, err := json.Marshal(went)
	if err != nil {
		return err
	}
	plain, err := json.MarshalIndent(readable(sample), "", "\t")
	if err != nil {
		return err
	}
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(source, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		path  string
		bytes []byte
	}{
		{filepath.Join(source, "schema.json"), schema},
		{filepath.Join(source, "presets.json"), presets},
		{filepath.Join(source, "snapshot.bin"), snap.AppendBinary(nil)},
		{filepath.Join(source, "texts.json"), texts},
		{filepath.Join(source, "studies.json"), studies},
		{filepath.Join(source, "courses.json"), courses},
		{filepath.Join(source, "params.json"), params},
		{filepath.Join(source, "checks.json"), checked},
		{filepath.Join(source, "values.json"), values},
		{filepath.Join(source, "everything.bin"), sample.AppendBinary(nil)},
		{filepath.Join(source, "everything.json"), plain},
		{filepath.Join(source, "last.bin"), sample.AppendAfter(nil, withoutLast(sample.Lanes))},
		{filepath.Join(public, "teacher.safetensors"), teacher}, // last: make takes it for the sign that all is done
	} {
		if err := os.WriteFile(f.path, f.bytes, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// clean removes the files of a folder that match a pattern: those of languages
// that are gone, too.
func clean(dir string, patterns ...string) error {
	for _, pattern := range patterns {
		old, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range old {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// readable is s for JSON: changes have the texts that the page reads.
func readable(s *wire.Snapshot) any {
	type change struct {
		Epoch, Step int
		Text        string
	}
	var changes []change
	for _, c := range s.Changes {
		changes = append(changes, change{c.Epoch, c.Step, c.Text()})
	}
	return struct {
		*wire.Snapshot
		Changes []change
	}{s, changes}
}

// trainTeacher returns the checkpoint of the default experiment's teacher, at
// the epoch of its best validation accuracy.
func trainTeacher() ([]byte, error) {
	g, err := setup.BuiltIn("")
	if err != nil {
		return nil, err
	}
	run, err := sim.New(g, setup.Experiment{Teach: "on"}, sim.Options{})
	if err != nil {
		return nil, err
	}
	for run.Phase() == wire.Teaching && run.Step() {
	}
	if err := run.Err(); err != nil {
		return nil, err
	}
	m, state := run.Teacher()
	log.Printf("default teacher: epoch %d, accuracy %.3f on the validation nodes, %.3f on the test nodes", state.BestEpoch, state.Valid, state.Test)
	return gnn.Encode(m, nil), nil
}

// lastFrame runs the first experiment on the graph of that teacher to its end.
func lastFrame(teacher []byte) (*wire.Snapshot, error) {
	texts := presetsOn(setup.ControlOf("data").Default)
	if len(texts) == 0 {
		return nil, errors.New("no preset is on the default graph")
	}
	return after(teacher, "speed 0", "begin "+texts[0])
}

// firstFrame is the opening experiment before its first step, with what the
// first scene shows.
func firstFrame(teacher []byte) (*wire.Snapshot, error) {
	return after(teacher, "begin "+setup.Presets()[0].Experiment, "pause", "show "+strings.Join(lesson.Scenes()[0].Shows, ","))
}

// everything is the last frame of a small experiment in which something was
// changed on the way and all that can be asked for is shown: no field is empty.
func everything() (*wire.Snapshot, error) {
	return after(nil, "speed 0", "begin data=karate&teach=on&teacher-hidden=8&teacher-epochs=2&hidden=3&dim=4&epochs=4&criterion=stride",
		"pause", "show activity", "step", "step", "step", "change freeze on", "show predictions,logits,embeddings,smoothness,attention,directions,neighbours,activity", "inspect cell 1 0", "play")
}

// withoutLast returns lanes as they were an epoch before.
func withoutLast(lanes []wire.Lane) []wire.Lane {
	before := slices.Clone(lanes)
	for i := range before {
		l := &before[i]
		l.History = l.History[:len(l.History)-1]
	}
	return before
}

// after returns the last frame of what the commands begin.
func after(teacher []byte, commands ...string) (*wire.Snapshot, error) {
	s := sim.NewSession()
	s.SetTeacher(teacher)
	if err := s.SetShipped(setup.DebianMini, packs.DebianMini); err != nil {
		return nil, err
	}
	for _, command := range commands {
		if err := s.Command(command); err != nil {
			return nil, err
		}
	}
	for s.Tick(0) != sim.Idle {
	}
	snap := new(wire.Snapshot)
	s.Snapshot(snap)
	s.Snapshot(snap) // the baselines come with the second
	for _, m := range []*wire.ModelState{&snap.Teacher, &snap.Lanes[0].Model, &snap.Lanes[1].Model} {
		m.InferMicros = 0 // measured on this machine: not the reader's
	}
	return snap, nil
}
