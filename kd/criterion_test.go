package kd

import "testing"

func TestNew(t *testing.T) {
	for _, name := range Names {
		t.Run("name="+name, func(t *testing.T) {
			c, err := New(name, testTeacher, testStudent, Options{}, newRNG(1))
			if err != nil {
				t.Fatal(err)
			}
			if own := name != "none" && name != "kd"; (c != nil) != own {
				t.Errorf("criterion is %v, want one: %v", c, own)
			}
		})
	}
}

func TestNewErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		o    Options
		want string
	}{
		{"kl", Options{}, `kd: criterion is "kl", want one of ["none" "kd" "abkd"]`},
		{"", Options{}, `kd: criterion is "", want one of ["none" "kd" "abkd"]`},
		{"abkd", Options{ABKD: ABKDConfig{Dim: -3}}, `kd: ABKD: dim is -3, want at least 1`},
	} {
		c, err := New(test.name, testTeacher, testStudent, test.o, newRNG(1))
		if c != nil || err == nil || err.Error() != test.want {
			t.Errorf("name=%s: criterion is %v and error %v, want %s", test.name, c, err, test.want)
		}
	}
}

// TestNewDeterministic: the generator alone decides the parameters.
func TestNewDeterministic(t *testing.T) {
	for _, c := range configs() {
		a, b := newABKD(t, c), newABKD(t, c)
		for i, p := range a.Params() {
			for k, w := range p.W.Data {
				if w != b.Params()[i].W.Data[k] {
					t.Fatalf("%s: %s differs", c.name(), p.Name)
				}
			}
		}
	}
}
