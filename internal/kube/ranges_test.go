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

func TestPodRanges_bothFamilies(t *testing.T) {
	got := PodRanges([]string{"10.244.1.0/24", "fd00:10:244:1::/64", "10.244.0.0/24", "fd00:10:244::/64", "malformed"})
	if len(got) != 2 || got[0].String() != "10.244.0.0/23" || got[1].String() != "fd00:10:244::/63" {
		t.Errorf("got %v", got)
	}
}
