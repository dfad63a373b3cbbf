package network

import (
	"net/netip"
	"testing"
)

func TestChoose(t *testing.T) {
	for name, test := range map[string]struct {
		used []string
		want string // subnet, host, node
		link string
	}{
		"first":              {nil, "10.211.0.0/30 10.211.0.1 10.211.0.2", "zmlsbx0000"},
		"next":               {[]string{"10.211.0.0/30"}, "10.211.0.4/30 10.211.0.5 10.211.0.6", "zmlsbx0001"},
		"gap":                {[]string{"10.211.0.0/30", "10.211.0.8/30"}, "10.211.0.4/30 10.211.0.5 10.211.0.6", "zmlsbx0001"},
		"address inside":     {[]string{"10.211.0.3/32"}, "10.211.0.4/30 10.211.0.5 10.211.0.6", "zmlsbx0001"},
		"wider network":      {[]string{"10.211.0.0/24"}, "10.211.1.0/30 10.211.1.1 10.211.1.2", "zmlsbx0040"},
		"VPN over all of 10": {[]string{"10.0.0.0/8"}, "10.211.0.0/30 10.211.0.1 10.211.0.2", "zmlsbx0000"},
		"default route":      {[]string{"0.0.0.0/0"}, "10.211.0.0/30 10.211.0.1 10.211.0.2", "zmlsbx0000"},
		"elsewhere":          {[]string{"192.168.0.0/16"}, "10.211.0.0/30 10.211.0.1 10.211.0.2", "zmlsbx0000"},
	} {
		t.Run(name, func(t *testing.T) {
			var used []netip.Prefix
			for _, prefix := range test.used {
				used = append(used, netip.MustParsePrefix(prefix))
			}
			link, err := Choose(used)
			if err != nil {
				t.Fatal(err)
			}
			got := link.Subnet.String() + " " + link.Host.String() + " " + link.Node.String()
			if got != test.want || link.Interface != test.link {
				t.Errorf("got %s on %s, want %s on %s", got, link.Interface, test.want, test.link)
			}
		})
	}
}

func TestChooseFindsNothing(t *testing.T) {
	if link, err := Choose([]netip.Prefix{netip.MustParsePrefix("10.211.0.0/16")}); err == nil {
		t.Errorf("chose %v although everything is taken", link)
	}
}

func TestInterfaceNamesAreShortEnough(t *testing.T) {
	almostAll := []netip.Prefix{}
	for i := range 255 {
		almostAll = append(almostAll, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 211, byte(i), 0}), 24))
	}
	link, err := Choose(almostAll)
	if err != nil {
		t.Fatal(err)
	}
	if len(link.Interface) > 15 {
		t.Errorf("interface name %q is longer than the kernel's 15 characters", link.Interface)
	}
}
