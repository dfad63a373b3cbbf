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

// need is the capabilities that the server needs on a path.
type need struct {
	path string // for the query
	show string // as in a policy
	can  []string
}

// needs returns what the server does: at startup it writes the engine's configuration,
// then it creates, updates, reads and deletes secrets and renews its token.
func (s *Store) needs(name string) []need {
	mount := s.config.Mount
	return []need{{mount + "/config", mount + "/config", []string{"update"}},
		{mount + "/data/zenml/" + name, mount + "/data/zenml/*", []string{"create", "update", "read"}},
		{mount + "/metadata/zenml/" + name, mount + "/metadata/zenml/*", []string{"delete"}},
		{"auth/token/renew-self", "auth/token/renew-self", []string{"update"}}}
}

// Rights queries the token's capabilities, and with write tests them with a secret
// zenml/preflight-…. It only queries the write of the engine's configuration, because
// writing would change the engine.
func (s *Store) Rights(ctx context.Context, write bool) (stores.Rights, error) {
	rights := stores.Rights{How: "queried from Vault (sys/capabilities-self)"}
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

// engine checks the mounted engine. If the token cannot query it, the test secret
// decides.
func (s *Store) engine(ctx context.Context) *stores.Fault {
	mount := s.config.Mount
	found, err := s.inside().Logical().ReadWithContext(ctx, "sys/internal/ui/mounts/"+mount)
	if err != nil || found == nil {
		return nil //nolint:nilerr // the test secret decides
	}
	options, _ := found.Data["options"].(map[string]any)
	kind, version := text(found.Data["type"]), text(options["version"])
	switch {
	case kind != "kv":
		return &stores.Fault{
			Summary: fmt.Sprintf("the engine at %s%s is of type %s, not KV", mount, s.inNamespace(), kind),
			Remedy:  "correct mount: " + s.command("secrets list"),
		}
	case version != "2":
		return &stores.Fault{
			Summary: fmt.Sprintf("the KV engine at %s%s is version 1, but the server needs version 2", mount,
				s.inNamespace()),
			Remedy: fmt.Sprintf("%s %s\nor create another mount: %s -path=zenml kv-v2",
				s.command("kv enable-versioning"), mount, s.command("secrets enable")),
		}
	}
	return nil
}

// ask queries the token's capabilities.
func (s *Store) ask(ctx context.Context, name string) ([]stores.Right, error) {
	needs := s.needs(name)
	var paths []string
	for _, n := range needs {
		paths = append(paths, n.path)
	}
	found, err := s.inside().Logical().WriteWithContext(ctx, "sys/capabilities-self", map[string]any{"paths": paths})
	details := err == nil && found != nil
	if err != nil && !denied(err) {
		return nil, s.fault(err)
	}
	var list []stores.Right
	for _, n := range needs {
		var have []string
		if details {
			have = words(found.Data[n.path])
		}
		for _, can := range n.can {
			right := stores.Right{Name: can + " on " + n.show}
			switch {
			case slices.Contains(have, can), slices.Contains(have, "root"):
				right.State = stores.Granted
			case details:
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

// prove writes, reads, updates and deletes a test secret. Its results override the
// queried capabilities.
func (s *Store) prove(ctx context.Context, name string, rights stores.Rights) (stores.Rights, error) {
	rights.How = "tested with a secret that was removed; " + s.config.Mount + "/config was only queried " +
		"(sys/capabilities-self)"
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

// dataFault explains why a secret cannot be written at the mount.
func (s *Store) dataFault(err error) error {
	var refused *api.ResponseError
	if errors.As(err, &refused) && refused.StatusCode == http.StatusNotFound {
		return &stores.Fault{
			Err:     err,
			Summary: fmt.Sprintf("no KV version 2 engine is mounted at %s%s", s.config.Mount, s.inNamespace()),
			Remedy: fmt.Sprintf("correct mount (%s), or create the engine: %s -path=%s kv-v2",
				s.command("secrets list"), s.command("secrets enable"), s.config.Mount),
		}
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
	return fmt.Sprintf("zenml/%s at %s%s; remove it: %s -mount=%s zenml/%s", name, s.config.Mount, s.inNamespace(),
		s.command("kv metadata delete"), s.config.Mount, name)
}

func denied(err error) bool {
	var refused *api.ResponseError
	return errors.As(err, &refused) && refused.StatusCode == http.StatusForbidden
}
