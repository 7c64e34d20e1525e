// Package licences holds the texts that go with every copy of ABKD Lab.
package licences

import _ "embed"

// Notice says who made what is here.
//
//go:embed NOTICE
var Notice string

// ThirdParty lists the modules, packages and fonts of others that are part of
// the programs and the page, with the texts of their licences, the Apache
// License that holds here among them. "make licences"
// writes it.
//
//go:embed THIRD-PARTY.txt
var ThirdParty string
