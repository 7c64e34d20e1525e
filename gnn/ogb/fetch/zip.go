//go:build !js

package fetch

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"unicode/utf8"
)

// Limits of a zip file. Data sets hold files that are compressed already, so
// that what grows more is no data set.
const (
	maxZipFiles  = 10000
	maxZipGrowth = 20      // bytes unpacked for each byte of the zip
	freeZipBytes = 1 << 20 // unpacked bytes that no limit is asked for
)

// damage is an error that lies in the zip, and not in the disk or the time.
type damage struct{ error }

func (d damage) Unwrap() error { return d.error }

// unzip unpacks the folder top of the zip, which must be all there is in it,
// to the folder dir, and returns the sums of the files. Whatever in the zip
// could harm is refused before anything is written: names that lead elsewhere
// or clash, links, devices, more than the limits; and no file becomes longer
// than the zip's directory says.
func unzip(ctx context.Context, file, dir, top string, o InstallOptions) (sums []FileSum, err error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, damage{fmt.Errorf("ogb: %s: cannot be read as a zip file (%v): it is damaged, or something else", file, zipCause(err))}
	}
	defer z.Close()
	info, err := os.Stat(file)
	if err != nil {
		return nil, fileError(file, err)
	}
	total, err := checkZip(z.File, info.Size(), top)
	if err != nil {
		return nil, damage{fmt.Errorf("ogb: %s: %w", file, err)}
	}
	if o.Room != nil {
		if err := o.Room(total); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fileError(dir, err)
	}
	defer root.Close()
	done := int64(0)
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, top+"/")
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		sum, err := unzipFile(ctx, root, f, name, func(n int64) {
			if done += n; o.Progress != nil {
				o.Progress(name, done, total)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("ogb: %s: %s: %w", file, f.Name, err)
		}
		sums = append(sums, FileSum{name, int64(f.UncompressedSize64), sum})
	}
	return sums, nil
}

// checkZip looks through the directory of a zip file of that size and returns
// how many bytes it unpacks to.
func checkZip(files []*zip.File, size int64, top string) (total int64, err error) {
	if len(files) > maxZipFiles {
		return 0, fmt.Errorf("%d files, want at most %d", len(files), maxZipFiles)
	}
	limit := uint64(size)*maxZipGrowth + freeZipBytes
	packed, unpacked := uint64(0), uint64(0)
	folders, taken := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		if err := checkEntry(f, top); err != nil {
			return 0, fmt.Errorf("entry %.200q: %w", f.Name, err)
		}
		// A file system may not tell upper from lower case.
		name := strings.ToLower(strings.TrimSuffix(f.Name, "/"))
		if taken[name] && !(folders[name] && strings.HasSuffix(f.Name, "/")) {
			return 0, fmt.Errorf("entry %.200q: is there twice, or as a file and a folder", f.Name)
		}
		taken[name] = true
		folders[name] = strings.HasSuffix(f.Name, "/")
		for p := path.Dir(name); p != "."; p = path.Dir(p) {
			if taken[p] && !folders[p] {
				return 0, fmt.Errorf("entry %.200q: is there twice, or as a file and a folder", p)
			}
			taken[p], folders[p] = true, true
		}
		if f.UncompressedSize64 > limit-unpacked || f.CompressedSize64 > uint64(size)-packed {
			return 0, fmt.Errorf("entry %.200q: with it %d bytes unpack to more than %d, or files overlap: this is no data set", f.Name, size, limit)
		}
		packed, unpacked = packed+f.CompressedSize64, unpacked+f.UncompressedSize64
	}
	return int64(unpacked), nil
}

// checkEntry reports what is wrong with an entry by itself.
func checkEntry(f *zip.File, top string) error {
	name := strings.TrimSuffix(f.Name, "/")
	folder := name != f.Name
	switch {
	case !utf8.ValidString(name) || !fs.ValidPath(name) || strings.ContainsAny(name, "\\:\x00"):
		return errors.New("name leads out of the folder or is not plain, want one like raw/edge.csv.gz")
	case name != top && !strings.HasPrefix(name, top+"/") || name == top && !folder:
		return fmt.Errorf("is not in the folder %s, want everything there", top)
	case name == top+"/"+Sums:
		return errors.New("has the name that is for the list of sums")
	case folder != f.Mode().IsDir() || !folder && !f.Mode().IsRegular():
		return fmt.Errorf("has mode %v, want a file or a folder", f.Mode())
	case f.Flags&1 != 0:
		return errors.New("is encrypted")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Errorf("is compressed by method %d, want 0 or 8", f.Method)
	}
	return nil
}

// unzipFile writes one file and returns its sum.
func unzipFile(ctx context.Context, root *os.Root, f *zip.File, name string, progress func(bytes int64)) (string, error) {
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return "", err
	}
	src, err := f.Open()
	if err != nil {
		return "", zipCause(err)
	}
	defer src.Close()
	dst, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	defer dst.Close() // a second Close is harmless
	sum := sha256.New()
	size := int64(f.UncompressedSize64)
	n, err := io.Copy(io.MultiWriter(dst, sum), io.LimitReader(watched{src, ctx, progress}, size+1))
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.As(err, new(*fs.PathError)):
		return "", zipCause(err) // of the disk
	case err != nil:
		return "", damage{zipCause(err)}
	case n != size:
		return "", damage{fmt.Errorf("unpacks to %d bytes or more, want %d", n, size)}
	}
	return hex.EncodeToString(sum.Sum(nil)), cmp.Or(dst.Sync(), dst.Close())
}

// zipCause is err in the words of the file, not of the package that read it.
func zipCause(err error) error {
	switch {
	case errors.Is(err, zip.ErrFormat):
		return errors.New("no directory at its end, or a wrong one")
	case errors.Is(err, zip.ErrChecksum):
		return errors.New("its checksum is wrong")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it ends too early")
	}
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
