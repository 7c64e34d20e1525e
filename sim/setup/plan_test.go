package setup

import (
	"reflect"
	"testing"
)

// A plan has what was said in the field of the same name, whatever fields are
// yet to be added.
func TestPlanHasWhatWasSaid(t *testing.T) {
	var e Experiment
	said := reflect.ValueOf(&e).Elem()
	for i := range said.NumField() {
		switch f := said.Field(i).Addr().Interface().(type) {
		case *string:
			*f = "x"
		case *int:
			*f = 7
		case *bool:
			*f = true
		case *Size:
			*f = Size{7, 8}
		case *Opt[uint64]:
			*f = Some[uint64](0)
		case *Opt[float64]:
			*f = Some(0.25)
		default:
			t.Fatalf("%s is a %T, of which this test knows nothing", said.Type().Field(i).Name, f)
		}
	}
	plan := reflect.ValueOf(e.Plan())
	if plan.NumField() != said.NumField() {
		t.Errorf("a plan has %d fields, an experiment %d", plan.NumField(), said.NumField())
	}
	for i := range said.NumField() {
		name := said.Type().Field(i).Name
		want, got := said.Field(i).Interface(), plan.FieldByName(name).Interface()
		switch opt := want.(type) {
		case Opt[uint64]:
			want = opt.value
		case Opt[float64]:
			if name != "InputDropout" {
				want = opt.value
			}
		}
		if got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// What says nothing has every default of the table in its plan.
func TestPlanOfNothing(t *testing.T) {
	complete := Experiment{}.Complete()
	for _, c := range Controls() {
		if got := c.Get(&complete); got != c.Default && c.Kind != Bool {
			t.Errorf("%s is %q, want %q", c.Key, got, c.Default)
		}
	}
	p := Experiment{}.Plan()
	if p.Seed != 1 || p.Beta != 1 || p.Alpha != 0 || p.Student != (Size{2, 5}) || p.Teacher != (Size{3, 64}) || p.EvalEvery != 1 {
		t.Errorf("it is %+v", p)
	}
	if c := p.Config(p.Student); c.Dropout != 0.5 || c.InputDropout != 0 {
		t.Errorf("its model is %+v", c)
	}
	none := Experiment{Dropout: Some(0.0), InputDropout: Some(0.0), InitialShare: Some(0.0)}.Plan()
	if c := none.Config(none.Student); c.Dropout >= 0 || c.InputDropout >= 0 || c.Alpha >= 0 {
		t.Errorf("a model without dropout is %+v, want gnn's spelling of none", c)
	}
}
