package host

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"abkd/site/secrets"
)

// Certificates say by what a server shows that it is who it is: two files, or
// names for which it asks an authority (ACME). Neither is HTTP without TLS.
type Certificates struct {
	Cert, Key string   // PEM files
	Names     []string // that lead to this server from everywhere, on port 443
	Folder    string   // where certificates that were got are kept

	authority *acme.Client // who is asked, nil for Let's Encrypt
}

// ReadKey reads the key of teachers, which is all that a file has.
func ReadKey(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return secrets.Key(string(b))
}

// Secure wraps a listener. What it returns is l itself if there are no
// certificates.
func (c Certificates) Secure(l net.Listener) (net.Listener, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}} // WebSockets have no other
	switch {
	case (c.Cert == "") != (c.Key == ""):
		return nil, errors.New("a certificate and its key are wanted, and one of them is not given")
	case c.Cert != "" && len(c.Names) > 0:
		return nil, errors.New("certificates are given and asked for, want one of them")
	case c.Cert != "":
		pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate %s with key %s: %w", c.Cert, c.Key, err)
		}
		config.Certificates = []tls.Certificate{pair}
	case len(c.Names) > 0:
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(c.Names...), Cache: autocert.DirCache(filepath.Join(c.Folder, "certificates")), Client: c.authority}
		config.GetCertificate = m.GetCertificate
		config.NextProtos = append(config.NextProtos, acme.ALPNProto)
	default:
		return l, nil
	}
	return tls.NewListener(l, config), nil
}
