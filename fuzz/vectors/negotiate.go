package vectors

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/stompwire/stomp/frame"
)

// Negotiate is a vector of negotiate.jsonl: the values of headers and what
// they mean. Which fields it has depends on Op; a nil Value, Client or Server
// is a header that is not there.
type Negotiate struct {
	Vector
	Op string

	Value          *Bytes   // but of "agree", "heart-beat-agree" and "subprotocols"
	Client, Server *Bytes   // of "agree" (client alone) and "heart-beat-agree"
	Speaks         []string // of "agree": the versions of the server
	Versions       []string // of "accept-version" the result, of "subprotocols" what there is to name
	Version        *string  // of "subprotocol"
	Names          []string // of "subprotocols"
	Agreed         *string  // of "agree" and "connected-version"
	Refusal        *string  // of "agree" without agreement: the version header of the ERROR
	Mode           *string  // of "ack-mode"
	Send, Receive  *int64   // of "heart-beat", in milliseconds
	FromClient     *int64   `json:"from_client"` // of "heart-beat-agree", in milliseconds
	FromServer     *int64   `json:"from_server"`
	Limit          *int64   // of "content-length"
	Number         *string  // of "content-length", in decimal

	Error *ValueError // in place of a result
}

// A ValueError is why a value cannot be read.
type ValueError struct {
	Kind   string // "syntax" or "range"
	Offset int
}

// What each op has: keys that must be there, and keys of which the first or
// all others must be, the others being the result.
var ops = map[string]struct{ needs, result, may []string }{
	"accept-version":    {needs: []string{"value", "versions"}},
	"agree":             {needs: []string{"client", "speaks", "agreed"}, may: []string{"refusal"}},
	"connected-version": {needs: []string{"value", "agreed"}},
	"heart-beat":        {needs: []string{"value"}, result: []string{"send", "receive"}},
	"heart-beat-agree":  {needs: []string{"client", "server", "from_client", "from_server"}},
	"ack-mode":          {needs: []string{"value"}, result: []string{"mode"}},
	"content-length":    {needs: []string{"value"}, result: []string{"number"}, may: []string{"limit"}},
	"subprotocol":       {needs: []string{"value", "version"}},
	"subprotocols":      {needs: []string{"versions", "names"}},
}

// UnmarshalJSON reads a vector and refuses keys that its op does not have.
func (v *Negotiate) UnmarshalJSON(b []byte) error {
	type plain Negotiate
	if err := strict(b, (*plain)(v)); err != nil {
		return err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	for _, key := range []string{"id", "title", "class", "section", "decision", "op"} {
		delete(keys, key)
	}
	op, ok := ops[v.Op]
	if !ok {
		return fmt.Errorf("no op %q", v.Op)
	}
	want := op.needs
	if v.Error != nil && op.result != nil {
		want = append(slices.Clip(want), "error")
	} else {
		want = append(slices.Clip(want), op.result...)
	}
	for _, key := range want {
		if _, ok := keys[key]; !ok {
			return fmt.Errorf("no %s", key)
		}
		delete(keys, key)
	}
	for _, key := range op.may {
		delete(keys, key)
	}
	for key := range keys {
		return fmt.Errorf("%s has no %s", v.Op, key)
	}
	return nil
}

func (v *Negotiate) check() error {
	if err := v.Vector.check(); err != nil {
		return err
	}
	for _, list := range [][]string{v.Versions, v.Speaks} {
		if _, err := parseVersions(list); err != nil {
			return err
		}
	}
	if v.Op == "agree" && (v.Agreed == nil) != (v.Refusal != nil) {
		return errors.New("agreed and refusal, or neither")
	}
	if e := v.Error; e != nil && (e.Kind != "syntax" && e.Kind != "range" || e.Offset < 0 || v.Value == nil || e.Offset > len(*v.Value)) {
		return fmt.Errorf("no error %q at %d", e.Kind, e.Offset)
	}
	return nil
}

// parseVersions makes a set of a list of versions.
func parseVersions(list []string) (set frame.Versions, err error) {
	for _, s := range list {
		v, ok := frame.ParseVersion(s)
		if !ok || set.Has(v) {
			return 0, fmt.Errorf("version %q is unknown, or there twice", s)
		}
		set |= frame.VersionsOf(v)
	}
	return set, nil
}
