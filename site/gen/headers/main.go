// Command headers prints the file _headers, by which hosts of files such as
// Cloudflare send with the page what abkd serve sends.
package main

import (
	"fmt"

	"abkd/site/static"
)

func main() { fmt.Print(static.HeadersFile()) }
