// Package strict reads JSON as pages send it and no other way: one object, whose
// fields have exactly the names that are expected.
package strict

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Object reads one object into the struct at v. A field that v has not, one that is
// there twice, text that is not UTF-8, and whatever is no object are errors. What is
// not said, and what is null, is zero.
func Object(b []byte, v any) error {
	if kind := jsontext.Value(b).Kind(); kind != '{' {
		return errors.New("it is no JSON object")
	}
	err := json.Unmarshal(b, v, json.RejectUnknownMembers(true))
	why, isOfValue := errors.AsType[*json.SemanticError](err)
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return fmt.Errorf("there is no field %.60q", why.JSONPointer)
	case isOfValue:
		return fmt.Errorf("%.60q has a value that it cannot have", why.JSONPointer)
	}
	return err
}
