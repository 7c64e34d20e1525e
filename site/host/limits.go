package host

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"abkd/site/api"
)

// allowed is how often an address may do something: at once, and how often in the
// long run. A school has one address, and none opens in a day as many rooms as there
// may be.
var allowed = map[api.Kind]struct {
	burst int
	every time.Duration
}{
	api.Open:      {20, 2 * time.Minute},
	api.Join:      {300, 200 * time.Millisecond},
	api.WrongCode: {20, 15 * time.Second},
	api.WrongKey:  {20, 15 * time.Second},
	api.Link:      {60, 2 * time.Second},
	api.Ask:       {1000, 20 * time.Millisecond},
}

// mostAddresses are remembered at a time.
const mostAddresses = 10_000

// limits implement api.Limiter in memory.
type limits struct {
	now  func() time.Time
	mu   sync.Mutex
	each map[limited]*rate.Limiter
}

type limited struct {
	kind    api.Kind
	address string
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, each: map[limited]*rate.Limiter{}}
}

// Allow implements api.Limiter.
func (l *limits) Allow(_ context.Context, kind api.Kind, address string) (bool, error) {
	one, err := l.of(kind, address)
	return err == nil && one.AllowN(l.now(), 1), err
}

// Has implements api.Limiter.
func (l *limits) Has(_ context.Context, kind api.Kind, address string) (bool, error) {
	one, err := l.of(kind, address)
	return err == nil && one.TokensAt(l.now()) >= 1, err
}

// of returns the limit of an address. Those that have all of theirs again are
// forgotten; if too many have not, nobody else is allowed anything.
func (l *limits) of(kind api.Kind, address string) (*rate.Limiter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := limited{kind, address}
	if one := l.each[key]; one != nil {
		return one, nil
	}
	if len(l.each) >= mostAddresses {
		now := l.now()
		for k, one := range l.each {
			if one.TokensAt(now) >= float64(one.Burst()) {
				delete(l.each, k)
			}
		}
	}
	if len(l.each) >= mostAddresses {
		return nil, errors.New("host: too many addresses to be limited one by one")
	}
	a := allowed[kind]
	l.each[key] = rate.NewLimiter(rate.Every(a.every), a.burst)
	return l.each[key], nil
}
