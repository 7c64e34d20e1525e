// Package debian makes a graph of the index of a Debian archive, the file
// Packages: packages that depend on one another, their maintainers, debtags and
// the hosts of their homepages. What is to be learned is the section that a
// package is in.
//
// Of people nothing is kept: a maintainer who is no team is called by a number.
package debian

import (
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"math"
	"strings"

	"abkd/gnn/graph/table"
	"abkd/internal/show"
)

// Format is what an index is called.
const Format = "Debian package index"

// Width is how many features a package has.
const Width = 128

// The places of the types in a draft.
const (
	kindPackage = iota
	kindMaintainer
	kindTag
	kindSite
)

// signed is how a text begins that is signed with PGP.
const signed = "-----BEGIN PGP"

// Is reports whether a text begins as an index: with fields in lines, of which
// Package is one.
func Is(head string) bool {
	head = strings.TrimLeft(strings.TrimPrefix(head, "\ufeff"), " \t\r\n")
	name, _, ok := strings.Cut(head, ":")
	plain := ok && name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz-") == ""
	return strings.HasPrefix(head, signed) || plain && strings.Contains("\n"+head, "\nPackage:")
}

// Read makes a draft of the index in f.
func Read(f table.File, o table.Options) (*table.Draft, error) {
	text, err := table.Text(f)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(text), signed) {
		return nil, table.Refuse("%s: this is text signed with PGP, want the index itself, the file Packages: “gpg -d” takes the signature off", f.Name)
	}
	name := "debian"
	if o.Release != "" {
		name += " " + o.Release
	}
	r := &reader{Draft: table.NewDraft(name, Format, o), file: f.Name, o: o, numbers: map[string]int32{}, providers: map[string]int32{}}
	r.From = f.Name
	for k, kind := range []string{"package", "maintainer", "tag", "site"} {
		if _, r.types[k], err = r.Type(kind, f.Name); err != nil {
			return nil, err
		}
		r.known[k] = map[string]int32{}
	}
	for _, step := range []func() error{func() error { return r.stanzas(text) }, r.sections, r.features, r.relations, r.splits} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	sum := sha256.Sum256([]byte(text))
	r.Origin = strings.TrimSpace("Debian "+o.Release) + fmt.Sprintf("; %s: SHA-256 %x unpacked; %s", f.Name, sum, o.Told())
	r.Note(fmt.Sprintf("%s: the index has the SHA-256 %x, unpacked.", f.Name, sum))
	r.Note(fmt.Sprintf("%s: descriptions are kept as %d hashed words; people are kept as numbers.", f.Name, Width))
	return r.Draft, nil
}

type reader struct {
	*table.Draft
	file string
	o    table.Options

	packages  []stanza
	numbers   map[string]int32 // of packages
	providers map[string]int32 // the first package that provides a name
	types     [4]*table.Nodes
	known     [4]map[string]int32 // nodes of the other types
	again     int
}

// A stanza is what the index says of a package.
type stanza struct {
	line                                       int
	name, source, section, about, who, home    string
	depends, needs, advises, hints, gives, tag string
}

// field returns where to put what stands behind the name of a field, nil for
// one that is not used.
func (s *stanza) field(name string) *string {
	switch strings.ToLower(name) {
	case "package":
		return &s.name
	case "source":
		return &s.source
	case "section":
		return &s.section
	case "description":
		return &s.about
	case "maintainer":
		return &s.who
	case "homepage":
		return &s.home
	case "depends":
		return &s.depends
	case "pre-depends":
		return &s.needs
	case "recommends":
		return &s.advises
	case "suggests":
		return &s.hints
	case "provides":
		return &s.gives
	case "tag":
		return &s.tag
	}
	return nil
}

