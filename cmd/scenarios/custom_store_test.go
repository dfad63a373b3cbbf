package scenarios_test

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// storeModule is a custom secrets store, as users would write it.
const storeModule = `
import json
import urllib.request
import urllib.error
from typing import ClassVar, Type

from zenml.config.secrets_store_config import SecretsStoreConfiguration
from zenml.enums import SecretsStoreType
from zenml.zen_stores.secrets_stores.base_secrets_store import BaseSecretsStore


class SecretsStore(BaseSecretsStore):
    config: SecretsStoreConfiguration
    TYPE: ClassVar[SecretsStoreType] = SecretsStoreType.CUSTOM
    CONFIG_TYPE: ClassVar[Type[SecretsStoreConfiguration]] = SecretsStoreConfiguration

    def _initialize(self):
        pass

    def _call(self, method, secret_id, values=None):
        request = urllib.request.Request(
            "%s/%s" % (self.config.option_1, secret_id), method=method,
            data=None if values is None else json.dumps(values).encode(),
            headers={"Authorization": self.config.secret_option_3},
        )
        try:
            return urllib.request.urlopen(request).read()
        except urllib.error.HTTPError as e:
            raise KeyError(str(secret_id)) from e

    def store_secret_values(self, secret_id, secret_values):
        self._call("PUT", secret_id, secret_values)

    def get_secret_values(self, secret_id):
        return json.loads(self._call("GET", secret_id))

    def update_secret_values(self, secret_id, secret_values):
        self._call("PUT", secret_id, secret_values)

    def delete_secret_values(self, secret_id):
        self._call("DELETE", secret_id)
`

// keyValues is a key-value server.
type keyValues struct {
	url string

	mu            sync.Mutex
	values        map[string]string
	authorization string // of the last request
}

func newKeyValues(t testing.TB, host string) *keyValues {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	kv := &keyValues{values: map[string]string{}}
	server := httptest.NewUnstartedServer(kv)
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	t.Cleanup(server.Close)
	kv.url = server.URL
	return kv
}

// ServeHTTP stores, returns and deletes values.
func (kv *keyValues) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	key := strings.TrimPrefix(r.URL.Path, "/")
	kv.authorization = r.Header.Get("Authorization")
	value, ok := kv.values[key]
	switch {
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		kv.values[key] = string(body)
	case !ok:
		http.NotFound(w, r)
	case r.Method == http.MethodDelete:
		delete(kv.values, key)
	default:
		_, _ = io.WriteString(w, value)
	}
}

func (kv *keyValues) names() []string {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return slices.Sorted(maps.Keys(kv.values))
}

func (kv *keyValues) token() string {
	kv.mu.Lock()
	defer kv.mu.Unlock()
	return kv.authorization
}
