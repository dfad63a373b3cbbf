package plan

import "testing"

// TestWithKnown leaves out of the diff of a hook's Secret what the server's Secret has
// already, and nothing else.
func TestWithKnown(t *testing.T) {
	secret := func(data string) string {
		return "apiVersion: v1\nkind: Secret\nmetadata: {name: migration}\ndata: " + data + "\n"
	}
	old, server := parse(t, secret("{jwt: b25l, url: b2xk}")), parse(t, secret("{jwt: dHdv, url: b2xk, more: b25l}"))
	got := withKnown(old, parse(t, secret("{jwt: dHdv, url: bmV3, more: b25l}")), server)
	if want := parse(t, secret("{jwt: dHdv, url: b2xk}")); !sameContent(got, want) {
		t.Errorf("got %v", got.Object)
	}
	if !sameContent(old, parse(t, secret("{jwt: b25l, url: b2xk}"))) {
		t.Error("the Secret of the release was changed")
	}
	if empty := parse(t, "apiVersion: v1\nkind: Secret\nmetadata: {name: migration}\n"); withKnown(empty, old, old) != empty {
		t.Error("a Secret without data was copied")
	}
}
