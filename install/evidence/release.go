package evidence

import (
	"context"
	"errors"

	"sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

var errNoRelease = errors.New("there is no release")

func (c *collector) readRelease(ctx context.Context) {
	release, err := c.Engine.Release(ctx, c.Namespace, c.Release)
	if err == nil && release == nil {
		err = errNoRelease
	}
	if err != nil {
		c.missing("release", err)
		return
	}
	c.release = release
	c.found.Status, c.found.Revision, c.found.Description = release.Status, release.Revision, release.Description
	c.found.Chart, c.found.ChartDigest = release.Chart+" "+release.ChartVersion, release.ChartDigest
	if c.objects, err = release.Objects(); err != nil {
		c.missing("manifests", err)
	}
}

// addValues adds the values with secrets masked.
func (c *collector) addValues(context.Context) {
	if c.release == nil {
		return
	}
	content, err := yaml.Marshal(masked(nil, c.release.Values))
	if err != nil {
		c.missing("values", err)
		return
	}
	c.add("values.yaml", string(content))
}

// addManifests adds the manifests. Secrets are reduced to their keys and hashes.
func (c *collector) addManifests(context.Context) {
	if c.release == nil {
		return
	}
	var text string
	for _, o := range c.objects {
		content, err := yaml.Marshal(c.shownObject(o.Object))
		if err != nil {
			c.missing("manifest of "+o.GetKind()+" "+o.GetName(), err)
			continue
		}
		text += "---\n" + string(content)
	}
	c.add("manifests.yaml", text)
}

// shownObject returns an object as it may be shown.
func (c *collector) shownObject(object map[string]any) any {
	if object["kind"] != "Secret" {
		return masked(nil, object)
	}
	shown := map[string]any{}
	for name, value := range object {
		if data, isMap := value.(map[string]any); isMap && (name == "data" || name == "stringData") {
			value = c.hash.all(data, name == "data")
		}
		shown[name] = value
	}
	return shown
}

// masked returns a value with likely secrets masked.
func masked(path []string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		shown := map[string]any{}
		for name, below := range v {
			shown[name] = masked(append(path[:len(path):len(path)], name), below)
		}
		return shown
	case []any:
		shown := make([]any, len(v))
		for i, item := range v {
			shown[i] = maskedItem(path, item)
		}
		return shown
	}
	if len(path) > 0 && secret.IsSensitive(path, value) {
		return maskedText(path, value)
	}
	return value
}

// maskedItem masks an item of a list. The name of a variable decides whether its
// value is secret.
func maskedItem(path []string, item any) any {
	shown := masked(path, item)
	variable, isMap := shown.(map[string]any)
	if name, isText := variable["name"].(string); isMap && isText && variable["value"] != nil {
		variable["value"] = masked(append(path[:len(path):len(path)], name), variable["value"])
	}
	return shown
}

// maskedText masks a secret. Of a URL it shows everything but the password.
func maskedText(path []string, value any) any {
	text, _ := value.(string)
	u, clean := secret.CleanURL(text)
	if !clean || u.Host == "" || secret.IsSensitiveName(path) {
		return secret.Mask
	}
	return u.Redacted()
}
