package database

import (
	"strings"
	"testing"
)

func TestParseGrant(t *testing.T) {
	for text, covers := range map[string]string{
		"GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION":     "anything",
		"GRANT SELECT, DROP ON `zenml`.* TO `u`@`%`":                      "zenml",
		"GRANT SELECT, DROP ON `zen\\_ml`.* TO `u`@`%`":                   "zen_ml",
		"GRANT SELECT, DROP ON `zen%`.* TO `u`@`%` IDENTIFIED BY 'x y z'": "zenml",
		"GRANT SELECT, DROP ON `a``b`.* TO `u`@`%`":                       "a`b",
	} {
		g, ok := parseGrant(text)
		if !ok || !g.covers(covers) || len(missingRights([]grant{g}, covers, []string{"DROP"})) != 0 {
			t.Errorf("%s does not cover %s: %+v", text, covers, g)
		}
		if g.object != "*.*" && g.covers("other") {
			t.Errorf("%s covers too much", text)
		}
	}
	if _, ok := parseGrant("GRANT SELECT ON `zenml`.`one` TO `u`@`%`"); ok {
		t.Error("a right on one table is taken for one on the database")
	}
	if g, _ := parseGrant("GRANT SELECT ON `zen\\_ml`.* TO `u`@`%`"); g.covers("zenxml") ||
		strings.Contains(g.object, "x") {
		t.Error("an escaped _ matches another letter")
	}
}
