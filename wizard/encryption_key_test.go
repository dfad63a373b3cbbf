package wizard

import "testing"

func TestEncryptionKeyIsShownOnceAndSavedOnRequest(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().toReview().sees("in 1.2s").press("enter")
	p.stage.finish <- nil
	p.sees("Server ready", "Show the encryption key (k)")
	p.press("k").sees("Keep the encryption key safe.", "k3y", "zenml-server-secrets-store").press("enter")
	if p.m.dialog != nil || p.stage.savedKeys != nil {
		t.Fatal("the safe option does more than close")
	}
	p.press("k").sees("k3y").press("s").sees("Saved the encryption key in zenml-encryption-key.txt")
	if len(p.stage.savedKeys) != 1 {
		t.Fatalf("saved %d keys", len(p.stage.savedKeys))
	}
	p.press("k").sees("k3y").press("s").sees("already exists and was not changed")
}
