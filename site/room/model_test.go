package room

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A model says what a room should hold in the plainest way.
type model struct {
	class
	tokens   []string
	removed  map[int]bool
	locked   bool
	entries  map[int][]string
	guesses  map[int]map[string]string
	shown    []string
	frozen   bool
	seeds    int64
	sent     int
	moved    int
	progress map[int]int // the epoch that each said last
}

// Rooms do what the model does, whatever is done in whatever order, with restarts,
// lost heartbeats and clocks that are wrong in between.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{class: *newClass(t), entries: map[int][]string{}, guesses: map[int]map[string]string{}, removed: map[int]bool{}, progress: map[int]int{}}
		t.Repeat(map[string]func(*rapid.T){
			"":          m.check,
			"join":      m.joins,
			"heartbeat": m.heartbeat,
			"guess":     m.guess,
			"entry":     m.entry,
			"lead":      m.lead,
			"steal":     m.steal,
			"remove":    m.remove,
			"restart":   func(*rapid.T) { m.class.restart() },
			"clock":     m.clock,
		})
	})
}

// tick lets budgets fill.
func (m *model) tick() { m.now = m.now.Add(200 * time.Millisecond) }

func (m *model) someone(t *rapid.T) int {
	if len(m.tokens) == 0 {
		t.Skip("nobody has joined")
	}
	n := rapid.IntRange(1, len(m.tokens)).Draw(t, "student")
	if m.removed[n] {
		m.tick()
		m.wants(m.hear(pupil(n), `{"type":"ping"}`), 401)
		m.wants(m.call(Request{Do: DoWho, Token: m.tokens[n-1]}), 401)
		t.Skip("the student has been removed")
	}
	return n
}

// remove takes somebody out of the room, of whom nothing is seen from then on.
func (m *model) remove(t *rapid.T) {
	n := m.someone(t)
	m.tick()
	m.wants(m.hear(teacher, `{"type":"remove","number":%d}`, n), 200)
	m.wants(m.hear(teacher, `{"type":"remove","number":%d}`, n), 422)
	m.removed[n] = true
	delete(m.entries, n)
	delete(m.guesses, n)
}

func (m *model) joins(t *rapid.T) {
	token := fmt.Sprintf("token %d", len(m.tokens))
	if m.locked {
		m.wants(m.join(token, ""), 423)
		return
	}
	m.wants(m.join(token, rapid.SampledFrom([]string{"", "Ada", "李"}).Draw(t, "name")), 201)
	m.tokens = append(m.tokens, token)
}

func (m *model) heartbeat(t *rapid.T) {
	n, epoch := m.someone(t), rapid.IntRange(0, mostEpoch).Draw(t, "epoch")
	m.tick()
	m.wants(m.hear(pupil(n), `{"type":"heartbeat","progress":{"epoch":%d,"accuracy":null}}`, epoch), 200)
	m.progress[n] = epoch
}

func (m *model) guess(t *rapid.T) {
	n, question, guess := m.someone(t), rapid.SampledFrom([]string{"ahead", "lost"}).Draw(t, "question"), rapid.SampledFrom([]string{"tie", "alone"}).Draw(t, "guess")
	m.tick()
	o := m.hear(pupil(n), `{"type":"guess","question":%q,"guess":%q}`, question, guess)
	if slices.Contains(m.shown, question) {
		m.wants(o, 410)
		return
	}
	m.wants(o, 200)
	if m.guesses[n] == nil {
		m.guesses[n] = map[string]string{}
	}
	m.guesses[n][question] = guess
}

func (m *model) entry(t *rapid.T) {
	n, weights := m.someone(t), fmt.Sprintf("%016x", rapid.IntRange(0, mostEntries-1).Draw(t, "weights"))
	m.tick()
	m.wants(m.hear(pupil(n), `{"type":"entry","entry":{"seed":1,"link":"#","weights":%q,"epoch":1,"accuracy":1,"parameters":1}}`, weights), 200)
	if !slices.Contains(m.entries[n], weights) {
		m.entries[n] = append(m.entries[n], weights)
	}
}

