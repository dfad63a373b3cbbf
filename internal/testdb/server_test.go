package testdb

import (
	"testing"
)

func TestTheServerReportsWhatItWasToldAndOffersTLS(t *testing.T) {
	s := Start(t, Options{Version: "5.7.44-log"})
	if got := s.Strings(t, "SELECT VERSION()"); len(got) != 1 || got[0] != "5.7.44-log" {
		t.Errorf("it reports %v", got)
	}
	if got := s.Strings(t, "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME = 'have_ssl'"); len(got) != 1 || got[0] != "YES" {
		t.Errorf("have_ssl is %v", got)
	}
}
