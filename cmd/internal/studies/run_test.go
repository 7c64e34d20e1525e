package studies

import (
	"bytes"
	"strings"
	"testing"

	"abkd/sim/memory"
	"abkd/sim/setup"
)

// One run that the machine has no memory for is refused, and several at a time
// that it has not are warned of.
func TestCompareOnASmallMachine(t *testing.T) {
	j := &comparison{}
	run := setup.Footprint{Models: 1 << 30}
	var warned bytes.Buffer
	if err := j.judge(&warned, run, 2, memory.Allowance{Free: 1 << 29, Most: 1 << 29}); err == nil || !strings.Contains(err.Error(), "a run is estimated to need 1.02 GiB, more than the machine has with all its swap, 512 MiB: models 1 GiB") {
		t.Errorf("the error is %v", err)
	}
	if err := j.judge(&warned, run, 2, memory.Allowance{Free: 1 << 30, Most: 3 << 29}); err != nil || !strings.Contains(warned.String(), "2 runs side by side are estimated to need 2.02 GiB") {
		t.Errorf("the error is %v, the warning %q", err, &warned)
	}
}
