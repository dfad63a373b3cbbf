package hashicorp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/hashicorp/vault/api"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// need is a capability that the server needs on a path.
type need struct {
	path string // as the Vault is asked
	show string // as a policy says it
	can  []string
}

// needs are what the server does: it sets the engine's configuration when it
// starts, then creates, updates, reads and deletes, and renews its token.
func (s *Store) needs(name string) []need {
	mount := s.config.Mount
	return []need{
		{mount + "/config", mount + "/config", []string{"update"}},
		{mount + "/data/zenml/" + name, mount + "/data/zenml/*", []string{"create", "update", "read"}},
		{mount + "/metadata/zenml/" + name, mount + "/metadata/zenml/*", []string{"delete"}},
		{"auth/token/renew-self", "auth/token/renew-self", []string{"update"}},
	}
}

// Rights asks the Vault what the token may do, and with write proves it on a
// secret zenml/preflight-…. The write of the engine's configuration is asked
// for alone: to do it would change the engine.
func (s *Store) Rights(ctx context.Context, write bool) (stores.Rights, error) {
	rights := stores.Rights{How: "asked of the Vault (sys/capabilities-self)"}
	if fault := s.engine(ctx); fault != nil {
		rights.Faults = append(rights.Faults, fault)
		return rights, nil
	}
	name := stores.CanaryName()
	asked, err := s.ask(ctx, name)
	if err != nil {
		return rights, err
	}
	rights.List = asked
	if !write {
		return rights, nil
	}
	return s.prove(ctx, name, rights)
}

// engine looks at what is mounted. A token that may not ask is told nothing:
// then the canary decides.
func (s *Store) engine(ctx context.Context) *stores.Fault {
	mount := s.config.Mount
	found, err := s.inside().Logical().ReadWithContext(ctx, "sys/internal/ui/mounts/"+mount)
	if err != nil || found == nil {
		return nil //nolint:nilerr // who may not ask has the canary's answer
	}
	options, _ := found.Data["options"].(map[string]any)
	kind, version := text(found.Data["type"]), text(options["version"])
	switch {
	case kind != "kv":
		return &stores.Fault{Found: fmt.Sprintf("at %s%s there is an engine of type %s, not KV", mount, s.inNamespace(), kind), Remedy: "correct the mount: " + s.command("secrets list")}
	case version != "2":
		return &stores.Fault{Found: fmt.Sprintf("the KV engine at %s%s is of version 1, and the server uses version 2", mount, s.inNamespace()),
			Remedy: fmt.Sprintf("%s %s, or another mount: %s -path=zenml kv-v2", s.command("kv enable-versioning"), mount, s.command("secrets enable"))}
	}
	return nil
}

// ask lets the Vault say what the token may do.
func (s *Store) ask(ctx context.Context, name string) ([]stores.Right, error) {
	needs := s.needs(name)
	var paths []string
	for _, n := range needs {
		paths = append(paths, n.path)
	}
	found, err := s.inside().Logical().WriteWithContext(ctx, "sys/capabilities-self", map[string]any{"paths": paths})
	told := err == nil && found != nil
	if err != nil && !denied(err) {
		return nil, s.fault(err)
	}
	var list []stores.Right
	for _, n := range needs {
		var have []string
		if told {
			have = words(found.Data[n.path])
		}
		for _, can := range n.can {
			right := stores.Right{Name: can + " on " + n.show}
			switch {
			case slices.Contains(have, can), slices.Contains(have, "root"):
				right.State = stores.Granted
			case told:
				right.State = stores.Denied
			}
			list = append(list, right)
		}
	}
	return list, nil
}

func words(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, item := range list {
		all = append(all, text(item))
	}
	return all
}

// prove writes a secret, reads it, writes it again and deletes it. What it
// sees corrects what the Vault has said.
func (s *Store) prove(ctx context.Context, name string, rights stores.Rights) (stores.Rights, error) {
	rights.How = "proved on a secret that is removed again; " + s.config.Mount + "/config was asked for only (sys/capabilities-self)"
	data, meta := s.config.Mount+"/data/zenml/"+name, s.config.Mount+"/metadata/zenml/"+name
	logical := s.inside().Logical()
	write := func() error {
		_, err := logical.WriteWithContext(ctx, data, map[string]any{"data": map[string]any{"value": "preflight"}})
		return err
	}
	made := write()
	if made != nil && !denied(made) {
		rights.Left = s.sweep(ctx, name)
		return rights, s.dataFault(made)
	}
	rights.Set("create on "+s.config.Mount+"/data/zenml/*", made)
	if made != nil {
		return rights, nil
	}
	_, err := logical.ReadWithContext(ctx, data)
	if err != nil && !denied(err) {
		rights.Left = s.sweep(ctx, name)
		return rights, s.dataFault(err)
	}
	rights.Set("read on "+s.config.Mount+"/data/zenml/*", err)
	again := write()
	if again != nil && !denied(again) {
		rights.Left = s.sweep(ctx, name)
		return rights, s.dataFault(again)
	}
	rights.Set("update on "+s.config.Mount+"/data/zenml/*", again)
	clean, cancel := stores.CleanUp(ctx)
	defer cancel()
	_, gone := logical.DeleteWithContext(clean, meta)
	rights.Set("delete on "+s.config.Mount+"/metadata/zenml/*", gone)
	if gone != nil {
		rights.Left = s.leftover(name)
	}
	return rights, nil
}

// dataFault words why a secret cannot be written at the mount.
func (s *Store) dataFault(err error) error {
	var refused *api.ResponseError
	if errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound {
		return &stores.Fault{Cause: err, Found: fmt.Sprintf("there is no KV version 2 engine at %s%s", s.config.Mount, s.inNamespace()), Remedy: fmt.Sprintf("correct the mount (%s), or: %s -path=%s kv-v2", s.command("secrets list"), s.command("secrets enable"), s.config.Mount)}
	}
	return s.fault(err)
}

func (s *Store) sweep(ctx context.Context, name string) string {
	ctx, cancel := stores.CleanUp(ctx)
	defer cancel()
	_, err := s.inside().Logical().DeleteWithContext(ctx, s.config.Mount+"/metadata/zenml/"+name)
	var refused *api.ResponseError
	if err == nil || errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound {
		return ""
	}
	return s.leftover(name)
}

func (s *Store) leftover(name string) string {
	return fmt.Sprintf("zenml/%s at %s%s; remove it: %s -mount=%s zenml/%s", name, s.config.Mount, s.inNamespace(), s.command("kv metadata delete"), s.config.Mount, name)
}

func denied(err error) bool {
	var refused *api.ResponseError
	return errors.As(err, &refused) && refused.StatusCode == http.StatusForbidden
}
