package secret

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestTextNeverShows(t *testing.T) {
	const canary = "c4n4ry-p4ss"
	type holder struct{ Password Text }
	held := holder{New(canary)}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "held", held, "text", held.Password)
	asJSON, err := json.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(held)
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(asJSON) + string(asYAML) +
		fmt.Sprintf(
			"%v %+v %#v %s %q %x %d",
			held,
			held,
			held,
			held.Password,
			held.Password,
			held.Password,
			held.Password,
		) +
		fmt.Sprint(fmt.Errorf("login with %v", held.Password))
	if strings.Contains(shown, canary) || strings.Contains(shown, fmt.Sprintf("%x", canary)) {
		t.Fatalf("%q contains the secret", shown)
	}
	if !strings.Contains(shown, Mask) {
		t.Fatalf("%q contains no mask", shown)
	}
	if held.Password.Reveal() != canary {
		t.Fatal("Reveal does not return the secret")
	}
}
