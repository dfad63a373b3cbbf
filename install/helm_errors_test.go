package install

import (
	"errors"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/event"
)

func TestOwnershipError(t *testing.T) {
	text := `Unable to continue with install: ServiceAccount "zenml" in namespace "n" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "second": current value is "first"`
	var foreign *ForeignError
	if err := ownershipError(errors.New(text)); !errors.As(err, &foreign) {
		t.Fatal(err)
	}
	if foreign.Object != (event.Object{Kind: "ServiceAccount", Namespace: "n", Name: "zenml"}) ||
		foreign.Owner != "Helm release first" {
		t.Errorf("%+v", foreign)
	}
	if err := ownershipError(errors.New("timed out")); err != nil {
		t.Error(err)
	}
}
