package main

import (
	"reflect"

	"abkd/sim/guess"
	"abkd/sim/lesson"
)

// lessonScript is what is told beside the picture.
func lessonScript() (string, error) {
	docs, err := comments("sim/lesson")
	if err != nil {
		return "", err
	}
	s := newScript("sim/lesson", "import type { Showable } from './wire';", docs)
	var ids []string
	for _, scene := range lesson.Scenes() {
		ids = append(ids, scene.ID)
	}
	s.line("export type SceneID = %s;", union(ids))
	s.line("export type Tab = %s;\n", union(lesson.Tabs))
	s.line("/** The parts of a training step that slow motion shows one by one, in the order in which a step is made. */")
	s.line("export const beats = %s as const;", list(lesson.Beats))
	s.line("export type Beat = (typeof beats)[number];\n")
	s.line("/** How long a beat moves before it rests. */\nexport const beatSeconds = %g;\n", lesson.BeatSeconds)
	s.line("export type StepKind = %s;\nexport type Move = %s;\nexport type Ask = %s;\n", union(lesson.Kinds), union(lesson.Moves), union(lesson.Asks))
	s.line("/** The temperature at which it is asked what share a class keeps: below it the answer is hidden. */\nexport const hotTemperature = %d;\n", guess.Hot)
	s.line("/** Each term of a sum that is shown may be off by rounding, and who adds them up by slack. */\nexport const sumTolerance = { rounding: %g, slack: %g };\n", guess.Rounding, guess.Slack)
	s.line("/** From so many layers on they are one choice. */\nexport const manyLayers = %d;\n", guess.Many)
	s.line("/** How many times smaller than its teacher a student is at least, from small to large. */\nexport const studentSizes = {")
	for _, size := range guess.Sizes {
		s.line("  %s: %g,", size.Key, size.From)
	}
	s.line("};\n")
	s.record(reflect.TypeFor[lesson.Step]())
	s.record(reflect.TypeFor[lesson.Scene]())
	s.line("/** In their order. A digit key, and a link of before scenes had words, names one by its place. */")
	s.line("export const scenes: Scene[] = [")
	for _, scene := range lesson.Scenes() {
		s.line("  %s,", literal(reflect.ValueOf(scene)))
	}
	s.line("];")
	return s.String(), nil
}
