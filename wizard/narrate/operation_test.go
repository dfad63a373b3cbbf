package narrate

import "testing"

func TestOperation(t *testing.T) {
	for o, want := range map[Operation][4]string{
		OperationOn(false): {"Install", "installed", "installing", "Install into kind"},
		OperationOn(true):  {"Upgrade", "upgraded", "upgrading", "Upgrade zenml in kind"},
	} {
		if got := [4]string{o.Verb(), o.Past(), o.Doing(), o.On("zenml", "kind")}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
