package kube

import (
	"net/netip"
	"testing"
)

func TestCover(t *testing.T) {
	for _, c := range []struct {
		in   []string
		want string
	}{
		{nil, ""},
		{[]string{"10.244.0.0/24"}, "10.244.0.0/24"},
		{[]string{"10.244.0.0/24", "10.244.1.0/24"}, "10.244.0.0/23"},
		{[]string{"10.244.0.0/24", "10.244.200.0/24"}, "10.244.0.0/16"},
		{[]string{"10.244.0.0/25", "10.244.0.0/24"}, "10.244.0.0/24"},
		{[]string{"10.0.0.0/24", "192.168.0.0/24"}, ""},
	} {
		var all []netip.Prefix
		for _, s := range c.in {
			all = append(all, netip.MustParsePrefix(s))
		}
		got, ok := cover(all)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("cover(%v) = %v, want %q", c.in, got, c.want)
		}
	}
}
