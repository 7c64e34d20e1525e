package main

import (
	"strings"
	"testing"
)

func TestLicences(t *testing.T) {
	all := abkd(t, "licences").ok(t).stdout
	for _, want := range []string{"Apache License, Version 2.0", "github.com/spf13/cobra v", "--- LICENSE", "Go standard library", "SIL OPEN FONT LICENSE", "svelte "} {
		if !strings.Contains(all, want) {
			t.Errorf("abkd licences has no %q", want)
		}
	}
	if strings.Contains(all, `\x`) {
		t.Error("abkd licences has characters that are shown as escapes")
	}
	list := abkd(t, "licences", "--list").ok(t).stdout
	if !strings.Contains(list, "gonum.org/v1/gonum v") || strings.Contains(list, "Redistribution") || len(list) > 10_000 {
		t.Errorf("abkd licences --list is\n%s\nwant names alone", list)
	}
}