func (m *model) lead(t *rapid.T) {
	m.tick()
	switch rapid.SampledFrom([]string{"freeze", "seeds", "send", "step", "reveal", "lock"}).Draw(t, "what") {
	case "lock":
		m.locked = rapid.Bool().Draw(t, "on")
		m.wants(m.hear(teacher, `{"type":"lock","on":%v}`, m.locked), 200)
	case "freeze":
		m.frozen = rapid.Bool().Draw(t, "on")
		m.wants(m.hear(teacher, `{"type":"freeze","on":%v}`, m.frozen), 200)
	case "seeds":
		m.seeds = rapid.Int64Range(1, 1000).Draw(t, "first")
		m.wants(m.hear(teacher, `{"type":"seeds","on":true,"first":%d}`, m.seeds), 200)
	case "send":
		m.sent++
		m.wants(m.hear(teacher, `{"type":"send","link":"#seed=%d"}`, m.sent), 200)
	case "step":
		m.moved++
		m.wants(m.hear(teacher, `{"type":"step","scene":"race","step":1}`), 200)
	case "reveal":
		question := rapid.SampledFrom([]string{"ahead", "lost"}).Draw(t, "question")
		m.wants(m.hear(teacher, `{"type":"reveal","question":%q}`, question), 200)
		if !slices.Contains(m.shown, question) {
			m.shown = append(m.shown, question)
		}
	}
}

// steal does as the teacher what a student may not.
func (m *model) steal(t *rapid.T) {
	n := m.someone(t)
	m.tick()
	m.wants(m.hear(pupil(n), `{"type":%q}`, rapid.SampledFrom([]string{"freeze", "seeds", "send", "step", "reveal", "lock", "remove", "close"}).Draw(t, "what")), 403)
	m.wants(m.call(Request{Do: DoResults, Token: m.tokens[n-1]}), 403)
}

// clock sets the clock an hour on or back, within the day that the room lasts.
func (m *model) clock(t *rapid.T) {
	to := m.now.Add(rapid.SampledFrom([]time.Duration{-time.Hour, time.Hour, time.Second}).Draw(t, "clock"))
	if to.Sub(noon).Abs() < Lasts-time.Hour {
		m.now = to
	}
}

func (m *model) check(t *rapid.T) {
	var board sayBoard
	if err := json.Unmarshal(m.room.Greet(m.now, teacher), &board); err != nil {
		t.Fatal(err)
	}
	if len(board.Students) != len(m.tokens)-len(m.removed) || board.Locked != m.locked || board.Lesson.Frozen != m.frozen || board.Lesson.Seeds != m.seeds || board.Lesson.Sent != m.sent || board.Lesson.Moved != m.moved || !slices.Equal(board.Lesson.Revealed, m.shown) {
		t.Fatalf("the board is %+v, want %+v", board, m)
	}
	ran := map[int][]string{}
	for _, e := range board.Entries {
		ran[e.Number] = append(ran[e.Number], e.Weights)
	}
	want, rows := counts{}, board.Students
	for i, token := range m.tokens {
		n := i + 1
		if m.removed[n] {
			continue
		}
		if who, known := m.room.Identify(token); !known || who != pupil(n) {
			t.Fatalf("%q is %v, want student %d", token, who, n)
		}
		if !slices.Equal(ran[n], m.entries[n]) {
			t.Fatalf("runs of student %d are %v, want %v", n, ran[n], m.entries[n])
		}
		row := rows[0]
		rows = rows[1:]
		if row.Number != n || row.Epoch != m.progress[n] || row.Quiet < 0 || row.Still < 0 {
			t.Fatalf("student %d is %+v, want epoch %d", n, row, m.progress[n])
		}
		for question, guess := range m.guesses[n] {
			if want[question] == nil {
				want[question] = map[string]int{}
			}
			want[question][guess]++
		}
		var say sayLesson
		if err := json.Unmarshal(m.room.Greet(m.now, pupil(n)), &say); err != nil {
			t.Fatal(err)
		}
		if m.seeds > 0 && say.Seed != m.seeds+int64(i) || len(say.Counts) > len(m.shown) {
			t.Fatalf("student %d is told %+v, want seed %d", n, say, m.seeds+int64(i))
		}
	}
	if fmt.Sprint(board.Counts) != fmt.Sprint(want) {
		t.Fatalf("guesses are %v, want %v", board.Counts, want)
	}
	if _, known := m.room.Identify("forged"); known {
		t.Fatal("a forged token is known")
	}
}