// stanzas reads the packages: fields in lines, an empty line between two
// packages, and lines that begin with a blank go on with the field above.
func (r *reader) stanzas(text string) error {
	var s stanza
	var last *string
	var more strings.Builder // what goes on with last, added once: there may be many lines
	end := func() {
		if more.Len() > 0 {
			*last += more.String()
			more.Reset()
		}
		last = nil
	}
	begun := false
	line := 0
	for l := range strings.Lines(text) {
		line++
		l = strings.TrimRight(l, "\r\n")
		if err := table.CheckField(len(l)+more.Len(), func() string { return fmt.Sprintf("%s, line %d", r.file, line) }); err != nil {
			return err
		}
		switch {
		case strings.TrimSpace(l) == "":
			end()
			if err := r.add(&s, begun); err != nil {
				return err
			}
			s, begun = stanza{}, false
		case l[0] == ' ' || l[0] == '\t':
			if !begun {
				return table.Refuse("%s, line %d: it goes on with a field, and there is none above", r.file, line)
			}
			if last != nil && last != &s.about { // the long description is not used
				more.WriteString(l)
			}
		default:
			name, value, ok := strings.Cut(l, ":")
			if !ok {
				return table.Refuse("%s, line %d: %s is no field, want “Name: value” as in the file Packages of a Debian archive", r.file, line, show.Quote(l))
			}
			if !begun {
				s.line, begun = line, true
			}
			end()
			if last = s.field(name); last != nil && *last != "" {
				return table.Refuse("%s, line %d: the field %s stands in this stanza already: an empty line parts two packages", r.file, line, name)
			} else if last != nil {
				*last = strings.TrimSpace(value)
			}
		}
	}
	end()
	return r.add(&s, begun)
}

// add takes a package; of several of one name, the first.
func (r *reader) add(s *stanza, begun bool) error {
	if !begun {
		return nil
	}
	where := func() string { return fmt.Sprintf("%s, line %d", r.file, s.line) }
	if s.name == "" {
		return table.Refuse("%s: the field Package is missing: every stanza of an index has one", where())
	}
	if _, twice := r.numbers[s.name]; twice {
		r.again++
		return nil
	}
	if err := r.AddNode(r.types[kindPackage], where); err != nil {
		return err
	}
	if err := r.o.Memory.Take(4*Width+400, where); err != nil {
		return err
	}
	r.numbers[s.name] = int32(len(r.packages))
	r.packages = append(r.packages, *s)
	r.types[kindPackage].Names = append(r.types[kindPackage].Names, strings.Clone(s.name))
	return nil
}

// sections makes classes of the sections that are large enough: of 100
// packages, or one in a hundred of a small index.
func (r *reader) sections() error {
	if r.again > 0 {
		r.Note(fmt.Sprintf("%s: %d %s listed again, in another version: the first counts.", r.file, r.again, show.Plural(r.again, "package is", "packages are")))
	}
	size := map[string]int{}
	for i := range r.packages {
		s := &r.packages[i]
		s.section = s.section[strings.LastIndexByte(s.section, '/')+1:] // of contrib/games, games
		size[s.section]++
	}
	least := min(100, max(3, len(r.packages)/100))
	small := 0
	for _, s := range r.packages {
		none := s.section == "" || size[s.section] < least
		if none && s.section != "" {
			small++
		}
		written := s.section
		if none {
			written = ""
		}
		r.types[kindPackage].AddLabel(written, none)
	}
	if small > 0 {
		r.Note(fmt.Sprintf("%s: %d %s no label, for their section has less than %d.", r.file, small, show.Plural(small, "package has", "packages have"), least))
	}
	return nil
}

// features are the words of the one-line description, each added to or taken
// from one of the numbers by its hash; a row has the length 1.
func (r *reader) features() error {
	t := r.types[kindPackage]
	t.Width, t.Features = Width, make([]float32, Width*len(r.packages))
	for i, s := range r.packages {
		row := t.Features[i*Width : (i+1)*Width]
		square := 0.0
		for _, word := range strings.FieldsFunc(strings.ToLower(s.about), func(c rune) bool { return c < 'a' || c > 'z' }) {
			if len(word) < 3 {
				continue
			}
			sum := md5.Sum([]byte(word))
			row[sum[15]%Width] += 1 - 2*float32(1-sum[7]&1)
		}
		for _, x := range row {
			square += float64(x) * float64(x)
		}
		for d := range row {
			if square > 0 {
				row[d] = float32(float64(row[d]) / math.Sqrt(square))
			}
		}
	}
	return nil
}
