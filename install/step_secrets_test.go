package install

import (
	"errors"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// withKey adds a generated encryption key to a plan.
func (b *bench) withKey(plan Plan, key string) Plan {
	secret := corev1.Secret{Data: map[string][]byte{"encryption-key": []byte(key)}}
	secret.Name = releaseName + "-secrets-store"
	plan.Secrets = append(plan.Secrets, secret)
	plan.GeneratedKeys = []answers.SecretRef{{Name: secret.Name, Key: "encryption-key"}}
	return plan
}

func (b *bench) keyInCluster() string {
	b.t.Helper()
	name := releaseName + "-secrets-store"
	found, err := b.Client(b.t).CoreV1().Secrets(b.namespace).Get(b.t.Context(), name, metav1.GetOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	return string(found.Data["encryption-key"])
}

// Two installs are prepared before either is applied: each generated a key.
func TestApply_keyOfFasterInstall(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, second := b.withKey(
		b.sqlite("current"),
		"key of the first",
	), b.withKey(
		b.sqlite("current"),
		"key of the second",
	)
	b.apply(first)

	_, err := b.engine.Apply(t.Context(), second, record(t).observe)
	var conflict *KeyConflictError
	if !errors.As(err, &conflict) || conflict.Key != "encryption-key" {
		t.Fatalf("the second install ended with %v, want a KeyConflictError", err)
	}
	if got := b.keyInCluster(); got != "key of the first" {
		t.Errorf("the Secret holds %q", got)
	}
	if release, err := b.engine.Release(t.Context(), b.namespace, releaseName); err != nil || release.Revision != 1 {
		t.Errorf("release is %+v, %v; want revision 1", release, err)
	}
	b.apply(first) // with the existing key, an upgrade succeeds
	if got := b.keyInCluster(); got != "key of the first" {
		t.Errorf("after the upgrade the Secret holds %q", got)
	}
}

// Missing keys may be added, and other data may change.
func TestApply_secretWithoutKey(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.withKey(b.sqlite("current"), "")
	plan.Secrets[0].Data = map[string][]byte{"other": []byte("1")}
	b.apply(plan)
	plan.Secrets[0].Data = map[string][]byte{"other": []byte("2"), "encryption-key": []byte("new")}
	b.apply(plan)
	if got := b.keyInCluster(); got != "new" {
		t.Errorf("the Secret holds %q", got)
	}
}

func TestApply_reviewedRevision(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	plan.Reviewed = &Reviewed{}
	b.apply(plan)

	var changed *ChangedError
	if _, err := b.engine.Apply(t.Context(), plan, record(t).observe); !errors.As(err,
		&changed) || changed.Now != "revision 1" {
		t.Fatalf("applied a plan for a first install over revision 1: %v", err)
	}
	plan.Reviewed = &Reviewed{Revision: 1}
	b.apply(plan)
}
